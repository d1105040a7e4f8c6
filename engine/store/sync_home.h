/* sync_home.h: a home as core/sync.h sees it: what is offered is given out,
 * what comes is judged and kept.
 */
#ifndef IR_STORE_SYNC_HOME_H
#define IR_STORE_SYNC_HOME_H

#include "core/idset.h"
#include "core/sync.h"
#include "store/ingest.h"

/* A home for core/sync.h that keeps what comes by `g`.
 *
 * Owns:   *h borrows `g`; done by ir_sync_home_of_done.
 */
struct ir_sync_home_of {
    struct ir_ingest *g;
    uint64_t stored, had, later, refused; /* entries that came, counted */
    uint64_t objects;                     /* became whole */
    struct ir_arrival *v;                 /* of the last put */
    size_t v_n;
    /* told of everything that was judged; may be NULL */
    void (*told)(const struct ir_arrival *v, size_t n, void *arg);
    void *told_arg;
    /* which object is asked for next: in turn one of the release that is
     * approved and one of all that are wanted, round and round: anybody may
     * name objects that nobody has */
    bool release_turn;
    unsigned again; /* times that the same one of the release was next */
    uint8_t round[32], last[32], manifest[32];
    struct ir_ids named; /* by `manifest`, once that is here */
    size_t named_at;
};
void ir_sync_home_of(struct ir_ingest *g, struct ir_sync_home_of *h,
                     struct ir_sync_home *out);
void ir_sync_home_of_done(struct ir_sync_home_of *h);

#endif
