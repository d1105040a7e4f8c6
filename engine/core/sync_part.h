/* sync_part.h: what the parts of the sync engine share. Internal: use sync.h.
 */
#ifndef IR_CORE_SYNC_PART_H
#define IR_CORE_SYNC_PART_H

#include "core/frame.h"
#include "core/idset.h"
#include "core/negentropy.h"
#include "core/quota.h"
#include "core/sync.h"

#define IR_SYNC_NEVER INT64_MAX

/* Beacons: Trickle. Source: RFC 6206. */
#define IR_SYNC_IMIN_MS 500
#define IR_SYNC_IMAX_MS 60000
#define IR_SYNC_K_POINT 1
#define IR_SYNC_MEET_MS                                                        \
    300000 /* one for each device heard on a link to many                      \
            */
#define IR_SYNC_K_MANY 2
#define IR_SYNC_WAS 64           /* sets of ours that are known again */
#define IR_SYNC_LATE_MS 1000     /* so long what we have had is no news there */
#define IR_SYNC_UNDER_WAY_MS 100 /* and what they have may come by itself */
#define IR_SYNC_BESIDE_MS 60000  /* one for who hears our beacons elsewhere */

#define IR_SYNC_NEEDY 32        /* so many more there: it is us who lack */
#define IR_SYNC_TAIL_FEW 16     /* short ids are enough for who lacks some */
#define IR_SYNC_TAIL_SENT 2000  /* entries sent for one tail, at most */
#define IR_SYNC_LET_ASK_MS 1000 /* who lacks less lets the other ask first */
#define IR_SYNC_SESSIONS_MAX 4  /* asked at once */
#define IR_SYNC_SETTLE_MS 50    /* after a tail, entries may still come */
#define IR_SYNC_TRIES_MAX 5     /* of one question */
#define IR_SYNC_RTO_MS 1000     /* until a link's round trip is known */
#define IR_SYNC_RTO_MIN_MS 200
#define IR_SYNC_RTO_MAX_MS 10000
#define IR_SYNC_FULL_MS 600000     /* reconcile even though equal */
#define IR_SYNC_BACKOFF_MIN_MS 500 /* after a session that led nowhere */
#define IR_SYNC_BACKOFF_MAX_MS 60000
#define IR_SYNC_BUSY_MAX_MS 30000 /* believed of another's word */
#define IR_SYNC_NEG_MAX 60000     /* bytes of a negentropy message */
#define IR_SYNC_BATCH_MAX 131072  /* bytes of a transmission of entries */
#define IR_SYNC_QUEUE_MAX 4096    /* entries waiting, by link and class */
#define IR_SYNC_CONTROLS_MAX 64   /* messages waiting, by link */
#define IR_SYNC_PEERS_MAX 256     /* devices heard on a link to many */
#define IR_SYNC_WANTS_MAX 16384   /* ids wanted, all links together */
#define IR_SYNC_WINDOW 400        /* ids asked for and not here, by link */
#define IR_SYNC_DRAINED 512       /* wants left when asking goes on */
#define IR_SYNC_FLOOD_WANTS 256   /* more wanted than that: catching up */
#define IR_SYNC_SHUN 4096         /* ids put off that are remembered */
#define IR_SYNC_SHUN_MS 60000
#define IR_SYNC_PATIENCE                                                       \
    8                           /* round trips for an id, however much         \
                                   else comes from there */
#define IR_SYNC_SEEN 256        /* ids heard last, by link */
#define IR_SYNC_MESSAGES_MAX 64 /* of a transmission */
#define IR_SYNC_OBJECTS_MAX 8   /* pieces asked of us, by link */
#define IR_SYNC_PIECE 49152     /* bytes of an object asked for at once */
#define IR_SYNC_OBJECT_MS 2000  /* nobody had an object: not again before... */
#define IR_SYNC_DOUBLED_MAX 5   /* ... and twice as long so often */
#define IR_SYNC_MISSED 1024     /* places for those */
#define IR_SYNC_LOOKS_MIN 64   /* objects passed over in one look at least... */
#define IR_SYNC_LOOKS_MAX 256  /* ... and at most */
#define IR_SYNC_STAY_MAX 256   /* pieces of one before it is another's turn */
#define IR_SYNC_GAVE_MAX 8     /* links that give pieces of one object */
#define IR_SYNC_WRONG_MS 30000 /* who gave wrong bytes is not asked so long */
#define IR_SYNC_FLOOR 8        /* every so many, bulk goes first */
#define IR_SYNC_MANY_MS 100    /* how long relays to many hold back */
#define IR_SYNC_HOLD_MS 40     /* and what all have heard, to one of them */

