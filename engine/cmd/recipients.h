/* recipients.h: the people an alert is for, as the contacts list them, with the
 * ways to reach each of them.
 */
#ifndef IR_CMD_RECIPIENTS_H
#define IR_CMD_RECIPIENTS_H

#include "cmd/alerts.h"
#include "core/channels.h"
#include "core/deliver.h"

/* Beside each recipient of core/deliver.h. */
struct ir_recip {
    char *name; /* to be shown; not yet escaped */
    enum ir_lang lang;
    int member;   /* index, or -1: no member of this site */
    bool outside; /* an audience outside itself */
    struct ir_working working;
    int64_t asked_ms; /* when it was last worked out whether they work; 0 */
};

struct ir_recips {
    struct ir_recipient *r; /* n of each; contact and ways are owned here */
    struct ir_recip *who;
    size_t n;
};

/* The recipients of alert `row`, each once, its author left out
 * unless it is a test. A role means
 * who holds it, and while nobody does all of the contacts who may; an audience
 * its members, and the addresses it has itself. `ch` says which channels can be
 * used. To an audience outside, and to people of other organisations,
 * nothing goes in an exercise: it has no recipients then.
 *
 * Owns:   *out is the caller's, ir_recips_done; borrows nothing.
 */
void ir_recips_of(struct ir_box *b, const struct ir_valert *row,
                  const struct ir_channels *ch, struct ir_recips *out);
void ir_recips_done(struct ir_recips *r);

/* Those who got the alert, or may have got it, each with just the ways by which
 * it went: to be told that it is over. `a[0..n)` are attempts about it; of what
 * others say (far) only addresses that the contacts list, and nobody to whom
 * nothing goes in an exercise.
 *
 * Owns:   as ir_recips_of.
 */
void ir_recips_had(struct ir_box *b, const struct ir_valert *row,
                   const struct ir_channels *ch, const struct ir_attempt *a,
                   size_t n, struct ir_recips *out);

/* Mark in `to` as to be used at once the ways by which `a[0..n)` went: to those
 * who were told wrong the right is told the same way.
 */
void ir_recips_same_ways(struct ir_recips *to, const struct ir_attempt *a,
                         size_t n);

/* The channel of that name in contacts.lua, or NULL: it is not set up, and what
 * goes that way goes by hand. And does it carry mail?
 *
 * Owns:   borrowed from the contacts.
 */
const struct ir_json *ir_channel_conf(struct ir_ctx *c, const char *id);
bool ir_channel_is_mail(struct ir_ctx *c, const char *id);

/* What is known of the channels in incidents of that status: loose entries and
 * those of incident `incident` (NULL: none).
 *
 * Owns:   *out is the caller's, ir_channels_done.
 * Errors: IR_ESTORE.
 */
int ir_channels_load(struct ir_ctx *c, const uint8_t *incident, int status,
                     struct ir_channels *out);

/* The same as the device with key `node` may rely on it (core/channels.h). */
int ir_channels_load_at(struct ir_ctx *c, const uint8_t *incident, int status,
                        const uint8_t *node, struct ir_channels *out);

#endif
