/* diff_lines.c: what differs between two texts, line by line; see diff.h. */
#include "cmd/diff.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_MAX (4 * 1000 * 1000) /* of the table; else all is shown */

struct lines {
    char *text;
    const char **v;
    size_t n;
};

static void
split(const char *text, struct lines *l)
{
    char *at, *line;

    l->text = ir_strdup(text);
    l->v = NULL;
    l->n = 0;
    at = l->text;
    while ((line = strsep(&at, "\n")) != NULL) {
        if (at == NULL && *line == '\0')
            break; /* after the last newline */
        l->v = ir_realloc(l->v, (l->n + 1) * sizeof(char *));
        l->v[l->n++] = line;
    }
}

static void
put(struct ir_ctx *c, char mark, size_t number, const char *line,
    struct ir_buf *out)
{
    char *safe = ir_view_safe(&c->view, line);

    ir_buf_addf(out, "    %5zu %c %s\n", number, mark, safe);
    free(safe);
}

/* How many lines the rests of both have in common, in order: cell (i, j). */
static uint16_t *
common(const struct lines *a, const struct lines *b, size_t from, size_t an,
       size_t bn)
{
    size_t w = bn + 1, i, j;
    uint16_t *t;

    if ((an + 1) * w > CELLS_MAX || an > UINT16_MAX || bn > UINT16_MAX)
        return NULL;
    t = ir_calloc((an + 1) * w, sizeof *t);
    for (i = an; i-- > 0;)
        for (j = bn; j-- > 0;)
            t[i * w + j] = strcmp(a->v[from + i], b->v[from + j]) == 0
                               ? (uint16_t)(t[(i + 1) * w + j + 1] + 1)
                           : t[(i + 1) * w + j] >= t[i * w + j + 1]
                               ? t[(i + 1) * w + j]
                               : t[i * w + j + 1];
    return t;
}

void
ir_diff_lines(struct ir_ctx *c, const char *was, const char *now,
              struct ir_buf *out)
{
    struct lines a, b;
    size_t from = 0, an, bn, i = 0, j = 0;
    uint16_t *t;

    split(was, &a);
    split(now, &b);
    while (from < a.n && from < b.n && strcmp(a.v[from], b.v[from]) == 0)
        from++;
    an = a.n - from;
    bn = b.n - from;
    while (an > 0 && bn > 0 &&
           strcmp(a.v[from + an - 1], b.v[from + bn - 1]) == 0) {
        an--;
        bn--;
    }
    t = common(&a, &b, from, an, bn);
    while (i < an || j < bn) {
        if (t != NULL && i < an && j < bn &&
            strcmp(a.v[from + i], b.v[from + j]) == 0) {
            i++;
            j++;
        } else if (i < an &&
                   (j == bn || t == NULL ||
                    t[(i + 1) * (bn + 1) + j] >= t[i * (bn + 1) + j + 1])) {
            put(c, '-', from + i + 1, a.v[from + i], out);
            i++;
        } else {
            put(c, '+', from + j + 1, b.v[from + j], out);
            j++;
        }
    }
    free(t);
    free(a.v);
    free(a.text);
    free(b.v);
    free(b.text);
}