/* Below that many ids a new salt costs nothing worth counting. */
#define IR_SYNC_SALT_FREE 5000

enum ir_sync_class {
    IR_CLASS_T,
    IR_CLASS_F,
    IR_CLASS_I,
    IR_CLASS_S,
    IR_CLASSES,
};

/* An id waiting to go out; not before `at_ms`. */
struct ir_sync_item {
    uint8_t id[32];
    int64_t at_ms, since_ms;
    bool asked; /* the other side lacks it, or said so */
    int cls;    /* while it is held back */
};

struct ir_sync_queue {
    struct ir_sync_item *v; /* a ring */
    size_t head, n, cap;
};

/* A message waiting to go out. */
struct ir_sync_control {
    uint8_t type;
    uint8_t key[IR_SALT_BYTES]; /* what it answers, for links to many */
    int64_t at_ms;
    uint8_t *p;
    size_t n;
};

struct ir_sync_piece {
    uint8_t digest[32];
    uint64_t off, max;
    int64_t at_ms;
};

/* A device heard on a link. */
struct ir_sync_peer {
    uint8_t node[8];
    struct ir_sum t, r;
    int64_t heard_ms;
};

enum ir_sync_stage {
    IR_STAGE_IDLE,
    IR_STAGE_TRUST, /* reconcile lane T */
    IR_STAGE_TAIL,
    IR_STAGE_REST, /* reconcile the others */
};

/* What we ask on a link. Who is asked keeps nothing. */
struct ir_sync_session {
    enum ir_sync_stage stage;
    bool trusted; /* lane T was reconciled in this session */
    bool full;    /* whatever the fingerprints say */
    bool waiting; /* for an answer to `said` */
    bool settled; /* tail: answered, entries may still come */
    uint8_t salt[IR_SALT_BYTES];
    int64_t began_ms, asked_ms, due_ms;
    int tries;
    uint8_t last[8];    /* digest of the last answer taken */
    struct ir_buf said; /* the question, or the next one (not waiting) */
    struct ir_sum t, r; /* theirs, as last heard */
    uint64_t pushed;    /* entries sent after a tail */
    uint64_t version;   /* of our sets at the start */
};

struct ir_sync_link {
    uint32_t no;
    bool many, has_node;
    bool within, to_all; /* heard on link `around`; what came last went to all
                            there */
    uint32_t around;
    uint8_t node[8];
    struct ir_sync_link *beside; /* see ir_sync_beside; as of...     */
    uint64_t beside_turn;        /* ...so many comings and goings    */
    size_t mtu;
    struct ir_bucket messages, sigs, salts;
    /* beacons */
    int64_t interval_ms, began_ms, say_ms;
    int heard;
    bool said;
    struct ir_sync_peer *peers;
    size_t peers_n, latest;
    bool equal;
    bool met;                     /* we have said a beacon */
    int64_t said_ms;              /* our last one, or that we hold the same */
    struct ir_sum said_t, said_r; /* what we held when we said it */
    bool told;                    /* they have heard from us what we hold */
    /* asking */
    struct ir_sync_session s;
    int64_t begin_ms; /* begin a session then; IR_SYNC_NEVER */
    int64_t full_ms, backoff_ms, busy_ms, rtt_ms;
    struct ir_sum seen_t, seen_r; /* theirs at the last session's end */
    uint64_t seen_version;        /* ours */
    bool suspect;                 /* counts agreed, fingerprints did not */
    struct ir_sync_queue ask;     /* ids to be asked for */
    size_t flying, wants;         /* asked for; all wanted here */
    int64_t progress_ms;
    uint64_t refused;
    uint8_t salt_answered[IR_SALT_BYTES];
    /* going out */
    bool placed;                  /* `place` is known */
    uint8_t place[IR_HASH_BYTES]; /* of the device, in the first ring */
    struct ir_sync_queue q[IR_CLASSES];
    struct ir_sync_queue held; /* until it would have been heard there */
    struct ir_sync_control *controls;
    size_t controls_n;
    struct ir_sync_piece pieces[IR_SYNC_OBJECTS_MAX];
    size_t pieces_n;
    int wrong;          /* objects in a row that came damaged */
    int64_t unasked_ms; /* not asked for objects until then */
    struct {
        uint64_t id;
        int64_t at_ms;
    } seen[IR_SYNC_SEEN];
    unsigned sent;
};

