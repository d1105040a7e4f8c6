/* unit.h: the files of a run and what has become of them; shared by
 * compile.c, refs.c and graph.c.
 */
#ifndef IR_SCRIPT_UNIT_H
#define IR_SCRIPT_UNIT_H

#include "script/check.h"

enum ir_unit_kind {
    IR_UNIT_NONE, /* nothing to compile: drills, refused names */
    IR_UNIT_LIB,
    IR_UNIT_SITE,
    IR_UNIT_CONTACTS,
    IR_UNIT_CONTROLS,
    IR_UNIT_SYSTEM,
    IR_UNIT_RUNBOOK,
    IR_UNIT_FORM,
    IR_UNIT_TEMPLATE,
    IR_UNIT_PLUGIN, /* plugins/KIND/NAME.lua; its name is "KIND/NAME" */
};

struct ir_unit {
    enum ir_unit_kind kind;
    char *name; /* what its id must be, and the object's name */
    bool wanted, done;
    const struct ir_node *root; /* NULL: not evaluated, or in vain */
    struct ir_arena *arena;     /* of `root` */
    struct ir_json *json;
    size_t errors;
};

struct ir_units {
    struct ir_unit *u; /* one per source file, in the same order */
    size_t n;
};

/* Find what the references of the contacts, or all others, name; what is not
 * there becomes a finding. References into files that could not be evaluated
 * are passed over. The contacts come first: of their findings none falls to
 * the limit when a thousand steps name roles that are gone.
 *
 * Owns:   nothing.
 */
void ir_refs_resolve(struct ir_check *ck, struct ir_units *us, bool contacts);

/* Check the graph of one runbook (core's ir_plan_lint), at its lines.
 *
 * Owns:   nothing.
 */
void ir_graph_check(struct ir_check *ck, const struct ir_unit *u);

/* Check runbooks within runbooks: no cycle, not too deep.
 *
 * Owns:   nothing.
 */
void ir_graph_nesting(struct ir_check *ck, struct ir_units *us);

/* Check what each channel of contacts.lua gives its plugin.
 *
 * Owns:   nothing.
 */
void ir_channels_check(struct ir_check *ck, struct ir_units *us);

/* Check that templates tell audiences only what those may know, and that no
 * number of a template is used twice.
 *
 * Owns:   nothing.
 */
void ir_facts_check(struct ir_check *ck, struct ir_units *us);

/* Put into forms the questions that they take over from another (`like`), so
 * that an object holds all it asks, as if it had been written there: who reads
 * it knows nothing of this. No circle, no name that is not there.
 *
 * Owns:   nothing.
 */
void ir_forms_take(struct ir_check *ck, struct ir_units *us);

/* Look at the contacts as a whole (core's ir_contact_lint), at their lines;
 * what depends on the day is left out: the same files give the same findings.
 *
 * Owns:   nothing.
 */
void ir_contacts_check(struct ir_check *ck, struct ir_units *us);

/* Index of the runbook with this name, or -1.
 *
 * Errors: none.
 */
int ir_unit_runbook(const struct ir_units *us, const char *name);

#endif
