/* trust.h: who may sign what, folded from the trust lane.
 *
 * Input are all lane-T entries in fold order. The root names the first admins,
 * `admins` entries others in their place, when k of those in force stand behind
 * it; member, device and grant entries count when an admin signed them,
 * revocations when one admin did, or k where the key is an admin's. Entries of
 * an unknown author are kept and shown, and do not count.
 */
#ifndef IR_CORE_TRUST_H
#define IR_CORE_TRUST_H

#include "core/entry.h"
#include "core/seal.h"

#define IR_MEMBER_KEYS_MAX 16

struct ir_member {
    uint8_t id[8];
    char handle[41];
    char *name; /* as certified, UTF-8, not yet escaped */
    char **roles;
    size_t roles_n;
    int64_t not_after_ms; /* 0: none */
    bool admin;           /* one of the keys is an admin key in force */
    bool active;          /* has at least one key that is not revoked */
};

struct ir_cert_key {
    uint8_t key_id[IR_KEYID_BYTES];
    uint8_t pub[IR_PUBKEY_BYTES];
    bool node;                 /* a device's key; else a person's */
    size_t member;             /* index; of a node key: its custodian */
    uint8_t x25519[32];        /* of a node key: what is sealed to it */
    uint8_t cert[IR_ID_BYTES]; /* the entry that certified it */
    bool revoked;
    uint8_t revoked_by[IR_ID_BYTES];
    int revoker;        /* revoked: the member who did it first, or -1 */
    int64_t revoked_ms; /* when that was recorded */
    uint8_t *accepted;  /* revoked: n ids of the newest accepted entries */
    size_t accepted_n;
};

struct ir_release {
    uint8_t entry[IR_ID_BYTES]; /* the release entry */
    uint8_t manifest[IR_HASH_BYTES];
    size_t author; /* member index */
    int64_t made_ms;
    char *text, *commit;                  /* may be NULL */
    bool approved, denied, self_approved; /* self: by its author, allowed
                                             only while there is one member */
    size_t approver;                      /* member index, when approved */
    int64_t approved_ms;
    size_t approved_at; /* counts approvals in fold order */
    uint8_t approval[IR_ID_BYTES];
    char *deny_reason;
};

/* A key that is an admin's, or was once. */
struct ir_admin {
    uint8_t key_id[IR_KEYID_BYTES];
    uint8_t pub[IR_PUBKEY_BYTES];
    uint8_t person[8]; /* member id, told by the list in force; of a key that
                          only the root names its key id */
    bool told;
    bool in_force, revoked;
    uint8_t dropped_by[IR_ID_BYTES]; /* not in force: the entry that did it */
};

/* What takes several admins: another list of admins, or the revocation of an
 * admin's key. */
struct ir_proposal {
    uint8_t entry[IR_ID_BYTES];
    uint8_t author[IR_KEYID_BYTES];
    bool revoke; /* else an admins entry */
    int64_t made_ms;
    char *reason;
    uint8_t target[IR_KEYID_BYTES];   /* revoke: the key */
    uint64_t k;                       /* admins: what it proposes */
    uint8_t (*keys)[IR_PUBKEY_BYTES]; /* n keys, and whose they are */
    uint8_t (*persons)[8];
    size_t keys_n;
    bool counts, open;              /* neither: it cannot count any more */
    size_t have;                    /* open: people behind it by now */
    uint8_t (*yes)[IR_KEYID_BYTES]; /* keys of the author and who approved */
    size_t yes_n;
    uint8_t (*no)[IR_KEYID_BYTES]; /* who denied; stops nobody else */
    size_t no_n;
};

/* A key, wrapped for one device. */
struct ir_grant {
    uint8_t entry[IR_ID_BYTES];
    uint8_t recipient[IR_KEYID_BYTES]; /* the device's node key */
    uint64_t epoch, audience;          /* audience 0: the carrier key */
    uint8_t wrapped[IR_WRAPPED_BYTES];
};

