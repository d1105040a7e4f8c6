/* sim.h: many nodes in one process, on the very code that real ones run: a fake
 * clock, a fake network, homes in memory. Everything follows from the seed.
 *
 * Entries are real: signed by real keys, parsed, checked (each signature once
 * for all nodes), judged by trust folded from what the node itself holds. A
 * crash forgets all but what was put; queues, sessions and links are made anew.
 */
#ifndef SIM_H
#define SIM_H

#include "core/body.h"
#include "core/quota.h"
#include "core/sync.h"
#include "core/trust.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIM_T0 1795269600000LL /* 2026-11-21 14:00:00 UTC */
#define SIM_PEOPLE_MAX 64
#define SIM_HOUR_MS 3600000LL

struct sim;

/* An entry, kept once for all nodes. */
struct sim_entry {
    uint8_t *p;
    size_t n;
    struct ir_entry e; /* borrows p */
    size_t first;      /* number of the first with this id: bytes may differ */
    bool good;         /* signed by the key it names */
    bool made;         /* by who has that key: not forged */
    int maker;         /* the node that acknowledged it; -1 nobody's */
    int64_t made_ms, last_ms; /* written; stored by the last honest node */
    size_t holders;           /* honest nodes that hold it */
};

struct sim_person {
    struct ir_key *key;
    uint8_t key_id[8], member[8];
    uint64_t seq, hlc;
    uint8_t prev_t[32], prev_i[32], prev_s[32];
    bool has_t, has_i, has_s, certified;
};

/* An object that entries name, kept once for all nodes. */
struct sim_object {
    uint8_t digest[32];
    uint8_t *p; /* NULL: nobody has it */
    size_t n;
    size_t entry; /* number + 1 of the entry because of which it is wanted */
};

/* What a node has of it. */
struct sim_part {
    bool wanted, manifest, whole;
    uint8_t *p;
    size_t n, total;
};

struct sim_node {
    struct sim *w;
    int no, group; /* group: which part of a partition */
    uint8_t name[8];
    bool up, evil, mute;  /* mute: an attacker whose engine does not run */
    bool liar;            /* gives wrong bytes for whatever it is asked for */
    struct ir_sync *sync; /* NULL: down */
    /* kept through crashes */
    uint32_t *arrival;
    size_t n, cap;
    uint8_t *has; /* bits by entry */
    size_t has_cap;
    int64_t skew_ms;
    struct sim_part *parts; /* by number of the object */
    size_t parts_n;
    /* made anew */
    struct ir_trust trust;
    bool folded, dirty;
    size_t revoked;   /* keys, when what is offered was judged last */
    uint8_t *offered; /* bits by entry */
    struct ir_quota *quota;
    int64_t due_ms, tick_ms; /* when it wants to be called; when it will be */
    uint64_t sent, bytes, puts, checks;
    uint64_t asked, pieces, damaged, resumed; /* of objects */
    bool fresh;                               /* no piece since it began */
};

struct sim_edge {
    int a, b;      /* b < 0: many; all nodes of group `a`'s LAN */
    bool up, kept; /* kept: not by the choice of neighbours */
    size_t mtu;
    int loss; /* per cent; -1: the scenario's */
};

struct sim_event {
    int64_t at;
    uint64_t order;
    int node; /* deliver: to; tick: whose */
    int edge; /* -1: a tick */
    uint8_t *p;
    size_t n;
};

struct sim_net {
    int loss, doubles, spoils, cuts; /* per cent of transmissions */
    int delay_ms, jitter_ms;
    int partitions; /* groups that do not hear one another; 0, 1: one */
};

/* What is deliberately broken, so that the checker has something to find. */
enum sim_break {
    SIM_WHOLE,
    SIM_BREAK_PUT,    /* says stored, and forgets one of twenty */
    SIM_BREAK_CHECK,  /* takes entries with wrong signatures */
    SIM_BREAK_SYNC,   /* never asks */
    SIM_BREAK_VIEW,   /* shows entries in the order they came */
    SIM_BREAK_ACK,    /* says recorded before it is */
    SIM_BREAK_DIGEST, /* keeps objects whatever their digest */
    SIM_BREAK_NAMED,  /* does not want what a manifest names */
};

struct sim_scenario {
    const char *name, *what;
    struct sim_net net;
    int nodes; /* unless told */
    int64_t active_ms, heal_ms;
    void (*begin)(struct sim *w);
    void (*step)(struct sim *w); /* every 250 ms while active */
    void (*end)(struct sim *w);  /* before healing */
    /* after: false with words in w->said */
    bool (*also)(struct sim *w);
};

