/* node.h: what a Lua file returned, as plain data that knows where each value
 * stands. Lua is gone by the time it is looked at.
 *
 * A tree, never a graph: a table used twice stands here twice. Keys are
 * strings (fields) or 1..n (items). Everything lives in the tree's arena.
 */
#ifndef IR_SCRIPT_NODE_H
#define IR_SCRIPT_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in the sources, and where the file being evaluated called into it
 * when that is another file. Indexes into struct ir_source; line 0: unknown. */
struct ir_where {
    int file, line;
    int via_line; /* line in the evaluated file, or 0 */
};

enum ir_node_type {
    IR_NODE_BOOL,
    IR_NODE_INT,
    IR_NODE_REAL, /* a number that is no whole number; never accepted */
    IR_NODE_STR,  /* valid UTF-8 or not: checked by who reads it */
    IR_NODE_TABLE,
    IR_NODE_OTHER, /* a function; never accepted */
};

struct ir_node;

struct ir_field {
    const char *key;
    struct ir_where at;
    struct ir_node *node;
};

struct ir_node {
    enum ir_node_type type;
    struct ir_where at; /* of the value: of a table, its `{` */
    int64_t num;        /* BOOL (0, 1), INT */
    const char *str;    /* STR, NUL-terminated */
    size_t len;
    struct ir_field *fields; /* TABLE: string keys, ascending */
    size_t fields_n;
    struct ir_node **items; /* TABLE: 1..n */
    size_t items_n;
    bool odd_keys; /* TABLE: other keys, or holes, were left out */
};

struct ir_arena; /* memory freed at once */

/* A new, empty arena.
 *
 * Owns:   the caller's, ir_arena_free.
 */
struct ir_arena *ir_arena_new(void);
void ir_arena_free(struct ir_arena *a);

/* `n` zeroed bytes of the arena, aligned for anything.
 *
 * Owns:   borrowed until ir_arena_free.
 */
void *ir_arena_get(struct ir_arena *a, size_t n);

/* Bytes given out so far.
 *
 * Units:  bytes.
 */
size_t ir_arena_used(const struct ir_arena *a);

/* The field `key` of a table, or NULL (absent, or `n` is no table).
 *
 * Owns:   borrowed from the tree.
 */
const struct ir_field *ir_node_field(const struct ir_node *n, const char *key);

/* The string under `key`, or NULL.
 *
 * Owns:   borrowed from the tree.
 */
const char *ir_node_str(const struct ir_node *n, const char *key);

#endif
