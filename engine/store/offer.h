/* offer.h: what this home gives to others. */
#ifndef IR_STORE_OFFER_H
#define IR_STORE_OFFER_H

#include "store/stand.h"

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

/* Walk what is here by the authors whose standing is another than at the last
 * call with `was`: `fn` is told of each row whether it stands. The first time,
 * and where what stands of a key is told row by row (it is revoked), that is
 * every row of theirs. *was is the caller's, ir_offer_was_free; NULL at first.
 *
 * Errors: IR_ESTORE; *was is then as if nobody had been looked at.
 */
struct ir_offer_was;
int ir_offer_changed(struct ir_store *st, struct ir_stand *s,
                     struct ir_offer_was **was,
                     void (*fn)(const uint8_t id[IR_ID_BYTES], uint64_t hlc,
                                int lane, bool offered, void *arg),
                     void *arg, struct ir_err *err);
void ir_offer_was_free(struct ir_offer_was *was);

/* Walk what was recorded here, or came by the carrier `by`, after row *row, in
 * that order, and stands; what came by others is passed over: who asks stored
 * that itself. *row becomes the newest there is.
 *
 * Owns:   the entry is borrowed for the call.
 * Errors: IR_ESTORE.
 */
int ir_offer_since(struct ir_store *st, struct ir_stand *s, const char *by,
                   int64_t *row,
                   void (*fn)(const struct ir_entry *e, void *arg), void *arg,
                   struct ir_err *err);

/* The row of the newest entry, 0 where there is none.
 *
 * Errors: IR_ESTORE.
 */
int ir_offer_newest(struct ir_store *st, int64_t *row, struct ir_err *err);

/* Append the bytes of entry `id` as others may have them: its stub where its
 * text is withheld, erased or not here.
 *
 * Errors: IR_ENOTFOUND, IR_EDAMAGED, IR_ESTORE.
 */
int ir_offer_get(struct ir_store *st, const struct ir_stand *s,
                 const uint8_t id[IR_ID_BYTES], struct ir_buf *out,
                 struct ir_err *err);

#endif