struct ir_trust {
    uint8_t site[IR_ID_BYTES];
    bool has_root;
    uint64_t k; /* of the admins, for the acts that need several */
    uint8_t admins_entry[IR_ID_BYTES]; /* what made the list in force */
    struct ir_admin *admins;           /* of all times */
    size_t admins_n;
    struct ir_proposal *proposals; /* oldest first */
    size_t proposals_n;
    struct ir_member *members;
    size_t members_n;
    struct ir_cert_key *keys;
    size_t keys_n;
    struct ir_release *releases; /* oldest first */
    size_t releases_n;
    struct ir_grant *grants; /* those that count, in fold order */
    size_t grants_n;
    struct ir_grant *void_grants; /* by admins of any time; do not count */
    size_t void_grants_n;
    uint8_t (*alone)[IR_ID_BYTES]; /* where there are several members: the
                                      approvals by somebody who was the only
                                      one, sorted */
    size_t alone_n;
    uint8_t (*refused)[IR_ID_BYTES]; /* what revoked keys signed and is not
                                        accepted, sorted, where somebody who
                                        has all entries told it */
    size_t refused_n;
    bool refused_known;
};

/* Fold lane T (any order of `e`; it is sorted here).
 *
 * Owns:   *t is the caller's, ir_trust_done; keeps nothing of `e`.
 */
void ir_trust_fold(const uint8_t site[IR_ID_BYTES],
                   const struct ir_entry *const *e, size_t n,
                   struct ir_trust *t);
void ir_trust_done(struct ir_trust *t);

/* The certified key with this id, or NULL. No two have the same id: of keys
 * that share one, only the first is certified.
 *
 * Owns:   borrowed from `t`.
 */
const struct ir_cert_key *ir_trust_key(const struct ir_trust *t,
                                       const uint8_t key_id[IR_KEYID_BYTES]);

/* The number of the admin key with this id, in force or not, or -1; and is it
 * one that decides now: in force and not revoked?
 */
int ir_trust_admin(const struct ir_trust *t,
                   const uint8_t key_id[IR_KEYID_BYTES]);
bool ir_trust_in_force(const struct ir_trust *t,
                       const uint8_t key_id[IR_KEYID_BYTES]);

/* Need nobody be asked about revocation `p`: does the key leave with a list
 * that waits and is by the same author?
 */
bool ir_trust_goes_with(const struct ir_trust *t, const struct ir_proposal *p);

/* How many people decide now: those behind the admin keys. */
size_t ir_trust_admins(const struct ir_trust *t);

/* The public key an entry's author must have signed with: a certified one, or
 * an admin's of any time. NULL when the author is not known.
 *
 * Owns:   borrowed from `t`.
 */
const uint8_t *ir_trust_pub(const struct ir_trust *t,
                            const uint8_t key_id[IR_KEYID_BYTES]);

/* May this entry count: author certified (a node key only where its kind
 * allows), body fits its kind, not told to be refused. Where nobody told,
 * whether a revoked key's entry stays accepted is judged by folding.
 *
 * Errors: IR_ESIG unknown author, IR_EREFUSED not allowed, IR_EPARSE body.
 */
int ir_trust_admits(const struct ir_trust *t, const struct ir_entry *e,
                    struct ir_err *err);

/* Was `t` told that entry `id` is by a revoked key, and not accepted? */
bool ir_trust_refused(const struct ir_trust *t, const uint8_t id[IR_ID_BYTES]);

/* Members by handle, or by id. Returns the index, or -1. */
int ir_trust_member(const struct ir_trust *t, const char *handle);
int ir_trust_member_id(const struct ir_trust *t, const uint8_t id[8]);
/* The member whose key signed `e` (custodian of a node key), or -1. */
int ir_trust_author(const struct ir_trust *t, const struct ir_entry *e);

/* The newest approved release, or NULL. */
const struct ir_release *ir_trust_current(const struct ir_trust *t);

/* Was approval `e` written by somebody who was the only member then? It was
 * when, for every key of a person other than its author, the certificate builds
 * on it, or it builds on a revocation of that key. What the clocks said plays
 * no part: an approval that nothing holds in its place was not made alone.
 *
 * Source: docs/format.md section 6, rule 8.
 */
bool ir_trust_alone(const struct ir_trust *t, const struct ir_entry *e);

/* Would it be so of what member `who` approves now? */
bool ir_trust_is_alone(const struct ir_trust *t, int who);

/* Members with an active key: how many people can sign. */
size_t ir_trust_people(const struct ir_trust *t);

#endif
