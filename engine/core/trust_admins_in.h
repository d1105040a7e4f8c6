/* trust_admins_in.h: what the files that fold the admins share. */
#ifndef IR_CORE_TRUST_ADMINS_IN_H
#define IR_CORE_TRUST_ADMINS_IN_H

#include "core/body.h"
#include "core/trust_fold.h"

/* Somebody stands behind a proposal: the entry at `at` says so. */
struct backing {
    size_t at;
    uint8_t author[IR_KEYID_BYTES];
};

/* Where a proposal stands among those told of; sorted by id, so that many of
 * them, which anybody may write, cost little. */
struct named {
    const uint8_t *id;
    size_t pending; /* NOT_YET: it comes later in fold order */
    size_t at;
};

#define NOT_YET SIZE_MAX

struct pending {
    size_t at; /* place of the proposal */
    bool counts, dead;
    struct backing *yes;
    size_t yes_n;
    struct backing *no; /* by admins then in force, before it counted */
    size_t no_n;
    uint8_t base[IR_ID_BYTES]; /* counts: the list in force then, ... */
    uint64_t k;                /* ... how many it took, ... */
    size_t by;                 /* ... and of `yes` those it had */
};

struct fold {
    struct ir_trust *t;
    struct ir_acts *acts;
    const struct ir_entry *const *v;
    size_t n;
    struct pending *p;
    size_t p_n;
    struct named *names;
    size_t names_n;
    bool *out; /* by place: proposals that are left aside */
    const struct ir_entry *root;
    uint8_t tip[IR_ID_BYTES]; /* the list in force: an admins entry, or root */
};

/* Go through lane T from the beginning, leaving aside what is in f->out. */
void ir_acts_go(struct fold *f);

/* Is entry `at` by an admin who is in force now and not revoked? */
bool ir_acts_backs(const struct fold *f, size_t at);

/* How many people among the admins in force stand behind `p`? */
size_t ir_acts_backers(const struct fold *f, const struct pending *p);

/* The key that revoke entry `e` names, if it is an admin's in force. */
const uint8_t *ir_acts_key(const struct fold *f, const struct ir_entry *e);

/* The proposal that approval `e` is about, or NULL.
 *
 * Owns:   borrowed from `f`.
 */
struct pending *ir_acts_about(const struct fold *f, const struct ir_entry *e);

/* The root, or the entry with this id that could be a proposal; NULL: none.
 *
 * Owns:   borrowed from `f`.
 */
const struct ir_entry *ir_acts_entry(const struct fold *f,
                                     const uint8_t id[IR_ID_BYTES]);

/* Is the body here, and does it fit its kind? */
bool ir_acts_fits(const struct ir_entry *e);

/* Fill t->proposals from what was gone through. */
void ir_acts_tell(struct fold *f);

/* Leave aside, one after the other, the proposals that counted by the backing
 * of a key that others drop without accepting that; f is gone through then.
 */
void ir_acts_contest(struct fold *f);

#endif