/* A wanted entry. */
struct ir_sync_want {
    uint8_t id[32];
    uint32_t link, other; /* asked or to be asked; another that has it */
    bool used, has_other, flying, trust;
    uint8_t tries;
    int64_t asked_ms; /* flying; else since when it waits to be asked for */
};

/* An entry that could not be taken: not asked for again for a while. */
struct ir_sync_shun {
    uint64_t id;
    int64_t until_ms;
};

/* An object that nobody had: not asked for again for a while. */
struct ir_sync_miss {
    uint64_t id;
    int64_t until_ms;
    int times;
};

struct ir_sync {
    uint8_t self[8];
    struct ir_sync_home home;
    int64_t now_ms;
    uint16_t port;
    uint64_t rng, hash_key;
    struct ir_idset *t, *r;
    uint64_t version; /* counts changes of t and r */
    struct {
        struct ir_sum t, r;
        int64_t left_ms; /* when something was added to it */
    } was[IR_SYNC_WAS];  /* what we held, one entry after the other */
    size_t was_at;
    struct ir_sync_link **links;
    size_t links_n, turn;
    uint64_t met_turn; /* counts links, and who is heard on links to many */
    struct ir_sync_want *wants; /* hash table, linear probing */
    size_t wants_n, wants_cap;
    int64_t wants_ms;             /* look at them again then */
    struct ir_sync_shun *shunned; /* IR_SYNC_SHUN places by id; or NULL */
    unsigned sent;
    struct {
        bool asked, going; /* going: more of the same one is asked for */
        uint8_t digest[32];
        uint64_t off, total;   /* total: as the first said; 0: nobody did */
        uint32_t link, before; /* asked there, and there last time */
        bool has_before, whole_try;      /* whole_try: from its first byte on */
        int stay;                        /* pieces that may follow at once */
        uint32_t gave[IR_SYNC_GAVE_MAX]; /* links that gave pieces of it */
        size_t gave_n, first, tried;     /* first, tried: places of links */
        int64_t due_ms;                  /* ask again, or look for one */
        struct ir_sync_miss *missed;     /* places by digest; or NULL */
    } object;
};

/* sync.c */
struct ir_sync_link *ir_sync_find(const struct ir_sync *s, uint32_t link);
struct ir_sync_link *ir_sync_around(const struct ir_sync *s,
                                    const struct ir_sync_link *l);
uint64_t ir_sync_rand(struct ir_sync *s, uint64_t below);
bool ir_sync_equal(const struct ir_sum *a, const struct ir_sum *b);
void ir_sync_sums(const struct ir_sync *s, struct ir_sum *t, struct ir_sum *r);

/* sync_peer.c: who is there, and what they hold */
void ir_sync_trickle_reset(struct ir_sync *s, struct ir_sync_link *l);
void ir_sync_changed(struct ir_sync *s); /* our sets are others now */
void ir_sync_beacon_in(struct ir_sync *s, struct ir_sync_link *l,
                       const struct ir_frame *f);
void ir_sync_same_in(struct ir_sync *s, struct ir_sync_link *l,
                     const struct ir_frame *f);
int64_t ir_sync_peer_tick(struct ir_sync *s, struct ir_sync_link *l);
void ir_sync_leave(struct ir_sync *s); /* an entry is about to be added */
bool ir_sync_was(const struct ir_sync *s, const struct ir_sum *t,
                 const struct ir_sum *r, int64_t since_ms);
