/* check.h: files of a site against tables of rules; what passes becomes JSON
 * in the same shape (durations in seconds), what does not becomes findings.
 *
 * The rules of each kind of file are in schema_*.c; what a rule cannot say
 * (conditions, steps that do two things) is in step.c and cond.c; what needs
 * several files is in refs.c.
 */
#ifndef IR_SCRIPT_CHECK_H
#define IR_SCRIPT_CHECK_H

#include "base/json.h"
#include "script/node.h"
#include "script/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_FINDINGS_MAX 1000   /* of one run; more are counted, not kept */
#define IR_TEXT_BYTES_MAX 2000 /* of one text in one language */
#define IR_TITLE_EN_MAX 45     /* columns; wider is a warning */
#define IR_TITLE_JA_MAX 40

struct ir_finding {
    char *file;        /* path beneath the site */
    int line;          /* 0: the file as a whole */
    char *field;       /* "steps[3].say.ja", or "" */
    bool fatal;        /* an error; else a warning */
    const char *check; /* a word for this kind of finding, static, or NULL */
    char *message;
};

/* What a string names. */
enum ir_ref_kind {
    IR_REF_NONE,
    IR_REF_ROLE,
    IR_REF_TREE,
    IR_REF_AUDIENCE,
    IR_REF_AUTHORITY,
    IR_REF_PERSON,
    IR_REF_PARTNER,         /* a partner or a person */
    IR_REF_TREE_ENTRY,      /* a person, or role:ROLE */
    IR_REF_AUDIENCE_MEMBER, /* the same, or audience:AUDIENCE */
    IR_REF_DEADLINE,
    IR_REF_RUNBOOK,
    IR_REF_OPERATION, /* of the runbook's own system */
    IR_REF_TEMPLATE,
    IR_REF_FORM,
    IR_REF_PLUGIN, /* of a channel */
};

struct ir_ref {
    enum ir_ref_kind kind;
    const char *name; /* in the arena of the run */
    int file;         /* the file it was found in */
    struct ir_where at;
    char *field;
};

struct ir_check {
    struct ir_source *src;
    int file;          /* being checked */
    const char *dir;   /* its directory, "" at the top */
    bool is_template;  /* ${...} of its texts name facts */
    char path[160];    /* of the field being checked */
    const char *check; /* of what is said now, or NULL */
    struct ir_finding *found;
    size_t found_n, found_cap;
    size_t errors, warnings; /* in all */
    struct ir_ref *refs;
    size_t refs_n, refs_cap;
};

enum ir_rule_type {
    IR_RULE_TEXT,     /* { en = ..., ja = ... } */
    IR_RULE_TITLE,    /* the same on one short line */
    IR_RULE_STR,      /* min..max bytes */
    IR_RULE_ID,       /* a name */
    IR_RULE_REF,      /* a string that names something: `ref` */
    IR_RULE_DURATION, /* "5m" to seconds; min..max when max > 0 */
    IR_RULE_DATE,     /* "2026-10-01" */
    IR_RULE_INT,      /* min..max */
    IR_RULE_BOOL,
    IR_RULE_ENUM, /* one of `words` */
    IR_RULE_LIST, /* of `item`, min..max of them; `unique` a key or NULL */
    IR_RULE_OBJ,  /* of `of` */
    IR_RULE_SPECIAL,
};

struct ir_schema;

struct ir_rule {
    const char *name;
    enum ir_rule_type type;
    bool required;
    int64_t min, max;
    const char *const *words; /* NULL-terminated */
    enum ir_ref_kind ref;
    const struct ir_schema *of;
    const struct ir_rule *item;
    const char *unique;
    struct ir_json *(*special)(struct ir_check *ck, const struct ir_node *n,
                               struct ir_where at);
};

struct ir_schema {
    const struct ir_rule *rules; /* name NULL ends */
    /* What the rules cannot say; `j` is the object so far (may be changed). */
    void (*also)(struct ir_check *ck, const struct ir_node *n,
                 struct ir_json *j);
};

/* Add a finding about the field at ck->path.
 *
 * Owns:   keeps copies.
 */
void ir_check_say(struct ir_check *ck, bool fatal, struct ir_where at,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The same about field `name` of the table at ck->path, at its own line.
 *
 * Owns:   keeps copies.
 */
void ir_check_say_field(struct ir_check *ck, bool fatal,
                        const struct ir_node *n, const char *name,
                        const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Go into and out of a field: path_in returns what path_out takes. `name`
 * NULL means item `i` (from 1).
 *
 * Owns:   nothing.
 */
size_t ir_check_path_in(struct ir_check *ck, const char *name, size_t i);
void ir_check_path_out(struct ir_check *ck, size_t mark);

/* Check a table against a schema.
 *
 * Owns:   the result is the caller's; NULL when `n` is no table.
 */
struct ir_json *ir_check_obj(struct ir_check *ck, const struct ir_schema *sc,
                             const struct ir_node *n);

/* Check one value against one rule.
 *
 * Owns:   the result is the caller's; NULL when it does not fit.
 */
struct ir_json *ir_check_value(struct ir_check *ck, const struct ir_rule *r,
                               const struct ir_node *n, struct ir_where at);

/* Check a bilingual text; other fields named in `extra` (NULL-terminated, or
 * NULL) are left to the caller.
 *
 * Owns:   the result is the caller's; NULL when it does not fit.
 */
struct ir_json *ir_check_text(struct ir_check *ck, const struct ir_node *n,
                              struct ir_where at, bool title,
                              const char *const *extra);

/* Report fields of `n` that are not in `known`, with the nearest name.
 *
 * Owns:   nothing.
 */
void ir_check_unknown(struct ir_check *ck, const struct ir_node *n,
                      const char *const *known);

/* Check the ${...} of a text or argument: each has its name and "}", and in a
 * template names a fact. (Variables of runbooks: core's ir_plan_lint.)
 *
 * Owns:   nothing.
 */
void ir_check_gaps(struct ir_check *ck, const char *s, struct ir_where at);

/* Note that ck->path names something to be found when all files are read.
 *
 * Owns:   `name` is borrowed until the end of the run.
 */
void ir_check_ref(struct ir_check *ck, enum ir_ref_kind kind, const char *name,
                  struct ir_where at);

/* The nearest of `words` (NULL-terminated) within two edits, or NULL.
 *
 * Owns:   borrowed from `words`.
 */
const char *ir_check_nearest(const char *word, const char *const *words);

/* Is `n` a table that is a plain list (no fields, no holes)?
 *
 * Errors: none.
 */
bool ir_node_is_list(const struct ir_node *n);

/* A word for what a value is, for "must be ..., not ...".
 *
 * Owns:   a static string, in the process's language.
 */
const char *ir_node_what(const struct ir_node *n);

/* Free findings and references.
 *
 * Owns:   nothing afterwards.
 */
void ir_check_done(struct ir_check *ck);

#endif
