/* plan.h: a compiled runbook: pure data, walked without Lua.
 *
 * On disk: the canonical JSON of docs/man/ir-runbook.5, "Plans", named by its
 * SHA-256. The decoder trusts nothing: a plan may come from anybody.
 */
#ifndef IR_CORE_PLAN_H
#define IR_CORE_PLAN_H

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_PLAN_STEPS_MAX 200
#define IR_PLAN_VARS_MAX 32
#define IR_PLAN_OPTIONS_MAX 9
#define IR_PLAN_ARGV_MAX 64
#define IR_PLAN_BYTES_MAX (1024 * 1024)
#define IR_PLAN_NEST_MAX 4 /* runbooks within runbooks */

enum ir_plan_kind {
    IR_PLAN_EMERGENCY,
    IR_PLAN_RECOVERY,
    IR_PLAN_CONTINUITY,
    IR_PLAN_COMMUNICATION,
};

enum ir_var_type {
    IR_VAR_HOST,
    IR_VAR_ADDRESS,
    IR_VAR_TIME,
    IR_VAR_NUMBER,
    IR_VAR_CHOICE,
    IR_VAR_PERSON,
    IR_VAR_TEXT,
};

struct ir_option { /* of a choose step, or of a choice variable */
    char *id;
    struct ir_text title, say;
    char *go;  /* step id, "end", or NULL: the next step */
    char *act; /* role the chooser acts in from then on, or NULL */
};

struct ir_var {
    char *name;
    enum ir_var_type type;
    struct ir_text ask;
    bool unknown, at_start;
    char *dflt;
    struct ir_option *choices;
    size_t choices_n;
};

enum ir_cond_op {
    IR_COND_CHOSE,    /* a = step, b = option */
    IR_COND_STATE,    /* a = step, b = done|failed|skipped */
    IR_COND_VAR,      /* a = var, b = value */
    IR_COND_UNKNOWN,  /* a = var: unset or "unknown"; num 0 negates */
    IR_COND_SEVERITY, /* num: this or graver */
    IR_COND_MAIL,     /* b = ok|down|distrusted */
    IR_COND_EXERCISE, /* num 1 or 0 */
    IR_COND_ALL,
    IR_COND_ANY,
    IR_COND_NOT,
};

struct ir_cond {
    enum ir_cond_op op;
    char *a, *b;
    int64_t num;
    struct ir_cond *sub;
    size_t sub_n;
};

enum ir_step_act { /* what the step is, at most one */
                   IR_ACT_SAY,
                   IR_ACT_CHOOSE,
                   IR_ACT_ASK,
                   IR_ACT_RUN,
                   IR_ACT_COLLECT,
                   IR_ACT_CALL,
                   IR_ACT_NOTIFY,
                   IR_ACT_TELL,
                   IR_ACT_WAIT,
                   IR_ACT_RUNBOOK,
};

struct ir_step {
    char *id;
    enum ir_step_act act;
    struct ir_text title, say, good, on_fail, warn, place;
    char *on_fail_go; /* or NULL */
    char *role;       /* or NULL */
    int64_t within_s; /* 0: none */
    bool has_after;   /* else: the flow comes from the step before */
    char **after;
    size_t after_n;
    char *go; /* or NULL */
    struct ir_cond *when;
    struct ir_option *options; /* choose */
    size_t options_n;
    char **ask; /* var names */
    size_t ask_n;
    char **argv; /* run */
    size_t argv_n;
    int *accept_exit;
    size_t accept_exit_n;
    char *accept_match;
    int64_t deadline_s;
    bool real, contain;
    int confirm;  /* 1, or 2 for two people */
    char *undo;   /* step id */
    bool is_undo; /* stands outside the flow: another step's undo */
    char **destroys, **preserves;
    size_t destroys_n, preserves_n;
    char *collect, *target, *call, *notify, *template, *tell, *report;
    int64_t wait_s;
    char *runbook;
    struct ir_text measure_text;
    char *measure_owner;
    int64_t measure_review_s; /* 0: no measure */
    char *clock_id, *clock_op;
    char *service_op;
    int service_level; /* percent */
    char *repeat_to;
    struct ir_text repeat_ask;
    int repeat_max;
};

struct ir_plan {
    uint8_t digest[32];
    char *id; /* "flight-information/ransomware" */
    enum ir_plan_kind kind;
    struct ir_text title, symptoms, safety;
    int severity, order; /* severity 0: not given */
    char **legal;
    size_t legal_n;
    struct ir_var *vars;
    size_t vars_n;
    struct ir_step *steps;
    size_t steps_n;
};

/* Decode plan bytes; every length, count, reference and type is checked.
 * What is wrong with the graph (ir_plan_lint) is refused here too.
 *
 * Owns:   *out is the caller's, ir_plan_free.
 * Errors: IR_EPARSE naming the field ("steps[3].after[0]"), IR_ELIMIT.
 */
int ir_plan_decode(const char *json, size_t len, struct ir_plan **out,
                   struct ir_err *err);
void ir_plan_free(struct ir_plan *p);

/* Look at the graph: dangling go, after, when, undo, repeat; a step nothing
 * reaches; a loop without an exit; a cycle of after; a when that names a
 * later step; a destroys that no earlier preserves in this plan can satisfy
 * is a warning (fatal false). Calls `found` for each.
 *
 * Owns:   the strings are borrowed for the call.
 */
void ir_plan_lint(const struct ir_plan *p,
                  void (*found)(bool fatal, size_t step, const char *field,
                                const char *msg, void *arg),
                  void *arg);

/* Index of step `id`, or -1. Var by name, or NULL. */
int ir_plan_step(const struct ir_plan *p, const char *id);
const struct ir_var *ir_plan_var(const struct ir_plan *p, const char *name);

/* Check and normalise an answer for a variable: "unknown" words become
 * "unknown"; a host or address must look like one and never begin with "-";
 * a number is decimal; a time is parsed (base/time.h) and becomes RFC 3339;
 * a choice must be one of the ids (or its number 1..n in the list).
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EPARSE in words for the person who typed it.
 */
int ir_var_parse(const struct ir_var *v, const char *typed, int64_t now_ms,
                 char **out, struct ir_err *err);

/* Replace ${name} in `text` through `get` (NULL: the word for unknown).
 *
 * Owns:   the caller frees with free().
 */
char *ir_plan_expand(const char *text,
                     const char *(*get)(const char *name, void *arg),
                     void *arg);

#endif
