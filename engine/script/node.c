/* node.c: see node.h. */
#include "script/node.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536

struct block {
    struct block *next;
    size_t used, size;
    max_align_t mem[];
};

struct ir_arena {
    struct block *blocks;
    size_t used;
};

struct ir_arena *
ir_arena_new(void)
{
    return ir_calloc(1, sizeof(struct ir_arena));
}

void
ir_arena_free(struct ir_arena *a)
{
    struct block *b, *next;

    if (a == NULL)
        return;
    for (b = a->blocks; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void *
ir_arena_get(struct ir_arena *a, size_t n)
{
    struct block *b = a->blocks;
    void *p;

    n = (n + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
    if (b == NULL || b->size - b->used < n) {
        size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

        b = ir_malloc(sizeof *b + size);
        b->next = a->blocks;
        b->used = 0;
        b->size = size;
        a->blocks = b;
    }
    p = (char *)b->mem + b->used;
    b->used += n;
    a->used += n;
    memset(p, 0, n);
    return p;
}

size_t
ir_arena_used(const struct ir_arena *a)
{
    return a->used;
}

const struct ir_field *
ir_node_field(const struct ir_node *n, const char *key)
{
    size_t lo = 0, hi;

    if (n == NULL || n->type != IR_NODE_TABLE)
        return NULL;
    hi = n->fields_n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(n->fields[mid].key, key);

        if (c == 0)
            return &n->fields[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const char *
ir_node_str(const struct ir_node *n, const char *key)
{
    const struct ir_field *f = ir_node_field(n, key);

    return f != NULL && f->node->type == IR_NODE_STR ? f->node->str : NULL;
}
