/* verify.h: what `ir verify` found, in words and as JSON. Plain data that the
 * command fills; never a bare OK.
 */
#ifndef IR_VIEW_VERIFY_H
#define IR_VIEW_VERIFY_H

#include "view/view.h"

enum ir_verdict {
    IR_VERDICT_WHOLE,
    IR_VERDICT_UNWITNESSED,
    IR_VERDICT_INCOMPLETE,     /* entries or bodies referred to, not here */
    IR_VERDICT_UNKNOWN_SIGNER, /* nobody certified who signed it */
    IR_VERDICT_FORK,           /* one author, one place, two entries */
    IR_VERDICT_TAMPERED,       /* bytes are not what was signed */
};

enum ir_bad_why {
    IR_BAD_SIGNATURE,
    IR_BAD_ID,      /* stored under another id than its bytes give */
    IR_BAD_BODY,    /* body is not the one the header's digest names */
    IR_BAD_BYTES,   /* does not parse */
    IR_BAD_OBJECT,  /* an object (plan, output) is not what its name says */
    IR_BAD_SIGNER,  /* key not certified */
    IR_BAD_REVOKED, /* signed by a key after it was revoked */
    IR_BAD_PREV,    /* what it says came before it did not */
    IR_BAD_MISSING, /* referred to, not here */
    IR_BAD_GAP,     /* a number in the author's sequence is not here */
    IR_BAD_FORK,
    IR_BAD_SCHEMA, /* body does not fit its kind */
    IR_BAD_ROW,    /* the database cannot give the row back */
};

struct ir_verify_bad {
    uint8_t id[IR_ID_BYTES];
    bool has_id;
    enum ir_bad_why why;
    int author;      /* member index, -1 */
    uint64_t seq;    /* 0: unknown */
    int64_t at_ms;   /* recorded, 0 unknown */
    char detail[96]; /* more, or "" (escaped here) */
};

/* One that others refer to and that is not here, because it was refused. */
struct ir_verify_refused {
    uint8_t id[IR_ID_BYTES];
    int author;                     /* whose key signed it; member index, -1 */
    int revoker;                    /* who revoked that key, or -1 */
    int64_t revoked_ms, refused_ms; /* 0 unknown */
};

struct ir_verify_author {
    char name[41]; /* handle, or the key id in hex */
    uint64_t entries;
    int64_t witnessed_to_ms; /* newest moment another member's device has; 0
                                none */
    const int *by;           /* members whose devices have witnessed them */
    size_t by_n;
};

struct ir_verify {
    enum ir_verdict verdict;
    uint64_t entries;
    bool chain_only; /* signatures were not looked at */
    uint64_t bodies_withheld, bodies_erased, objects;
    struct ir_view_record record;
    const struct ir_verify_bad *bad;
    size_t bad_n;
    const struct ir_verify_refused *refused;
    size_t refused_n;
    const struct ir_verify_refused *dead; /* here, by revoked keys, and of no
                                             account; refused_ms: recorded */
    size_t dead_n, dead_more;
    const struct ir_verify_author *authors;
    size_t authors_n;
    bool backup_fork; /* the fork looks like a restored backup */
};

/* The verdict in one sentence, then what is bad (entry, when, by whom, why),
 * then what to do.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_verify(const struct ir_view *v, const struct ir_verify *r,
                    struct ir_buf *out);

/* The object of commands.md.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_verify_json(const struct ir_view *v,
                                    const struct ir_verify *r);

/* The word of --json, and whether exit is 0 (`strict`: only for whole). */
const char *ir_verdict_word(enum ir_verdict v);
bool ir_verdict_good(enum ir_verdict v, bool strict);
const char *ir_bad_word(enum ir_bad_why why);

#endif
