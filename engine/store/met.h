/* met.h: which devices this home has exchanged entries with, by what, and what
 * is known of where its entries came from.
 */
#ifndef IR_STORE_MET_H
#define IR_STORE_MET_H

#include "store/store.h"

struct ir_met {
    uint8_t device[IR_KEYID_BYTES]; /* key id of its node key */
    const char *carrier;            /* "dir", "lan", "https"; borrowed */
    int64_t at_ms;                  /* last */
    int64_t came, gave;             /* entries, of all times together */
};

/* Remember that entries went to and fro. `device` NULL: it is not known whom
 * they were for, which a stick does not say.
 *
 * Errors: IR_ESTORE, IR_EBUSY.
 */
int ir_store_met(struct ir_store *st, const uint8_t *device,
                 const char *carrier, int64_t at_ms, int64_t came, int64_t gave,
                 struct ir_err *err);

/* Walk what is remembered; `device` is zeros where it is not known.
 *
 * Errors: IR_ESTORE.
 */
int ir_store_met_each(struct ir_store *st,
                      void (*fn)(const struct ir_met *m, void *arg), void *arg,
                      struct ir_err *err);

/* Walk the authors of whom numbers below the highest are missing here, and how
 * many.
 *
 * Errors: IR_ESTORE.
 */
int ir_store_gaps(struct ir_store *st,
                  void (*fn)(const uint8_t author[IR_KEYID_BYTES],
                             int64_t missing, void *arg),
                  void *arg, struct ir_err *err);

/* Did entry `id` come from elsewhere? */
bool ir_store_arrived(struct ir_store *st, const uint8_t id[IR_ID_BYTES]);

/* Walk the entries of an incident that came from elsewhere, with the device
 * they came from (NULL: not known).
 *
 * Errors: IR_ESTORE.
 */
int ir_store_arrived_from(struct ir_store *st,
                          const uint8_t incident[IR_INCIDENT_BYTES],
                          void (*fn)(const uint8_t id[IR_ID_BYTES],
                                     const uint8_t *device, void *arg),
                          void *arg, struct ir_err *err);

/* How many entries came from elsewhere. */
int ir_store_arrived_count(struct ir_store *st, int64_t *n, struct ir_err *err);

#endif
