/* sentence.h: entries as sentences, kind by kind. Only files of view/ include
 * this.
 */
#ifndef IR_VIEW_SENTENCE_H
#define IR_VIEW_SENTENCE_H

#include "core/body.h"
#include "view/pool.h"
#include "view/timeline.h"

struct ir_sx {
    const struct ir_view *v;
    const struct ir_entry *e;
    const struct ir_incident *inc; /* may be NULL */
    struct ir_pool pool;
    struct ir_buf *out;
};

/* Text field `key`, harmless; "" when absent. The first 8 digits of a
 * reference; a member by the 8 bytes of field `key`; a time field.
 *
 * Owns:   kept by the pool.
 */
const char *ir_sx_text(struct ir_sx *x, int key);
const char *ir_sx_ref(struct ir_sx *x, size_t i);
const char *ir_sx_member(struct ir_sx *x, int key);
const char *ir_sx_time(struct ir_sx *x, int key);
/* Elements of a text array, joined; names and values of pairs. */
const char *ir_sx_list(struct ir_sx *x, int key);
/* What was answered, by the words of the questions: "machines = 2". */
const char *ir_sx_answers(struct ir_sx *x, int key);
/* The title of the step whose path is in field `key`, else the path. */
const char *ir_sx_step(struct ir_sx *x, int key);
const char *ir_sx_step_at(struct ir_sx *x, const char *path);

/* Append ` ("reason")` when field `key` is there. */
void ir_sx_reason(struct ir_sx *x, int key);

/* One function per lane or group: true when the kind was theirs. */
bool ir_sx_walk(struct ir_sx *x);   /* incident, step, role, clock, ... */
bool ir_sx_record(struct ir_sx *x); /* note, decision, amend, told, ... */
bool ir_sx_trust(struct ir_sx *x);  /* lanes T and F */
bool ir_sx_flash(struct ir_sx *x);  /* of F: alert, ack, cancel */
bool ir_sx_other(struct ir_sx *x);  /* evidence, custody, lane S */

/* The words for the rule of an exception ("unapproved runbook").
 *
 * Owns:   kept by the pool.
 */
const char *ir_view_rule(const struct ir_view *v, const char *rule,
                         struct ir_pool *pool);

/* " isolate done by Ito ("link light off")": how an answer is confirmed. */
void ir_sx_step_done(struct ir_sx *x);

#endif
