/* offer.h: what this home gives to others, and the home as core/sync.h sees it.
 */
#ifndef IR_STORE_OFFER_H
#define IR_STORE_OFFER_H

#include "core/sync.h"
#include "store/ingest.h"

/* Walk what is here and stands (`offered`), or what is here and does not: a
 * revoked key's entries after what is accepted, entries of keys that nobody
 * certified. In no order; memory does not grow with the log. `fn` returns false
 * to stop.
 *
 * Errors: IR_ESTORE.
 */
int ir_offer_each(struct ir_store *st, struct ir_stand *s, bool offered,
                  bool (*fn)(const uint8_t id[IR_ID_BYTES], uint64_t hlc,
                             int lane, void *arg),
                  void *arg, struct ir_err *err);

/* Append the bytes of entry `id` as others may have them: its stub where its
 * text is withheld, erased or not here.
 *
 * Errors: IR_ENOTFOUND, IR_EDAMAGED, IR_ESTORE.
 */
int ir_offer_get(struct ir_store *st, const struct ir_stand *s,
                 const uint8_t id[IR_ID_BYTES], struct ir_buf *out,
                 struct ir_err *err);

/* A home for core/sync.h that keeps what comes by `g`.
 *
 * Owns:   *h borrows `g`; done by ir_offer_home_done.
 */
struct ir_offer_home {
    struct ir_ingest *g;
    uint64_t stored, had, later, refused; /* entries that came, counted */
    uint64_t objects;                     /* became whole */
    struct ir_arrival *v;                 /* of the last put */
    size_t v_n;
    /* told of everything that was judged; may be NULL */
    void (*told)(const struct ir_arrival *v, size_t n, void *arg);
    void *told_arg;
};
void ir_offer_home(struct ir_ingest *g, struct ir_offer_home *h,
                   struct ir_sync_home *out);
void ir_offer_home_done(struct ir_offer_home *h);

#endif
