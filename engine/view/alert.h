/* alert.h: alerts between people: the banner, the inbox, lists, one in full.
 */
#ifndef IR_VIEW_ALERT_H
#define IR_VIEW_ALERT_H

#include "core/alert.h"
#include "view/view.h"

/* Does somebody have to release it, because it goes to an audience outside? */
enum ir_vrelease {
    IR_RELEASE_NONE,   /* no */
    IR_RELEASE_DONE,   /* somebody did */
    IR_RELEASE_MINE,   /* it waits for that, and the reader can */
    IR_RELEASE_OTHERS, /* it waits for others */
};

/* An alert and what it is to the reader. */
struct ir_valert {
    const struct ir_alert *a;
    bool for_me;          /* addressed to the reader */
    const char *incident; /* "IR-7K4Q", or NULL: outside incidents */
    const bool *whom;     /* per member: addressed? NULL: not known */
    const char *note;     /* id in hex of a note that goes with it, or NULL */
    const char *secret;   /* what that says; NULL: sealed for others */
    enum ir_vrelease release;
    const char *releases; /* the role that does, or NULL */
};

/* Does it wait for the reader: for an answer, for a cosignature, or to be
 * released?
 */
bool ir_view_alert_waits(const struct ir_view *v, const struct ir_valert *r);
bool ir_view_alert_to_cosign(const struct ir_view *v,
                             const struct ir_valert *r);
bool ir_view_alert_to_release(const struct ir_valert *r);

/* What it says, harmless, in one line; of an exercise or a test the word for
 * that stands in front, always. And whom it is for.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_alert_text(const struct ir_view *v, const struct ir_alert *a);
char *ir_view_alert_to(const struct ir_view *v, const struct ir_alert *a);

/* Actual ones before those of exercises, then the gravest first, of equally
 * grave ones the newest.
 */
void ir_view_alert_sort(struct ir_valert *r, size_t n);

/* "! 02:41 Ito: Assemble in room 3F  (ir inbox)": one line for what waits for
 * the reader, nothing when nothing does: alerts, requests of others in `inc`
 * (may be NULL), cosignatures. `r` is sorted; of others than the first it says
 * how many.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_banner(const struct ir_view *v, const struct ir_valert *r,
                    size_t n, const struct ir_incident *inc,
                    struct ir_buf *out);

/* What else waits for the reader, and what to type; harmless. */
struct ir_home_line {
    const char *text, *command;
};

/* What waits for the reader, each with what to type: alerts, then `more`; with
 * `all` alerts that are answered or over, too.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_inbox(const struct ir_view *v, const struct ir_valert *r, size_t n,
                   const struct ir_home_line *more, size_t more_n, bool all,
                   struct ir_buf *out);

/* A line each; one in full: what, by whom, to whom, how it stands, every
 * answer; with `status` a line for each addressee: stored, displayed,
 * answered, and who has witnessed that.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_alerts(const struct ir_view *v, const struct ir_valert *r,
                    size_t n, struct ir_buf *out);
void ir_view_alert(const struct ir_view *v, const struct ir_valert *r,
                   bool status, struct ir_buf *out);

/* The same as JSON: docs/man/ir-alert.1.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_alert_json(const struct ir_view *v,
                                   const struct ir_valert *r, bool status);
struct ir_json *ir_view_alerts_json(const struct ir_view *v,
                                    const struct ir_valert *r, size_t n);

/* Those of one incident, without what differs from reader to reader:
 * docs/man/ir-status.1.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *
ir_view_alerts_of_json(const struct ir_view *v, const struct ir_valert *r,
                       size_t n, const uint8_t incident[IR_INCIDENT_BYTES]);

/* Words: of --json ("out", "accept", "mistaken"), and for people. */
const char *ir_alert_state_word(enum ir_alert_state s);
const char *ir_ack_word(int code);
const char *ir_cancel_word(int reason);
const char *ir_ack_say(int code);

#endif
