/* pool.c: see pool.h. */
#include "view/pool.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

const char *
ir_pool_take(struct ir_pool *p, char *s)
{
    if (p->n == p->cap) {
        p->cap = p->cap == 0 ? 32 : p->cap * 2;
        p->s = ir_realloc(p->s, p->cap * sizeof *p->s);
    }
    p->s[p->n++] = s != NULL ? s : ir_strdup("");
    return p->s[p->n - 1];
}

const char *
ir_pool_f(struct ir_pool *p, const char *fmt, ...)
{
    va_list ap;
    char *s = NULL;

    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        abort();
    va_end(ap);
    return ir_pool_take(p, s);
}

const char *
ir_pool_cmd(struct ir_pool *p, const char *fmt, ...)
{
    struct ir_buf b = {0};
    va_list ap;
    char *s = NULL, *c;

    va_start(ap, fmt);
    if (vasprintf(&s, fmt, ap) < 0)
        abort();
    va_end(ap);
    for (c = s; *c != '\0'; c++)
        if (*c == ' ')
            ir_buf_adds(&b, "\xc2\xa0");
        else
            ir_buf_addc(&b, *c);
    free(s);
    return ir_pool_buf(p, &b);
}

const char *
ir_pool_whole(struct ir_pool *p, const char *s, int columns)
{
    return ir_utf8_width(s) <= columns ? ir_pool_cmd(p, "%s", s)
                                       : ir_pool_f(p, "%s", s);
}

const char *
ir_pool_buf(struct ir_pool *p, struct ir_buf *b)
{
    return ir_pool_take(p, ir_buf_take(b));
}

void
ir_pool_done(struct ir_pool *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        free(p->s[i]);
    free(p->s);
    *p = (struct ir_pool){0};
}
