/* invite.h: the invitations made on this device: their secrets, for as long as
 * those are needed, and what became of them. Not part of the record: what an
 * invitation led to stands there as certificates.
 */
#ifndef IR_STORE_INVITE_H
#define IR_STORE_INVITE_H

#include "core/join.h"
#include "store/store.h"

enum ir_invite_state {
    IR_INVITE_OPEN = 0,
    IR_INVITE_USED = 1,
    IR_INVITE_WITHDRAWN = 2,
};

struct ir_invite {
    uint8_t id[IR_JOIN_ID_BYTES];
    bool has_secret;
    uint8_t secret[IR_JOIN_SECRET_BYTES];
    int64_t made_ms, expires_ms;
    uint8_t by[8]; /* member who made it */
    char *name, *handle;
    char *roles; /* one a line */
    bool second; /* another device of the member `handle` */
    enum ir_invite_state state;
    int64_t state_ms; /* since when, unless open */
    bool has_request;
    uint8_t request[IR_HASH_BYTES]; /* used: digest of the request */
};
void ir_invite_done(struct ir_invite *v);

/* Keep a new one; find one by its id; walk all, oldest first (`fn` borrows and
 * returns false to stop).
 *
 * Owns:   get: *v is the caller's, ir_invite_done, who wipes the secret.
 * Errors: get: IR_ENOTFOUND; IR_ESTORE, IR_EBUSY.
 */
int ir_store_invite_put(struct ir_store *st, const struct ir_invite *v,
                        struct ir_err *err);
int ir_store_invite_get(struct ir_store *st, const uint8_t id[IR_JOIN_ID_BYTES],
                        struct ir_invite *v, struct ir_err *err);
int ir_store_invite_each(struct ir_store *st,
                         bool (*fn)(const struct ir_invite *v, void *arg),
                         void *arg, struct ir_err *err);

/* It was used by the request with this digest (NULL: withdrawn), at `ms`.
 *
 * Errors: IR_ENOTFOUND it is not open, IR_ESTORE, IR_EBUSY.
 */
int ir_store_invite_close(struct ir_store *st,
                          const uint8_t id[IR_JOIN_ID_BYTES],
                          const uint8_t *request, int64_t ms,
                          struct ir_err *err);

/* Forget the secrets of invitations that were withdrawn, and of those that ran
 * out before `ms`.
 *
 * Errors: IR_ESTORE, IR_EBUSY.
 */
int ir_store_invite_forget(struct ir_store *st, int64_t ms, struct ir_err *err);

#endif
