/* err.h: how a function says what went wrong.
 *
 * What can fail returns int: IR_OK or one of the negative IR_E* below. If the
 * failure crosses a layer, `struct ir_err *` comes last and is filled iff the
 * call fails. Nothing here allocates, prints or exits.
 */
#ifndef IR_BASE_ERR_H
#define IR_BASE_ERR_H

enum {
    IR_OK = 0,
    IR_EUSAGE = -1,    /* the caller's words are off (also: ambiguous name) */
    IR_EPARSE = -2,    /* malformed bytes or text */
    IR_ELIMIT = -3,    /* over a stated limit */
    IR_ENOTFOUND = -4, /* no such thing */
    IR_EEXIST = -5,    /* stands there already */
    IR_ESTORE = -6,    /* the database said no */
    IR_EIO = -7,       /* file, pipe or process trouble */
    IR_EBUSY = -8,     /* locked by somebody else: try later */
    IR_EREFUSED = -9,  /* policy, approval, unsafe home */
    IR_ESIG = -10,     /* signature, key or passphrase */
    IR_EDAMAGED = -11, /* stored bytes are not what was signed */
    IR_ETIMEOUT = -12, /* a deadline passed */
    IR_ENO = -13,      /* done, and the answer is "no" */
};

#define IR_ERR_MSG_MAX 768 /* bytes, with the NUL */
#define IR_ERR_HINT_MAX 512
#define IR_ERR_FIELD_MAX 96

struct ir_err {
    int code;                     /* IR_E*, 0 when unset */
    char msg[IR_ERR_MSG_MAX];     /* one line: what and where */
    char hint[IR_ERR_HINT_MAX];   /* what to do next, or "" */
    char field[IR_ERR_FIELD_MAX]; /* the offending field, or "" */
};

/* Fill `err` (may be NULL) with `code` and a formatted message; hint and field
 * are cleared.
 *
 * Owns:   nothing; text too long is cut.
 * Errors: returns `code`, so that a function can `return ir_fail(...)`.
 */
int ir_fail(struct ir_err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Add what to do next to a filled `err` (may be NULL).
 *
 * Owns:   nothing; text too long is cut.
 */
void ir_err_hint(struct ir_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Name the field a filled `err` (may be NULL) is about.
 *
 * Owns:   nothing; text too long is cut.
 */
void ir_err_field(struct ir_err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The word a program reads for `code` in --json ("refused", "not-found", ...).
 *
 * Owns:   a static string.
 * Source: docs/man/ir.1, "Errors as JSON".
 */
const char *ir_err_word(int code);

#endif