struct sim {
    uint64_t seed, rng, order;
    int64_t now; /* ms */
    const struct sim_scenario *sc;
    struct sim_net net;
    enum sim_break broken;
    bool fold, lans, quotas;
    uint8_t site[32], declare[32];
    struct sim_person people[SIM_PEOPLE_MAX];
    int people_n;
    struct ir_trust trust; /* everybody's, where nodes do not fold */
    struct sim_entry *entries;
    size_t entries_n, entries_cap;
    struct sim_object *objects;
    size_t objects_n;
    uint8_t named[32]; /* what the next entry names */
    uint32_t *index;   /* hash of ids -> entry + 1 */
    size_t index_cap;
    struct sim_node *nodes;
    int nodes_n;
    struct sim_edge *edges;
    int edges_n;
    struct sim_event *heap;
    size_t heap_n, heap_cap;
    uint64_t sent, bytes, lost, too_long;
    int64_t healed_ms;
    int number, flooded; /* the scenario's own */
    uint8_t *caught[16]; /* transmissions an attacker overheard */
    size_t caught_n[16];
    char said[512];
};

/* world.c: people and entries */
void sim_world(struct sim *w, int people, bool certify_all);
void sim_world_done(struct sim *w);
uint64_t sim_rand(struct sim *w, uint64_t below);
int sim_intern(struct sim *w, const uint8_t *p, size_t n);
int sim_make(struct sim *w, int person, struct ir_header *h,
             struct ir_bodyw *body, bool forge);
int sim_certify(struct sim *w, int by, int person);
int sim_revoke(struct sim *w, int by, int person);
int sim_write(struct sim *w, struct sim_node *d, int kind, size_t size);

/* object.c: what entries name */
void sim_output(struct sim_node *d, size_t n);
void sim_release(struct sim_node *d, size_t n);
void sim_announce_nothing(struct sim_node *d);
void sim_object_of(struct sim_node *d, const struct ir_entry *e);
int sim_object_get(void *arg, const uint8_t digest[32], uint64_t off,
                   size_t max, uint64_t *total, struct ir_buf *out);
int sim_object_put(void *arg, const uint8_t digest[32], uint64_t total,
                   uint64_t off, const void *p, size_t n);
int sim_object_next(void *arg, uint8_t digest[32], uint64_t *off);
void sim_parts_done(struct sim_node *d);
bool sim_objects_here(struct sim_node *d);
bool sim_objects_true(struct sim_node *d);

/* home.c: what a node keeps */
bool sim_has(const struct sim_node *d, size_t entry);
bool sim_offers(const struct sim_node *d, size_t entry);
void sim_keep(struct sim_node *d, size_t entry);
void sim_start(struct sim_node *d);
void sim_stop(struct sim_node *d);
void sim_judge(struct sim_node *d);
void sim_node_done(struct sim_node *d);

/* net.c: links and time */
void sim_relink(struct sim *w);
int sim_edge_add(struct sim *w, int a, int b, size_t mtu);
void sim_send(struct sim *w, struct sim_node *d, int edge, const uint8_t *p,
              size_t n);
void sim_wake(struct sim_node *d);
void sim_run(struct sim *w, int64_t until);

/* check.c: was it worth it? */
bool sim_settled(struct sim *w);
bool sim_unforged(struct sim *w);
bool sim_check(struct sim *w);

/* scenario.c, attack.c */
extern const struct sim_scenario sim_scenarios[];
void sim_crash(struct sim *w, int node);
void sim_boot(struct sim *w, int node);
void sim_step_writes(struct sim *w);
void sim_begin_outsider(struct sim *w);
void sim_step_outsider(struct sim *w);
bool sim_also_checks(struct sim *w);
void sim_begin_insider(struct sim *w);
void sim_begin_flood(struct sim *w);
void sim_step_flood(struct sim *w);
void sim_end_flood(struct sim *w);
bool sim_also_flood(struct sim *w);
void sim_step_forks(struct sim *w);
bool sim_also_forks(struct sim *w);
void sim_begin_future(struct sim *w);
void sim_step_future(struct sim *w);
bool sim_also_future(struct sim *w);
void sim_step_backdate(struct sim *w);
void sim_begin_eclipse(struct sim *w);
void sim_step_eclipse(struct sim *w);
void sim_begin_thief(struct sim *w);
void sim_step_thief(struct sim *w);
bool sim_also_thief(struct sim *w);
void sim_begin_liar(struct sim *w);
void sim_step_liar(struct sim *w);
bool sim_also_liar(struct sim *w);

/* run.c */
struct sim *sim_new(const struct sim_scenario *sc, uint64_t seed, int nodes,
                    enum sim_break broken);
bool sim_play(struct sim *w);
void sim_free(struct sim *w);

/* bench.c */
int sim_bench(int most);

#endif
