/* pool.h: strings that live until a screen is written, freed together. Only
 * files of view/ include this.
 */
#ifndef IR_VIEW_POOL_H
#define IR_VIEW_POOL_H

#include "base/buf.h"

struct ir_pool {
    char **s;
    size_t n, cap;
};

/* Keep a heap string until ir_pool_done.
 *
 * Owns:   takes `s` (NULL is kept as ""); returns it, borrowed.
 */
const char *ir_pool_take(struct ir_pool *p, char *s);

/* Keep a formatted string, or the text of a buffer (which is emptied).
 *
 * Owns:   the pool; returned strings are borrowed.
 */
const char *ir_pool_f(struct ir_pool *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *ir_pool_buf(struct ir_pool *p, struct ir_buf *b);

/* A command to type: formatted, its words kept in one line (term.h).
 *
 * Owns:   the pool; borrowed.
 */
const char *ir_pool_cmd(struct ir_pool *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a text that fits `columns`; else as it stands.
 *
 * Owns:   the pool; borrowed.
 */
const char *ir_pool_whole(struct ir_pool *p, const char *s, int columns);

/* Free everything kept.
 *
 * Owns:   nothing afterwards; the pool may be used again.
 */
void ir_pool_done(struct ir_pool *p);

#endif
