/* everybody.h: the people of the contacts, to be looked up by id: made once for
 * all alerts that are looked at together, for a site may have ten thousand.
 */
#ifndef IR_CMD_EVERYBODY_H
#define IR_CMD_EVERYBODY_H

#include "base/index.h"
#include "cmd/cmd.h"

struct ir_everybody {
    const struct ir_json *people; /* the list, or NULL; borrowed */
    struct ir_index by_id;        /* of it */
    int *member;                  /* of each of the list, or -1 */
    bool *outsider;               /* ... of another organisation? */
};

/* Those of the contacts in view, with who of them is a member. They are of
 * another organisation if the contacts say so, or if they are reached as an
 * audience outside and are no member.
 *
 * Owns:   the caller's, ir_everybody_free, before another release is in view.
 */
struct ir_everybody *ir_everybody_new(struct ir_ctx *c);
void ir_everybody_free(struct ir_everybody *e);

#endif
