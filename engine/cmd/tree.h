/* tree.h: a contact tree of the contacts as core/call.h works it down, over the
 * recipients of one alert.
 */
#ifndef IR_CMD_TREE_H
#define IR_CMD_TREE_H

#include "cmd/recipients.h"
#include "core/call.h"

struct ir_tree {
    const struct ir_json *json; /* borrowed from the contacts */
    struct ir_call call;        /* its seats are owned here */
    size_t **at;                /* of each seat's people: which recipient */
    size_t seats_n;
};

/* The tree that alert `a` calls down ("tree:ID"), or NULL.
 *
 * Owns:   borrowed from the contacts.
 */
const struct ir_json *ir_tree_of(struct ir_ctx *c, const struct ir_alert *a);

/* Lay it out over recipients that were found for it (ir_recips_of).
 *
 * Owns:   *t is the caller's, ir_tree_done; borrows `json` and `to`.
 */
void ir_tree_init(struct ir_ctx *c, const struct ir_json *json,
                  const struct ir_alert *a, const struct ir_recips *to,
                  struct ir_tree *t);
void ir_tree_done(struct ir_tree *t);

/* What the alert says in that language: where it says what the tree does, the
 * tree's words in it; what somebody wrote themselves stands as it was written,
 * with the tree's words below. Of an alert to no tree: its text.
 *
 * Owns:   the caller frees with free().
 */
char *ir_tree_text(struct ir_ctx *c, const struct ir_alert *a,
                   enum ir_lang lang);

/* Is the tree for finding a commander: the first who may be one is in it, and
 * nobody who may not? */
bool ir_tree_commands(struct ir_ctx *c, const struct ir_json *tree);

/* Take in what people answered and which ways were tried (as ir_deliver left it
 * in `to`), plan, and say in to->r[].open_ms whose turn it is.
 *
 * Errors: true: somebody's turn began or ended by it, so that ir_deliver has
 *         more to say.
 */
bool ir_tree_plan(struct ir_tree *t, const struct ir_alert *a,
                  struct ir_recips *to, int64_t now_ms);

#endif
