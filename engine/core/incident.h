/* incident.h: one incident, folded from its entries. A pure function: the
 * same set of entries gives the same incident, whatever order they came in.
 *
 * What counts. Entries of this incident with the status of its declare entry,
 *   by a certified key, fitting their kind; of a revoked key only those it was
 *   accepted with, and their ancestors. The others are counted, not folded.
 *   Moments are `occurred` where given, else when recorded.
 * Concurrent entries (neither knew of the other) that disagree:
 *   a step ended twice   done outweighs failed, failed outweighs skipped; of
 *                        two choices the later of the fold order counts;
 *                        done by two people: done, and said
 *   severity             the graver one
 *   a variable           the later of the fold order
 *   a role               both hold it (disputed) until one yields
 *   close and reopen     open
 *   two systems added    the later of the fold order gets the next number
 * Each is settled by anything recorded with knowledge of both, and until then
 * stands in `conflicts` as a sentence.
 *
 * Steps. flow.h over the plan of each instance. Nested steps have the path of
 *   their runbook step in front ("1/restore/copy-back"; where that step was
 *   repeated, "1/restore:2/copy-back"). What an entry of kind step says:
 *   take, begin, give back; done, fail, skip, choose end it; a later end
 *   outweighs an earlier one it knew of. `iteration` absent is 1. An ask step
 *   is done once all its questions are answered. Field 4 of a done entry is
 *   what was seen; field 5 "again", at a step with repeat, begins anew.
 * Two people. A request (25) and an approval (5) whose refs name it, by another
 *   member, before it expires. A denial stands; one's own takes it back. The
 *   first begin, done or fail of that step and iteration after the
 *   approval uses it up. Exceptions (30) name the step's path in `effect`;
 *   rules known here: "two-person" and "destroys" (of this iteration only; the
 *   second counts when signed by who leads, or while nobody does),
 *   "unapproved" (effect: the plan's or the instance's name or number; empty:
 *   the first).
 */
#ifndef IR_CORE_INCIDENT_H
#define IR_CORE_INCIDENT_H

#include "core/entry.h"
#include "core/flow.h"
#include "core/plan.h"
#include "core/trust.h"

/* Where an incident gets its plans and data: the manifest it pinned. Every
 * function may return NULL: "not here"; the fold then shows what it can.
 * Returned things are borrowed and live as long as the incident.
 */
struct ir_lookup {
    const struct ir_plan *(*plan_digest)(const uint8_t digest[32], void *arg);
    const struct ir_plan *(*plan_name)(const uint8_t manifest[32],
                                       const char *name, void *arg);
    const struct ir_json *(*object)(const uint8_t manifest[32],
                                    const char *type, const char *name,
                                    void *arg); /* "site" "", "system" id,
                                                   "contacts" "" */
    void *arg;
};

#define IR_TWICE_MAX 8 /* people named of one step that was done twice */

struct ir_istep {
    char *path;       /* "1/isolate", nested "1/restore/copy-back" */
    char *short_name; /* "isolate" */
    int instance;
    int depth; /* 0, 1 below a runbook step, ... */
    const struct ir_plan *plan;
    const struct ir_step *step; /* NULL: the plan is not here */
    enum ir_step_state state;
    uint64_t iteration;           /* from 1 */
    int by;                       /* member index who took, did, skipped; -1 */
    int64_t ready_ms;             /* when it became ready, 0 unknown */
    int64_t begun_ms, ended_ms;   /* 0: not */
    int64_t due_ms;               /* ready + within, or wait; 0 none */
    char *choice, *reason, *note; /* as answered, or NULL */
    uint8_t entry[IR_ID_BYTES];   /* the entry that gave the present state */
    bool optional;                /* an undo step that became available */
    bool container;          /* a runbook step whose own steps follow it here */
    size_t since_seq;        /* fold order: what began this iteration */
    bool cleared;            /* begun under an approval that still holds */
    bool undone;             /* done, and undone since: it may be done again */
    bool conflict;           /* the same step ended twice, differently */
    int twice[IR_TWICE_MAX]; /* members who did it without knowing of each
                                other; nobody recorded anything since who
                                knew of both */
    size_t twice_n;          /* 0, or 2 and more */
    char **needs; /* waiting: paths of steps it waits for; ready: what is
                     missing: "approval", "evidence:disk", "wait" */
    size_t needs_n;
};

