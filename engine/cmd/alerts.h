/* alerts.h: the alerts of a home, loaded and folded; whom their words mean.
 */
#ifndef IR_CMD_ALERTS_H
#define IR_CMD_ALERTS_H

#include "cmd/case.h"
#include "view/alert.h"

/* How much is read: what says which alerts wait; with the receipts of who acts;
 * with all receipts, and all that tells who has witnessed what.
 */
enum ir_box_depth { IR_BOX_WAITING, IR_BOX_RECEIPTS, IR_BOX_ALL };

struct ir_box_incident;

struct ir_box {
    struct ir_ctx *c;
    struct ir_log log;
    struct ir_alerts a;
    struct ir_valert *rows; /* gravest first */
    size_t rows_n;
    struct ir_box_incident *inc; /* those that were needed */
    size_t inc_n;
    const struct ir_incident *here; /* borrowed: one that is folded already */
    struct ir_everybody *everybody; /* once somebody was looked up */
};

/* Load and fold every alert; rows tell what each is to who acts (c->me). `here`
 * may be NULL.
 *
 * Owns:   *b is the caller's, ir_box_done, whatever is returned.
 * Errors: IR_ESTORE.
 */
int ir_box_load(struct ir_ctx *c, enum ir_box_depth depth,
                const struct ir_incident *here, struct ir_box *b);
void ir_box_done(struct ir_box *b);

/* How many others have to cosign an alert of that severity: what the policy of
 * the current release says of the gravest, to all or to an audience outside,
 * and no more than there are who could beside member `by`.
 */
int64_t ir_box_least(struct ir_ctx *c, uint64_t severity, bool all_or_outside,
                     int by);

/* Who could cosign an alert of member `author` (-1: unknown), by name: who has
 * not cosigned `a` (may be NULL) and does not act.
 *
 * Owns:   the caller frees with free().
 */
char *ir_box_cosigners(struct ir_ctx *c, const struct ir_alert *a, int author);

/* Say as the way on what cosigning takes: for who may do it the command, for
 * its author and who has done so who else can, and what those type.
 */
void ir_box_cosign_hint(struct ir_ctx *c, const struct ir_alert *a);

/* The alert of that id, or NULL.
 *
 * Owns:   borrowed from `b`.
 */
const struct ir_alert *ir_box_alert(const struct ir_box *b,
                                    const uint8_t id[IR_ID_BYTES]);

/* The row whose alert's id begins so.
 *
 * Owns:   borrowed from `b`.
 * Errors: IR_ENOTFOUND, IR_EUSAGE several, or not hex.
 */
int ir_box_find(struct ir_box *b, const char *hex, struct ir_valert **row);

/* The incident of that short id, folded, or NULL: it is not here. And may
 * member `who` take that role: by their certificate, or by the contacts?
 *
 * Owns:   borrowed from `b`.
 */
const struct ir_incident *ir_box_incident(struct ir_box *b, const uint8_t *id);
bool ir_box_may_hold(struct ir_ctx *c, const char *role, int who);

/* Does member `who` hold that role in the alert's incident? */
bool ir_box_holds(struct ir_box *b, const struct ir_alert *a, const char *role,
                  int who);

/* Say in row->whom which members it is for.
 *
 * Owns:   the row's; kept by `b`.
 */
void ir_box_whom(struct ir_box *b, struct ir_valert *row);

/* Requests of others in `inc` that who acts may answer, and roles on offer to
 * them, at most `max`; `several`: other incidents are open, too. Returns how
 * many.
 *
 * Owns:   texts and commands are the caller's, ir_waiting_done.
 */
size_t ir_waiting_in(struct ir_ctx *c, const struct ir_incident *inc,
                     bool several, struct ir_home_line *out, size_t max);
/* The same of all incidents that are open. */
size_t ir_waiting_all(struct ir_ctx *c, struct ir_home_line *out, size_t max);
/* What a call for a commander leaves to do for who acts: the same, at most one.
 */
size_t ir_waiting_calls(struct ir_ctx *c, const struct ir_incident *inc,
                        bool several, struct ir_home_line *out, size_t max);
void ir_waiting_done(struct ir_home_line *l, size_t n);

/* Alerts and requests for which the bell has rung. */
struct ir_rung {
    uint8_t (*v)[IR_ID_BYTES];
    size_t n;
    bool fresh; /* one has come that nobody has seen and that has not rung */
};

/* Append the banner of what waits for who acts, if anything does, and say in
 * `rung` for what the bell is due: once for each.
 *
 * Owns:   rung->v is the caller's, free().
 */
void ir_box_banner(struct ir_ctx *c, const struct ir_incident *here,
                   struct ir_rung *rung, struct ir_buf *out);

/* May that be the text of an alert: not empty, not too long?
 *
 * Errors: IR_EUSAGE in words for who wrote it.
 */
int ir_alert_text_check(struct ir_ctx *c, const char *text);

/* Record what `b` drafts, among it one alert, say so (`say`; with --json the
 * alert alone), and start the sender.
 *
 * Errors: as ir_batch_commit.
 */
int ir_alert_record(struct ir_ctx *c, struct ir_case *k, struct ir_batch *b,
                    bool say);

/* Whom words on the command line mean: "all", or handles, roles and audiences
 * with commas between.
 */
struct ir_to {
    char *v[IR_ALERT_TO_MAX]; /* as the entry says it; none: all */
    size_t n;
    uint64_t audience; /* its number, where it is one audience alone */
    bool outside;      /* an audience of people who are no members */
};

/* Read them.
 *
 * Owns:   *to is the caller's, ir_to_done.
 * Errors: IR_ENOTFOUND nobody of that name; IR_EUSAGE several things are
 *         called so, or too many.
 */
int ir_to_parse(struct ir_ctx *c, const char *words, struct ir_to *to);
void ir_to_done(struct ir_to *to);

#endif
