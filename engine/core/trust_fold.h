/* trust_fold.h: the parts of the trust fold, for trust*.c only. */
#ifndef IR_CORE_TRUST_FOLD_H
#define IR_CORE_TRUST_FOLD_H

#include "core/anc.h"
#include "core/trust.h"

/* A revoked key: the entries that count, each continuing the one before, and
 * which of the entries given to the fold they still accept.
 */
struct ir_rev {
    uint8_t key[IR_KEYID_BYTES];
    const struct ir_entry **e; /* the entries are borrowed */
    size_t e_n;
    size_t first; /* place of the first one that counts */
    bool *ok;     /* by place in fold order */
};

struct ir_revs {
    struct ir_rev *v;
    size_t n;
};

/* What admins decided: who they are, and by k of them the revocation of one's
 * key.
 */
struct ir_acts {
    struct ir_revs revs; /* of admins' keys */
    bool *several;       /* by place: a revoke that k admins stand behind */
    bool **ok; /* by number of the admin: dropped, what stays of their acts
                  as an admin, by place; NULL in force */
    size_t admins_n;
    struct ir_anc anc; /* made when it is asked for */
};

/* Fold the root, `admins` entries and revocations of admins' keys from
 * `v[0..n)` (in fold order): fills t->admins, t->k and t->proposals.
 *
 * Owns:   *acts is the caller's, ir_acts_done; borrows the entries.
 */
void ir_acts_fold(struct ir_trust *t, const struct ir_entry *const *v, size_t n,
                  struct ir_acts *acts);
void ir_acts_done(struct ir_acts *acts);

/* Mark in `ok` (by place) the entries that list `key` of body `e` names, and
 * what they build on.
 */
void ir_acts_past(struct ir_acts *acts, const struct ir_entry *const *v,
                  size_t n, const struct ir_entry *e, int key, bool *ok);

/* Is `v[i]` a fitting entry by an admin key, of when it was one, and does it
 * stand? The signature is the caller's business.
 */
bool ir_trust_by_admin(const struct ir_trust *t, const struct ir_acts *acts,
                       const struct ir_entry *const *v, size_t i);

/* Which keys the entries `v[0..n)` (in fold order) revoke; what the admins
 * decided must be folded already.
 *
 * Owns:   *r is the caller's, ir_revs_done; borrows the entries.
 */
void ir_revs_fold(const struct ir_trust *t, struct ir_acts *acts,
                  const struct ir_entry *const *v, size_t n, struct ir_revs *r);
void ir_revs_done(struct ir_revs *r);

/* Add revoke entry `v[i]` of `key`, which counts. */
void ir_revs_add(struct ir_revs *r, struct ir_acts *acts,
                 const struct ir_entry *const *v, size_t n, size_t i,
                 const uint8_t *key);

/* Is entry `v[i]` by a key that is not revoked, or accepted nevertheless? */
bool ir_revs_stands(const struct ir_revs *r, const struct ir_entry *const *v,
                    size_t i);

/* Fill t->alone from the approvals; members, keys and what is revoked must be
 * folded already.
 *
 * Owns:   what it adds belongs to `t`.
 */
void ir_trust_fold_alone(struct ir_trust *t, const struct ir_revs *r,
                         const struct ir_entry *const *v, size_t n);

/* Fill t->releases from release and approval entries in fold order; members,
 * keys and t->alone must be folded already.
 *
 * Owns:   what it adds belongs to `t`.
 */
void ir_trust_fold_releases(struct ir_trust *t, const struct ir_revs *r,
                            const struct ir_entry *const *e, size_t n);

/* Fill t->grants from grant entries in fold order.
 *
 * Owns:   what it adds belongs to `t`.
 */
void ir_trust_fold_grants(struct ir_trust *t, const struct ir_acts *acts,
                          const struct ir_entry *const *v, size_t n);

#endif
