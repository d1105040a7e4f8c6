/* walk.h: the walk screen, and steps in other forms.
 *
 * Order, always: where am I; where is the record; mail; clocks; people; how
 * far; what now (in full); what else; what may I type. Twenty-four lines at
 * eighty columns where the focused step allows: above that the header shrinks
 * to fewer lines first, then the other steps to a count; of the focused step
 * nothing is ever left out.
 */
#ifndef IR_VIEW_WALK_H
#define IR_VIEW_WALK_H

#include "view/update.h"
#include "view/view.h"

struct ir_walk {
    const struct ir_incident *inc;
    struct ir_view_record record;
    int focus;          /* step index; -1: ir_view_focus decides */
    const char *keys;   /* the words of the key line; NULL: as the step asks */
    const char *banner; /* lines that stand first, or NULL: ir_view_banner */
    const struct ir_valert *alerts; /* for --json; of other incidents, too */
    size_t alerts_n;
    const struct ir_vupdate *updates; /* how audiences are told, for status */
    size_t updates_n;
};

/* The step to show: the one `me` has taken, else a failed one of theirs, else
 * a ready one of a role they hold or nobody does, what contains first; else
 * one of a role that somebody else holds, else what others have taken, else
 * what waits; undo steps only once they are begun. Of equally near ones the
 * one whose time runs out first. -1: none.
 */
int ir_view_focus(const struct ir_incident *inc, int me);

/* Is step `i` for member `me` (theirs, or of a role they hold)? And how many
 * ready, active or failed ones are?
 */
bool ir_view_for_me(const struct ir_incident *inc, size_t i, int me);
size_t ir_view_for_me_n(const struct ir_incident *inc, int me);

/* Did the step fail, and the runbook go on elsewhere for that: nothing is to
 * be done about it?
 */
bool ir_view_gave_way(const struct ir_istep *st);

/* The whole screen (for an incident that is over: what is left to do before
 * closing). Ends with the line of keys; ir_view_prompt follows it.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_walk(const struct ir_view *v, const struct ir_walk *w,
                  struct ir_buf *out);

/* " isolate> " (no newline). */
void ir_view_prompt(const struct ir_view *v, const struct ir_walk *w,
                    struct ir_buf *out);

/* On leaving: nothing is lost, and what to type to go on. `self` is how the
 * program was called.
 */
void ir_view_walk_left(const struct ir_view *v, const char *self,
                       const struct ir_incident *inc, struct ir_buf *out);

/* What each word of the key line does, one line each (`help`). */
void ir_view_keys(const struct ir_view *v, struct ir_buf *out);

/* One step in full: everything the plan and the record say of it.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_step(const struct ir_view *v, const struct ir_walk *w, size_t i,
                  struct ir_buf *out);

/* All steps, one line each with state, by whom, when; `all` shows those that
 * do not apply too.
 */
void ir_view_list(const struct ir_view *v, const struct ir_walk *w, bool all,
                  struct ir_buf *out);

/* `ir next`: the focused step as in the walk, the others in one line each,
 * without the header (one line of it stays: incident, record when alone).
 */
void ir_view_next(const struct ir_view *v, const struct ir_walk *w,
                  struct ir_buf *out);

/* {"incident","step":{...full...},"others":[...]}; a step object is
 * ir_view_step_json.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_next_json(const struct ir_view *v,
                                  const struct ir_walk *w);

/* A step: the fields of commands.md, and with `full` say, good, on_fail,
 * warn, place, options, questions, argv, contacts.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_step_json(const struct ir_view *v,
                                  const struct ir_incident *inc, size_t i,
                                  bool full);

/* Add a word to a command line in `out`, as below. */
void ir_view_quote(const struct ir_view *v, const char *word,
                   struct ir_buf *out);

/* The argv of a run step with its variables filled in, as one line a person
 * can read back: words with anything but [A-Za-z0-9_./:=@%+,-] in single
 * quotes, controls escaped.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_argv(const struct ir_view *v, const struct ir_incident *inc,
                   const struct ir_step *s);

#endif
