/* fold.h: what the parts of the incident's fold share. Internal: use
 * incident.h.
 */
#ifndef IR_CORE_FOLD_H
#define IR_CORE_FOLD_H

#include "core/anc.h"
#include "core/body.h"
#include "core/incident.h"

#define IR_MOMENT_MAX 253402300799000LL /* the end of the year 9999 */
#define IR_FOLD_STEPS_MAX 2000 /* steps of an incident, nested ones too */
#define IR_FOLD_INSTANCES_MAX 64
#define IR_FOLD_PATH_MAX 400 /* bytes */

/* What was recorded of steps, sorted by (path, iteration, seq). */
struct ir_frec {
    char *path;
    uint64_t iteration;
    size_t seq;
};

struct ir_fold {
    const struct ir_fold_in *in;
    const struct ir_trust *t;
    struct ir_incident *inc;
    const struct ir_entry **e; /* fold order, no repeats */
    size_t n;
    bool *counts;
    int *author; /* member index, -1 */
    struct ir_anc anc;
    const struct ir_json *site; /* or NULL */
    struct ir_frec *recs;
    size_t recs_n;
    size_t *added; /* per instance: the entry that declared or added it */
};

/* When entry `i` happened: as stated, else as recorded.
 *
 * Units:  UTC milliseconds, 0..IR_MOMENT_MAX.
 */
int64_t ir_fold_at(const struct ir_fold *f, size_t i);

/* A moment in body field `key`, or 0 when absent or beyond IR_MOMENT_MAX. */
int64_t ir_fold_moment(const struct ir_fold *f, size_t i, int key);

/* Does entry `i` count and is it of this kind (and op, by body field `key`)?
 */
bool ir_fold_is(const struct ir_fold *f, size_t i, uint64_t kind);

/* Does entry `i` count and did member `m` (-1: anybody) sign it, not a device
 * of theirs by itself?
 */
bool ir_fold_said(const struct ir_fold *f, size_t i, int m);

/* Note a conflict, in a sentence for the reader. */
void ir_fold_conflict(struct ir_fold *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The handle of a member, or the word for nobody.
 *
 * Owns:   static or the trust's.
 */
const char *ir_fold_handle(const struct ir_fold *f, int member);

/* Place of the entry that refs of `i` name first and that is of `kind`; f->n
 * when there is none.
 */
size_t ir_fold_ref(const struct ir_fold *f, size_t i, uint64_t kind);

/* The path that step or request entry `i` names, with the number that its
 * instance has now; NULL: it names none here.
 *
 * Owns:   the caller frees with free().
 */
char *ir_fold_path(struct ir_fold *f, size_t i);

/* The step of the plan that such a path names, nested ones too, or NULL.
 *
 * Owns:   borrowed from the plan.
 */
const struct ir_step *ir_fold_step(struct ir_fold *f, const char *path);

/* The parts, in the order in which they run. */
void ir_fold_ops(struct ir_fold *f);     /* kind 16: state, systems, vars */
void ir_fold_records(struct ir_fold *f); /* sort what steps say */
void ir_fold_vars(struct ir_fold *f);
void ir_fold_began(struct ir_fold *f); /* answered in a step after declaring */
void ir_fold_mail(struct ir_fold *f);
void ir_fold_roles(struct ir_fold *f); /* and exceptions */
void ir_fold_requests(struct ir_fold *f);
void ir_fold_measures(struct ir_fold *f);
void ir_fold_services(struct ir_fold *f);
void ir_fold_steps(struct ir_fold *f);
void ir_fold_evidence(struct ir_fold *f);
void ir_fold_uses(struct ir_fold *f); /* requests used, needs of steps */
void ir_fold_clocks(struct ir_fold *f);
void ir_fold_told(struct ir_fold *f); /* and reports to authorities */
void ir_fold_told_free(struct ir_incident *inc);

/* Is what step `st` would destroy of source `s` preserved: memory and disk of
 * the machines it names, anything else wherever it lies?
 */
bool ir_fold_preserved(const struct ir_incident *inc, const struct ir_istep *st,
                       const char *s);

/* An exception of `rule` for the path in `effect`, recorded in the present
 * iteration of step `st`; or NULL.
 */
const struct ir_iexception *ir_fold_excepted(const struct ir_incident *inc,
                                             const struct ir_istep *st,
                                             const char *rule);

/* The request for step `st` as it stands now (same iteration, plan, command)
 * that is approved, unused and in time at `now_ms`; or NULL. With `waiting`:
 * one that still waits for its approval; with `device`, a key id: one that may
 * run there.
 */
const struct ir_irequest *ir_fold_request(const struct ir_incident *inc,
                                          size_t i, int64_t now_ms,
                                          bool waiting, const uint8_t *device);

#endif