bool ir_sync_next_to(struct ir_sync *s, struct ir_sync_link *l);
struct ir_sync_link *ir_sync_beside(const struct ir_sync *s,
                                    struct ir_sync_link *l);

/* sync_session.c: what we ask */
void ir_sync_differs(struct ir_sync *s, struct ir_sync_link *l,
                     int64_t wait_ms);
int ir_sync_session_reconcile(struct ir_sync *s, struct ir_sync_link *l,
                              const struct ir_frame *f, struct ir_err *err);
void ir_sync_session_tail(struct ir_sync *s, struct ir_sync_link *l,
                          const struct ir_frame *f);
void ir_sync_session_asked(struct ir_sync *s, struct ir_sync_link *l);
int64_t ir_sync_session_tick(struct ir_sync *s, struct ir_sync_link *l);
void ir_sync_session_end(struct ir_sync *s, struct ir_sync_link *l);
bool ir_sync_stale(const struct ir_sync *s, const struct ir_sync_link *l,
                   const struct ir_sum *t, const struct ir_sum *r);
int64_t ir_sync_rto(const struct ir_sync_link *l);

/* sync_answer.c: what we are asked and sent */
int ir_sync_answer(struct ir_sync *s, struct ir_sync_link *l,
                   struct ir_frame *f, struct ir_err *err);
size_t ir_sync_tail_send(struct ir_sync *s, struct ir_sync_link *l,
                         const struct ir_frame *f, size_t most, size_t *known);
void ir_sync_tail_make(struct ir_sync *s, struct ir_sync_link *l,
                       const uint8_t salt[IR_SALT_BYTES],
                       enum ir_frame_side side, size_t most,
                       struct ir_buf *out);

/* sync_want.c: entries we lack */
void ir_sync_want_add(struct ir_sync *s, struct ir_sync_link *l,
                      const uint8_t id[32], bool trust);
bool ir_sync_want_done(struct ir_sync *s, const uint8_t id[32]);
void ir_sync_shun(struct ir_sync *s, const uint8_t id[32]);
void ir_sync_unshun(struct ir_sync *s);
void ir_sync_want_link_down(struct ir_sync *s, struct ir_sync_link *l);
bool ir_sync_want_trust(const struct ir_sync *s, const struct ir_sync_link *l);
int64_t ir_sync_want_tick(struct ir_sync *s);

/* sync_object.c: objects we lack */
void ir_sync_object_in(struct ir_sync *s, struct ir_sync_link *l,
                       const struct ir_frame *f);
int64_t ir_sync_object_tick(struct ir_sync *s);
void ir_sync_object_look(struct ir_sync *s, int64_t in_ms);
void ir_sync_object_link_up(struct ir_sync *s);

/* sync_out.c: what goes out */
void ir_sync_push(struct ir_sync *s, struct ir_sync_link *l,
                  const uint8_t id[32], int cls, bool asked, int64_t at_ms);
void ir_sync_flood(struct ir_sync *s, const struct ir_sync_link *from,
                   const uint8_t id[32], int cls);
void ir_sync_say(struct ir_sync *s, struct ir_sync_link *l, uint8_t type,
                 const uint8_t *key, const struct ir_buf *b, int64_t at_ms);
void ir_sync_unsay(struct ir_sync_link *l, uint8_t type, const uint8_t *key);
void ir_sync_seen(struct ir_sync *s, struct ir_sync_link *l,
                  const uint8_t id[32]);
void ir_sync_held_tick(struct ir_sync *s, struct ir_sync_link *l);
void ir_sync_queue_add(struct ir_sync_queue *q, const struct ir_sync_item *it);
bool ir_sync_queue_take(struct ir_sync_queue *q, struct ir_sync_item *it);
size_t ir_sync_queued(const struct ir_sync_link *l);
int64_t ir_sync_out_due(const struct ir_sync *s, const struct ir_sync_link *l);
int ir_sync_class(int lane, int prio);

#endif
