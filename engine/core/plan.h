/* plan.h: a compiled runbook: pure data, walked without Lua.
 *
 * On disk: one canonical JSON object (keys sorted, no white space), named by
 * its SHA-256. The compiler (script/) writes it from a runbook; the decoder
 * trusts nothing: a plan may come from anybody. Member names are those of the
 * runbook (docs/man/ir-runbook.5), normalised:
 *
 *   text      {"en": "...", "ja": "..."}, both at most IR_PLAN_TEXT_MAX bytes,
 *             not empty
 *   duration  whole seconds, 1..IR_DURATION_MAX, under the same name
 *   flag      true or false; absent is false
 *   list      array, never an object; absent is empty (but see "after")
 *   name      as base/scan.h, ir_name_ok; a runbook is NAME/NAME
 *   variable  [a-z][a-z0-9_]{0,31}
 *
 * Plan. Required: api (1), kind ("emergency", "recovery", "continuity",
 *   "communication"), id (NAME/NAME), title (text), steps (1..200), and of an
 *   emergency plan symptoms (text). Optional: symptoms, severity (1..4), order
 *   (1..99, default 50), safety (text), legal (list of names of deadlines),
 *   vars (object: variable -> var).
 * Var. Required: type ("host", "address", "time", "number", "choice",
 *   "person", "text"), ask (text). Optional: unknown (flag, default true),
 *   ask_at_start (flag), default (string), choices (2..9 of {id, title}; with
 *   type choice, and only then).
 * Step. Required: id (a name, not "end"), title, and say unless runbook is
 *   given. Optional: good, warn, place (text), on_fail (text with optional
 *   go), role (name), within (duration), after (list of step ids; absent: the
 *   flow comes from the step before; []: at once), go (step id or "end"), when
 *   (condition), measure {text, owner (name), review (duration)}, clock {id,
 *   op: "start", "met", "stop", "undecided"}, service {operation (name), level
 *   1..100}, destroys and preserves (lists of names), confirm (1 or 2),
 *   contain, real (flags), mail ("ok", "down", "distrusted"), undo (step id),
 *   repeat {to (step id), ask (text), max 2..100}; and at most one of
 *     choose    2..9 of {id, title, say?, go?, act?}
 *     ask       1..16 variables
 *     run       argv, 1..64 strings, with accept {exit: [0..255, ...],
 *               match?} and deadline (duration, at most an hour)
 *     collect   name, with target (string)
 *     call      name
 *     notify    name, with template (name)
 *     tell      name, with report ("first", "follow-up", "final")
 *     wait      duration
 *     runbook   NAME/NAME
 * Condition, one of: {step, chose}, {step, state}, {var, is}, {var, unknown},
 *   {severity: 1..4}, {mail: "ok", "down", "distrusted"}, {exercise}, {all:
 *   [...]}, {any: [...]}, {not: condition}; nested IR_COND_DEPTH_MAX deep.
 *
 * Every other member is refused. How the steps hang together is flow.h.
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
#define IR_PLAN_NEST_MAX 4    /* runbooks within runbooks */
#define IR_PLAN_TEXT_MAX 2000 /* bytes of a sentence */
#define IR_PLAN_STR_MAX 1000  /* bytes of one argument */
#define IR_PLAN_LIST_MAX 16   /* names in destroys, legal, ask */
#define IR_PLAN_REPEAT_MAX 100
#define IR_PLAN_DEADLINE_MAX 3600 /* seconds a run may take */
#define IR_COND_DEPTH_MAX 8

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

/* The name of the variable that asks when it all began (type time). */
#define IR_VAR_BEGAN "began"

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
    char *mail; /* what doing it declares of mail, or NULL */
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
 * What is wrong with the graph (fatal findings of ir_plan_lint) is refused
 * here too.
 *
 * Owns:   *out is the caller's, ir_plan_free.
 * Errors: IR_EPARSE naming the field ("steps[3].after[0]"), IR_ELIMIT.
 */
int ir_plan_decode(const char *json, size_t len, struct ir_plan **out,
                   struct ir_err *err);

/* The same without the graph's check, for a linter that wants every finding.
 *
 * Owns:   *out is the caller's, ir_plan_free.
 * Errors: IR_EPARSE naming the field, IR_ELIMIT.
 */
int ir_plan_decode_loose(const char *json, size_t len, struct ir_plan **out,
                         struct ir_err *err);
void ir_plan_free(struct ir_plan *p);

/* Look at the graph and at what texts and arguments refer to. Fatal: a go,
 * after, when, undo or repeat that names no step or a wrong one; a step
 * nothing reaches; a loop that is never left; steps that wait for one
 * another; ${name} of no variable; a run argument in which a variable could
 * become an option or a shell word. Not fatal: destroys without an earlier
 * preserves; contain together with destroys; after naming a decision that
 * goes to the step by itself. Calls `found` for each; `step` is -1 for the
 * plan as a whole; `field` is as in the plan ("after[0]", "choose[1].go").
 *
 * Owns:   the strings are borrowed for the call.
 */
void ir_plan_lint(const struct ir_plan *p,
                  void (*found)(bool fatal, int step, const char *field,
                                const char *msg, void *arg),
                  void *arg);

/* Index of step `id`, or -1. Var by name, or NULL. Option by id, or -1. */
int ir_plan_step(const struct ir_plan *p, const char *id);
const struct ir_var *ir_plan_var(const struct ir_plan *p, const char *name);
int ir_step_option(const struct ir_step *s, const char *id);

/* Is `s` the name of a runbook, NAME/NAME? Of a variable? */
bool ir_plan_name_ok(const char *s);
bool ir_var_name_ok(const char *s);

/* The words of the plan for a kind, a variable's type and what a step is
 * ("emergency", "host", "say", "run", ...).
 *
 * Owns:   static.
 */
const char *ir_plan_kind_word(enum ir_plan_kind k);
const char *ir_var_type_word(enum ir_var_type t);
const char *ir_step_act_word(enum ir_step_act a);

/* The word a person reads for a source of evidence ("disk"), which `preserves`
 * and `destroys` name; one that is not known stands for itself.
 *
 * Owns:   static, or `source`.
 */
const char *ir_source_word(const char *source);

/* Check and normalise an answer for a variable: "unknown" words become
 * "unknown"; a host or address must look like one and never begin with "-";
 * a number is decimal; a time is parsed (base/time.h) and becomes RFC 3339;
 * a choice must be one of the ids (or its number 1..n in the list). Fullwidth
 * ASCII is read as ASCII except in text and person.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EPARSE in words for the person who typed it.
 */
int ir_var_parse(const struct ir_var *v, const char *typed, int64_t now_ms,
                 char **out, struct ir_err *err);

/* Replace ${name} in `text` through `get`. NULL and "unknown" give the word
 * for unknown in the reader's language. A ${ that begins no name stays.
 *
 * Owns:   the caller frees with free().
 */
char *ir_plan_expand(const char *text,
                     const char *(*get)(const char *name, void *arg),
                     void *arg);

/* Walk the ${name} of `text`: copies the next name into `name` and moves *at
 * past it; false at the end. Set *at to 0 first.
 *
 * Units:  `name` holds 33 bytes.
 */
bool ir_plan_next_var(const char *text, size_t *at, char *name);

#endif
