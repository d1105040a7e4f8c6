/* body.h: reading and building the integer-keyed maps that bodies are. */
#ifndef IR_CORE_BODY_H
#define IR_CORE_BODY_H

#include "base/buf.h"
#include "base/clock.h"
#include "core/entry.h"

/* Field `key` of a plain body. False when the entry is a stub or sealed, the
 * field is absent, or of another type; outputs untouched then.
 *
 * Owns:   text and bytes are borrowed from the entry.
 */
bool ir_body_uint(const struct ir_entry *e, int key, uint64_t *v);
bool ir_body_int(const struct ir_entry *e, int key, int64_t *v);
bool ir_body_text(const struct ir_entry *e, int key, const char **s,
                  size_t *len);
bool ir_body_bytes(const struct ir_entry *e, int key, const uint8_t **p,
                   size_t *len);

/* The same as a heap string ("" never NULL when absent: NULL).
 *
 * Owns:   the caller frees with free().
 */
char *ir_body_strdup(const struct ir_entry *e, int key);

/* Is text field `key` equal to `s`? */
bool ir_body_is(const struct ir_entry *e, int key, const char *s);

/* Uint field `key`, or `dflt`. */
uint64_t ir_body_uint_or(const struct ir_entry *e, int key, uint64_t dflt);

/* Walk field `key`, an array of text, of bytes, or of [name, value] pairs
 * (then `name` is set). Set *i to 0 first; returns false at the end.
 *
 * Owns:   borrowed from the entry.
 */
struct ir_body_item {
    const char *name; /* pairs only */
    size_t name_len;
    const uint8_t *p; /* text or bytes */
    size_t len;
};
bool ir_body_each(const struct ir_entry *e, int key, size_t *i,
                  struct ir_body_item *item);

/* A body being built. Fields in any order, each key once (a key given again
 * replaces the first); NULL text and empty lists are left out.
 */
struct ir_bodyw {
    struct ir_buf field[48];
    bool has[48];
};
void ir_bodyw_uint(struct ir_bodyw *w, int key, uint64_t v);
void ir_bodyw_int(struct ir_bodyw *w, int key, int64_t v);
void ir_bodyw_text(struct ir_bodyw *w, int key, const char *s);
void ir_bodyw_bytes(struct ir_bodyw *w, int key, const void *p, size_t n);
void ir_bodyw_texts(struct ir_bodyw *w, int key, const char *const *s,
                    size_t n);
void ir_bodyw_hashes(struct ir_bodyw *w, int key, const uint8_t (*h)[32],
                     size_t n);
/* An empty list, where the kind requires the field. */
void ir_bodyw_no_hashes(struct ir_bodyw *w, int key);
/* [name, value] pairs, sorted here by name (bytewise); a name given twice
 * keeps the last value. */
struct ir_pair {
    const char *name, *value;
};
void ir_bodyw_pairs(struct ir_bodyw *w, int key, const struct ir_pair *pairs,
                    size_t n);

/* Salt and clocks, as lanes I and S require; field 34 when the wall clock
 * stands behind `hlc` by more than a second. */
void ir_bodyw_clocks(struct ir_bodyw *w, const struct ir_now *now,
                     uint64_t hlc);

/* Only field 34, when the wall clock stands behind: lanes T and F. */
void ir_bodyw_wall(struct ir_bodyw *w, const struct ir_now *now, uint64_t hlc);

/* Write the map.
 *
 * Owns:   appends to `out`; `w` is emptied and freed.
 */
void ir_bodyw_finish(struct ir_bodyw *w, struct ir_buf *out);

#endif