struct ir_iinstance {
    int number;
    char *system, *scenario; /* scenario may be NULL when plan is not here */
    uint8_t plan_digest[32];
    const struct ir_plan *plan;
    bool unapproved;
    int64_t added_ms;
    int64_t began_ms;           /* stated for this system; 0: not */
    uint8_t entry[IR_ID_BYTES]; /* that declared or added it */
};

struct ir_ivar {
    char *name, *value;
    uint8_t entry[IR_ID_BYTES];
};

enum ir_clock_state {
    IR_CLOCK_RUNNING,
    IR_CLOCK_AT_RISK,
    IR_CLOCK_MISSED,
    IR_CLOCK_MET,
    IR_CLOCK_STOPPED,
    IR_CLOCK_UNDECIDED,
};

enum ir_clock_type { IR_CT_RTO, IR_CT_RPO, IR_CT_MTPD, IR_CT_LEGAL };

struct ir_iclock {
    char *name; /* "flight-information/displays/rto", "appi-preliminary" */
    char *system, *operation; /* NULL for legal ones */
    struct ir_text title;
    enum ir_clock_type type;
    enum ir_clock_state state;
    bool met_late;     /* met, but after the target */
    int64_t target_s;  /* length; of a legal day rule: until the due time */
    int64_t from_ms;   /* counts from */
    int64_t due_ms;    /* 0: cannot be told yet */
    int64_t latest_ms; /* legal with a target and a latest day; else 0 */
    int64_t ended_ms;  /* met or stopped */
    bool provisional;  /* undecided: due is what it would be */
    int by;            /* member who stated it, -1: from the plan */
    char *basis;
};

struct ir_irole {
    char *role;
    int member; /* -1: nobody */
    bool acting;
    int offered_to; /* -1 */
    int64_t since_ms;
    bool disputed; /* two hold it after a partition: both rows are shown */
};

/* Whoever signed this alert, approval, cancel or decision held the role then.
 */
struct ir_isigned {
    uint8_t entry[IR_ID_BYTES];
    char *role;
};

/* A decision that an audience may know a fact besides what contacts.lua says.
 */
struct ir_iallow {
    uint8_t entry[IR_ID_BYTES];
    char *audience;
    int fact; /* enum ir_fact, core/update.h */
};

struct ir_imeasure {
    uint8_t entry[IR_ID_BYTES];
    char *text, *owner;
    int64_t review_ms;
    bool lifted, permanent, reviewed;
    int64_t started_ms;
    char *successor; /* permanent fix, in words */
};

struct ir_iexception {
    uint8_t entry[IR_ID_BYTES];
    char *rule, *reason, *effect;
    int by, reviewed_by; /* -1: not reviewed */
    bool self_reviewed, denied;
    bool by_lead; /* its author led then, or nobody did */
    int64_t at_ms;
    size_t seq; /* place in fold order */
};

struct ir_irequest {
    uint8_t entry[IR_ID_BYTES];
    char *path, *what;
    uint64_t iteration;
    uint8_t argv_digest[32], plan[32];
    uint8_t device[IR_KEYID_BYTES]; /* where it may run; zeros: anywhere */
    int by, approved_by;            /* -1 */
    bool denied, used, expired, cancelled;
    int64_t expires_ms, approved_ms;
    char *deny_reason;
    size_t seq, approved_seq; /* places in fold order */
};

/* Does somebody else than who asked have to answer it now? */
bool ir_request_open(const struct ir_irequest *r);

struct ir_iservice {
    char *operation;
    int level;
    int64_t at_ms;
};

/* An authority or partner was told. */
struct ir_itold {
    uint8_t entry[IR_ID_BYTES];
    char *authority, *to;           /* "mlit", "Kimura" or NULL */
    char *means, *receipt, *report; /* or NULL; report: "first", ... */
    uint8_t of[IR_ID_BYTES];        /* the report that was told */
    bool has_of;
    int by;
    int64_t at_ms, next_ms; /* next 0: not said */
};

