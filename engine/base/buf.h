/* buf.h: a growing run of bytes. Memory that runs out aborts: callers cap
 * what they put in before they put it in.
 */
#ifndef IR_BASE_BUF_H
#define IR_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct ir_buf {
    uint8_t *p;
    size_t len, cap; /* bytes; p[len] is always 0 once anything was added */
};

/* malloc, calloc, realloc and strdup that abort instead of returning NULL.
 *
 * Owns:   the caller frees with free().
 */
void *ir_malloc(size_t n);
void *ir_calloc(size_t n, size_t size);
void *ir_realloc(void *p, size_t n);
char *ir_strdup(const char *s);
char *ir_strndup(const char *s, size_t n);

/* A formatted string on the heap.
 *
 * Owns:   the caller frees with free().
 */
char *ir_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Append `n` bytes of `p`.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_buf_add(struct ir_buf *b, const void *p, size_t n);

/* Append the bytes of a C string, without its NUL.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_buf_adds(struct ir_buf *b, const char *s);

/* Append formatted text.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_buf_addf(struct ir_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Append one byte.
 *
 * Owns:   `b` keeps it.
 */
void ir_buf_addc(struct ir_buf *b, int c);

/* The bytes as a C string ("" when nothing was added); borrowed until the
 * next call on `b`.
 *
 * Owns:   nothing.
 */
const char *ir_buf_str(const struct ir_buf *b);

/* Give the bytes away as a C string and leave `b` empty.
 *
 * Owns:   the caller frees with free(); never NULL.
 */
char *ir_buf_take(struct ir_buf *b);

/* Free what `b` holds; `b` may be used again.
 *
 * Owns:   nothing afterwards.
 */
void ir_buf_done(struct ir_buf *b);

#endif
