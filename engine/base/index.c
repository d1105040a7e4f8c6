/* index.c: see index.h. */
#include "base/index.h"

#include "base/buf.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct named {
    char *name;
    size_t at;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static void
named_free(void *p)
{
    free(((struct named *)p)->name);
    free(p);
}

bool
ir_index_put(struct ir_index *x, const char *name, size_t at)
{
    struct named *n = ir_calloc(1, sizeof *n), **got;

    n->name = ir_strdup(name);
    n->at = at;
    got = tsearch(n, &x->root, by_name);
    if (got == NULL)
        abort(); /* as ir_malloc does */
    if (*got == n)
        return true;
    named_free(n);
    return false;
}

bool
ir_index_get(const struct ir_index *x, const char *name, size_t *at)
{
    struct named key = {.name = (char *)(uintptr_t)name}, **got;

    got = tfind(&key, &x->root, by_name);
    if (got != NULL)
        *at = (*got)->at;
    return got != NULL;
}

void
ir_index_done(struct ir_index *x)
{
    tdestroy(x->root, named_free);
    x->root = NULL;
}
