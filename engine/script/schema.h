/* schema.h: the rules of every kind of file a site holds; their meaning is
 * in docs/man/ir-runbook.5.
 */
#ifndef IR_SCRIPT_SCHEMA_H
#define IR_SCRIPT_SCHEMA_H

#include "script/check.h"

extern const struct ir_schema ir_schema_runbook;
extern const struct ir_schema ir_schema_system;
extern const struct ir_schema ir_schema_site;
extern const struct ir_schema ir_schema_contacts;
extern const struct ir_schema ir_schema_controls;
extern const struct ir_schema ir_schema_form;
extern const struct ir_schema ir_schema_template;
extern const struct ir_schema ir_schema_plugin;

/* Rules that several schemas use. */
extern const struct ir_rule ir_rule_text; /* an item that is a text */
extern const struct ir_rule ir_rule_channel;
extern const struct ir_rule ir_rule_weekday;    /* "mon" */
extern const struct ir_schema ir_schema_choice; /* { id, title } */

/* A condition (`when`) to JSON in the same shape.
 *
 * Owns:   the result is the caller's; NULL when it does not fit.
 */
struct ir_json *ir_check_cond(struct ir_check *ck, const struct ir_node *n,
                              struct ir_where at);

/* A time of day, "08:30".
 *
 * Owns:   the result is the caller's; NULL when it does not fit.
 */
struct ir_json *ir_check_hour(struct ir_check *ck, const struct ir_node *n,
                              struct ir_where at);

/* The `config` of a channel in contacts.lua: named strings, numbers, true,
 * false, lists of strings, { secret = "NAME" }.
 *
 * Owns:   the result is the caller's; NULL when it does not fit.
 */
struct ir_json *ir_check_channel_config(struct ir_check *ck,
                                        const struct ir_node *n,
                                        struct ir_where at);

/* A question of a form that stands in another: its id, or a table without `ask`
 * and `type`, which says what is different here. ir_forms_take fills it in.
 *
 * Owns:   the result is the caller's; NULL when it is a question of its own.
 */
struct ir_json *ir_form_taken(struct ir_check *ck, const struct ir_node *n);

/* What the rules of a step cannot say: one thing a step, what belongs to
 * what, defaults the plan wants.
 *
 * Owns:   may change `j`.
 */
void ir_check_step(struct ir_check *ck, const struct ir_node *n,
                   struct ir_json *j);

#endif
