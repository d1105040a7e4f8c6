/* plan_read.h: reading a JSON object into a struct from a table of members;
 * what is not in the table is refused. Internal to the plan decoder.
 */
#ifndef IR_CORE_PLAN_READ_H
#define IR_CORE_PLAN_READ_H

#include "core/plan.h"

/* Where in the plan we are, for messages: "steps[3].choose[1]". */
struct ir_pread {
    struct ir_err *err;
    char path[IR_ERR_FIELD_MAX];
};

enum ir_pread_type {
    IR_PR_TEXT,  /* struct ir_text */
    IR_PR_STR,   /* char *, 1..max bytes, no control characters */
    IR_PR_NAME,  /* char *, ir_name_ok */
    IR_PR_DIR,   /* char *, NAME/NAME */
    IR_PR_VAR,   /* char *, a variable */
    IR_PR_FLAG,  /* bool */
    IR_PR_INT,   /* int, min..max */
    IR_PR_SECS,  /* int64_t, min..max */
    IR_PR_NAMES, /* char **, size_t at off_n; at most max, no name twice */
    IR_PR_VARS,  /* the same of variables */
    IR_PR_STRS,  /* the same of strings, repeats allowed, "" allowed */
    IR_PR_ELSE,  /* allowed here, read by other code */
};

struct ir_pread_field {
    const char *key;
    enum ir_pread_type type;
    bool required;
    size_t off, off_n;
    int64_t min, max;
};

/* Refuse: IR_EPARSE with the path and `key` (may be NULL) in front.
 *
 * Errors: returns IR_EPARSE.
 */
int ir_pread_bad(struct ir_pread *r, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Read every member of `obj` that `f[0..n)` names into `base`; a member that
 * no row names, a missing required one and a wrong value are refused.
 *
 * Owns:   what was read belongs to `base`, also after a refusal.
 * Errors: IR_EPARSE.
 */
int ir_pread_fields(struct ir_pread *r, const struct ir_json *obj,
                    const struct ir_pread_field *f, size_t n, void *base);

/* Go into member `key` (with `i` >= 0: its element i), and back out.
 *
 * Owns:   returns the mark that _out needs.
 */
size_t ir_pread_in(struct ir_pread *r, const char *key, int i);
void ir_pread_out(struct ir_pread *r, size_t mark);

/* Read a list of 2..9 options. `with_go`: say, go and act are allowed.
 *
 * Owns:   *out, *n as read, also after a refusal.
 * Errors: IR_EPARSE.
 */
int ir_pread_options(struct ir_pread *r, const struct ir_json *obj,
                     const char *key, bool with_go, struct ir_option **out,
                     size_t *n);
void ir_options_free(struct ir_option *o, size_t n);

/* Read one step, one condition.
 *
 * Owns:   *s, *c as read, also after a refusal; the caller frees.
 * Errors: IR_EPARSE.
 */
int ir_pread_step(struct ir_pread *r, const struct ir_json *j,
                  struct ir_step *s);
void ir_step_done(struct ir_step *s);
int ir_pread_cond(struct ir_pread *r, const struct ir_json *j, int depth,
                  struct ir_cond *c);
void ir_cond_done(struct ir_cond *c);

/* Which of `words` is `s`? -1: none. */
int ir_word_index(const char *const *words, size_t n, const char *s);

#endif