/* A report that was drawn up for an authority. */
struct ir_ireport {
    uint8_t entry[IR_ID_BYTES], digest[IR_HASH_BYTES]; /* of its body */
    char *form, *authority, *report;
    struct ir_ivar *answers; /* value "": under investigation */
    size_t answers_n;
    int by;
    int64_t at_ms;
};

enum ir_incident_state {
    IR_INC_OPEN,
    IR_INC_CONTAINED,
    IR_INC_RESTORED,
    IR_INC_CLOSED,
};

struct ir_incident {
    uint8_t id[IR_INCIDENT_BYTES];
    uint8_t declare[IR_ID_BYTES];
    char name[8]; /* "IR-7K4Q": Crockford base32 of the first 20 bits */
    char *system, *scenario, *title;
    enum ir_incident_state state;
    int severity;
    int status; /* enum ir_status */
    uint8_t manifest[32], plan[32];
    bool has_manifest;
    int64_t began_ms; /* 0: unknown */
    int began_prec;
    int64_t declared_ms, closed_ms;
    uint8_t closing[IR_ID_BYTES];      /* closed: the entry that did it */
    int64_t contained_ms, restored_ms; /* 0: not */
    int declared_by;
    struct ir_iinstance *instances;
    size_t instances_n;
    struct ir_istep *steps; /* in walking order */
    size_t steps_n;
    struct ir_ivar *vars;
    size_t vars_n;
    struct ir_iclock *clocks;
    size_t clocks_n;
    struct ir_irole *roles;
    size_t roles_n;
    struct ir_isigned *signed_as; /* in fold order */
    size_t signed_as_n;
    struct ir_iallow *allows;
    size_t allows_n;
    struct ir_imeasure *measures;
    size_t measures_n;
    struct ir_iexception *exceptions;
    size_t exceptions_n;
    struct ir_irequest *requests;
    size_t requests_n;
    struct ir_iservice *services;
    size_t services_n;
    struct ir_itold *told; /* by when it was */
    size_t told_n;
    struct ir_ireport *reports; /* to authorities, in fold order */
    size_t reports_n;
    int *joined; /* member indexes */
    size_t joined_n;
    char **conflicts; /* sentences */
    size_t conflicts_n;
    char **left_open; /* sentences: ir_incident_tell_left */
    size_t left_open_n;
    uint8_t (*links)[IR_INCIDENT_BYTES];
    size_t links_n;
    char **preserved; /* evidence sources preserved so far, sorted */
    size_t preserved_n;
    size_t entries_n;     /* entries that count, the declare entry too */
    size_t not_counted_n; /* of this incident, and do not */
    int mail;             /* 0 unknown 1 ok 2 down 3 distrusted */
    int64_t mail_at_ms;   /* since when that is said */
    int mail_by;          /* member index; of a device its custodian */
    bool mail_node;       /* a device found it */
};

struct ir_fold_in {
    const struct ir_trust *trust;
    /* everything that carries the incident's id, its declare entry, and the
     * site-wide channel entries; any order, permuted here */
    const struct ir_entry **e;
    size_t e_n;
    const uint8_t *declare; /* id of the declare entry */
    struct ir_lookup look;
    int64_t now_ms; /* clocks and due times are told for this moment */
};

/* Fold.
 *
 * Owns:   *out is the caller's, ir_incident_free; borrows plans from `look`.
 * Errors: IR_ENOTFOUND the declare entry is not among them or does not count.
 */
int ir_incident_fold(const struct ir_fold_in *in, struct ir_incident **out,
                     struct ir_err *err);
void ir_incident_free(struct ir_incident *inc);

/* Tell in inc->left_open what was open when a closed incident was closed: what
 * ir_incident_may_close says of the entries that stand before the one that
 * closed it. Somebody with another program, or who did not know of everything,
 * may have closed it all the same. `in` is what `inc` was folded from.
 *
 * Owns:   what it adds belongs to `inc`; nothing where it is not closed.
 */
