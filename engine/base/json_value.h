/* json_value.h: how a JSON value stands in memory; for the three json*.c only.
 *
 * A value made by ir_json_new_* is a block of its own, and so are its string
 * and its list. A parsed tree is one copy of the text, whose strings are made
 * readable where they stand, and an arena for values and lists: nothing of it
 * is freed by itself (`kept`). Setters may mix the two.
 */
#ifndef IR_BASE_JSON_VALUE_H
#define IR_BASE_JSON_VALUE_H

#include "base/json.h"

enum ir_json_type {
    IR_JSON_NULL,
    IR_JSON_BOOL,
    IR_JSON_INT,
    IR_JSON_STR,
    IR_JSON_ARR,
    IR_JSON_OBJ
};

struct ir_json_member {
    const char *key;
    struct ir_json *v;
    bool own_key; /* a block of its own */
};

struct ir_json {
    uint8_t type; /* enum ir_json_type */
    bool kept;    /* stands in the arena of a parsed tree */
    bool root;    /* the first of a parsed tree: see ir_json_tree */
    bool sorted;  /* object: keys ascend by their bytes */
    uint32_t n;   /* bytes of a string, elements, members */
    uint32_t cap; /* room in a list of its own block; 0: in the arena */
    union {
        int64_t i; /* integer, and 0 or 1 */
        char *s;   /* with a NUL after it */
        struct ir_json **v;
        struct ir_json_member *m;
    } u;
};

/* A parsed tree. */
struct ir_json_tree {
    struct ir_json root;
    char *text; /* strings and keys point into it */
    struct ir_json_block *blocks;
};

/* Free the arena of a tree, its text and the tree itself; what setters have
 * put into it must be gone already.
 */
void ir_json_tree_free(struct ir_json_tree *t);

/* Compare members by the bytes of their keys, for qsort. */
int ir_json_by_key(const void *a, const void *b);

#endif
