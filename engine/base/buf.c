/* buf.c: see buf.h. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
ir_malloc(size_t n)
{
    void *p = malloc(n > 0 ? n : 1);

    if (p == NULL)
        abort();
    return p;
}

void *
ir_calloc(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

    if (p == NULL)
        abort();
    return p;
}

void *
ir_realloc(void *p, size_t n)
{
    p = realloc(p, n > 0 ? n : 1);
    if (p == NULL)
        abort();
    return p;
}

char *
ir_strndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *p = ir_malloc(len + 1);

    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

char *
ir_strdup(const char *s)
{
    return ir_strndup(s, strlen(s));
}

char *
ir_asprintf(const char *fmt, ...)
{
    va_list ap;
    char *p = NULL;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&p, fmt, ap);
    va_end(ap);
    if (n < 0 || p == NULL)
        abort();
    return p;
}

static void
reserve(struct ir_buf *b, size_t n)
{
    size_t want = b->len + n + 1, cap = b->cap > 0 ? b->cap : 64;

    if (want < n)
        abort();
    if (want <= b->cap)
        return;
    while (cap < want)
        cap *= 2;
    b->p = ir_realloc(b->p, cap);
    b->cap = cap;
}

void
ir_buf_add(struct ir_buf *b, const void *p, size_t n)
{
    reserve(b, n);
    if (n > 0)
        memcpy(b->p + b->len, p, n);
    b->len += n;
    b->p[b->len] = 0;
}

void
ir_buf_adds(struct ir_buf *b, const char *s)
{
    ir_buf_add(b, s, strlen(s));
}

void
ir_buf_addc(struct ir_buf *b, int c)
{
    uint8_t byte = (uint8_t)c;

    ir_buf_add(b, &byte, 1);
}

void
ir_buf_addf(struct ir_buf *b, const char *fmt, ...)
{
    va_list ap;
    char *p = NULL;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&p, fmt, ap);
    va_end(ap);
    if (n < 0 || p == NULL)
        abort();
    ir_buf_add(b, p, (size_t)n);
    free(p);
}

const char *
ir_buf_str(const struct ir_buf *b)
{
    return b->p != NULL ? (const char *)b->p : "";
}

char *
ir_buf_take(struct ir_buf *b)
{
    char *p = b->p != NULL ? (char *)b->p : ir_strdup("");

    memset(b, 0, sizeof *b);
    return p;
}

void
ir_buf_done(struct ir_buf *b)
{
    free(b->p);
    memset(b, 0, sizeof *b);
}
