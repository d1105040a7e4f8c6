/* lexer.h: where every table constructor of a Lua file and each of its fields
 * stands.
 *
 * The rewriter wraps each constructor: `{` becomes `__ir_t(N,{` and its `}`
 * becomes `})`, with another pair of parentheses where the constructor is the
 * argument of a call (`f{...}`). N is the index of the constructor in
 * `ctors`. No line is added or removed, so that Lua's own messages keep their
 * line numbers. This is no parser: it expects a text that Lua accepts.
 */
#ifndef IR_SCRIPT_LEXER_H
#define IR_SCRIPT_LEXER_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define IR_LEX_WRAP "__ir_t" /* the wrapper's name; refused in sources */
#define IR_LEX_DEPTH_MAX 200 /* brackets and blocks within one another */

enum ir_lex_field {
    IR_LEX_KEY,   /* name = value, ["name"] = value */
    IR_LEX_ITEM,  /* value */
    IR_LEX_OTHER, /* [expression] = value */
};

struct ir_ctor_field {
    enum ir_lex_field kind;
    char *key; /* of IR_LEX_KEY, else NULL */
    int line;
};

struct ir_ctor {
    int line;
    struct ir_ctor_field *fields;
    size_t n, cap;
};

struct ir_lexed {
    struct ir_buf text; /* the rewritten source */
    struct ir_ctor *ctors;
    size_t n, cap;
};

/* Rewrite `len` bytes of Lua source.
 *
 * Units:  lines count from 1; CR LF is one line end, as in Lua.
 * Owns:   `out` is the caller's, ir_lexed_done; empty after a failure.
 * Errors: IR_EPARSE unfinished string, comment or bracket, or the reserved
 *         name; IR_ELIMIT nested too deeply. *line says where.
 * Source: Lua 5.4 Reference Manual, section 3.1 (lexical conventions) and
 *         3.4.9 (table constructors).
 */
int ir_lex_rewrite(const char *src, size_t len, struct ir_lexed *out, int *line,
                   struct ir_err *err);

/* Free what a rewrite gave.
 *
 * Owns:   nothing afterwards.
 */
void ir_lexed_done(struct ir_lexed *lx);

/* The line of a field of a constructor: by name, or as the `item`-th value
 * (from 1) when `key` is NULL; 0 when the constructor does not hold it.
 *
 * Units:  lines from 1.
 */
int ir_ctor_line(const struct ir_ctor *c, const char *key, size_t item);

#endif
