/* update.h: how audiences are told: when each was last, when they are due next,
 * and what waits to be released or read aloud.
 */
#ifndef IR_VIEW_UPDATE_H
#define IR_VIEW_UPDATE_H

#include "core/update.h"
#include "view/alert.h"

struct ir_vupdate {
    const char *id;           /* of the audience */
    const struct ir_json *of; /* of the contacts */
    bool outside, by_hand;    /* by_hand: a person reads it aloud or posts it */
    int64_t *told;            /* when they were told, oldest first */
    size_t told_n;
    struct ir_rhythm r;
    int64_t every_ms;
    const struct ir_valert *pending; /* newest that waits, or NULL */
    const struct ir_valert *untold;  /* newest out that nobody has passed on
                                        yet, or NULL */
};

/* A line each: audience, last, next due ("due 03:40, late 5 min"), how many
 * were late; below it what waits, with what to type.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_updates(const struct ir_view *v, const struct ir_vupdate *u,
                     size_t n, struct ir_buf *out);

/* The same as rows of `ir status`. */
void ir_view_updates_status(const struct ir_view *v, const struct ir_vupdate *u,
                            size_t n, struct ir_buf *out);

/* One line above a screen for what is most pressing: late, or due within five
 * minutes; nothing else.
 */
void ir_view_updates_banner(const struct ir_view *v, const struct ir_vupdate *u,
                            size_t n, struct ir_buf *out);

/* Source: docs/man/ir-update.1, "JSON".
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_updates_json(const struct ir_view *v,
                                     const struct ir_vupdate *u, size_t n);

#endif