void ir_incident_tell_left(const struct ir_fold_in *in,
                           struct ir_incident *inc);

/* What people call an incident: "IR-7K4Q" from the id of its declare entry.
 *
 * Units:  out of 8 bytes.
 */
void ir_incident_name(const uint8_t id[IR_ID_BYTES], char out[8]);

/* Find a step by "1/isolate", "isolate", or an unambiguous beginning of the
 * short name. Prefers ready and active ones where several match.
 *
 * Errors: IR_ENOTFOUND (nearest in the hint), IR_EUSAGE ambiguous.
 */
int ir_incident_step(const struct ir_incident *inc, const char *name,
                     size_t *index, struct ir_err *err);

/* What a person types for step `i`: its short name where that means it and
 * nothing else, else its path.
 *
 * Owns:   borrowed from the incident.
 */
const char *ir_incident_typed(const struct ir_incident *inc, size_t i);

/* May the incident close? Each reason why not is given to `why` in the
 * reader's language, with the command that helps.
 *
 * Errors: IR_EREFUSED when there is at least one reason.
 */
int ir_incident_may_close(
    const struct ir_incident *inc, const struct ir_trust *t,
    void (*why)(const char *text, const char *hint, void *arg), void *arg);

/* The words for the rule of an exception ("two-person"), else the rule itself.
 *
 * Owns:   static, or `rule`.
 */
const char *ir_rule_say(const char *rule);

/* What keeps member `who` from doing step `i` now (done, run): two-person
 * rule, destroys gate, wait, not ready, plan. Sets *gate to the strongest.
 *
 * Errors: IR_EREFUSED with message and the way on in the hint.
 */
enum ir_gate {
    IR_GATE_NONE,
    IR_GATE_STATE,    /* over already, or not ready */
    IR_GATE_WAIT,     /* the waiting time is not over */
    IR_GATE_TWO,      /* needs a request and somebody else's approval */
    IR_GATE_EVIDENCE, /* destroys what is not preserved */
};
int ir_incident_gate(const struct ir_incident *inc, size_t i, int who,
                     int64_t now_ms, enum ir_gate *gate, struct ir_err *err);

/* Did whoever signed that alert, approval, cancel or decision hold the role
 * when they did? And which facts may an audience know by what was decided here
 * by who held the role `releases` then, a bit for each?
 */
bool ir_incident_signed_as(const struct ir_incident *inc,
                           const uint8_t entry[IR_ID_BYTES], const char *role);
unsigned ir_incident_allows(const struct ir_incident *inc, const char *audience,
                            const char *releases);

/* Is preserved what step `i` destroys, or has the lead overridden that? */
bool ir_incident_is_kept(const struct ir_incident *inc, size_t i);

/* May the command of step `i` run, as far as two people go, on the device of
 * that key id (NULL: on the one it was asked for)? A step that was begun may be
 * ended under the approval it was begun with, but to run its command once more
 * takes a new one.
 */
bool ir_incident_may_run(const struct ir_incident *inc, size_t i,
                         int64_t now_ms, const uint8_t *device);

/* The command of run step `i` with its variables filled in: a NULL-ended
 * argv.
 *
 * Owns:   the caller frees with ir_argv_free.
 * Errors: IR_EREFUSED a variable is unknown: which, and how to answer it;
 *         IR_EUSAGE the step runs nothing.
 */
int ir_incident_argv(const struct ir_incident *inc, size_t i, char ***argv,
                     struct ir_err *err);
void ir_argv_free(char **argv);

/* What a two-person request names: SHA-256 over "ir-argv" and each argument of
 * the step's command with the variables filled in, a NUL after each; of a step
 * that runs nothing, its path stands for the arguments.
 *
 * Source: docs/format.md, kind 25.
 */
void ir_incident_argv_digest(const struct ir_incident *inc, size_t i,
                             uint8_t out[IR_HASH_BYTES]);

/* The member who holds a role (acting included), or -1. */
int ir_incident_role(const struct ir_incident *inc, const char *role);

/* Value of a variable ("unknown" is one), or NULL: never asked. */
const char *ir_incident_var(const struct ir_incident *inc, const char *name);

#endif
