/* cbor.h: the strict CBOR subset of docs/format.md, reading and writing.
 *
 * Definite lengths, shortest integers below 2^63 (negative ones down to
 * -2^63), byte strings, valid UTF-8 text without NUL, arrays, maps with
 * unsigned, ascending, unique keys. No booleans, floats, tags, null. Depth at
 * most 8. Own code because libcbor accepts everything this refuses; checked
 * against tests/vectors/entry.json and a fuzz target.
 * Source: RFC 8949; docs/format.md section 1.
 */
#ifndef IR_BASE_CBOR_H
#define IR_BASE_CBOR_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_CBOR_DEPTH_MAX 8 /* nested containers, the outermost counts 1 */

enum ir_cbor_type {
    IR_CBOR_UINT = 0,
    IR_CBOR_NEGINT = 1,
    IR_CBOR_BYTES = 2,
    IR_CBOR_TEXT = 3,
    IR_CBOR_ARRAY = 4,
    IR_CBOR_MAP = 5,
};

/* A place in borrowed bytes. */
struct ir_cbor {
    const uint8_t *p, *end;
};

/* One item's head, and for strings its bytes (borrowed). */
struct ir_cbor_item {
    enum ir_cbor_type type;
    int64_t num;          /* value; for strings, arrays, maps: the count */
    const uint8_t *bytes; /* strings only */
};

/* Check that `p[0..len)` is exactly one item of the subset.
 *
 * Errors: IR_EPARSE with the reason and the byte's offset.
 * Source: docs/format.md section 1.
 */
int ir_cbor_check(const uint8_t *p, size_t len, struct ir_err *err);

/* Read the next head (a string with its bytes) and move past it. Does not
 * descend: the items of a container follow.
 *
 * Errors: IR_EPARSE; the cursor does not move.
 */
int ir_cbor_next(struct ir_cbor *c, struct ir_cbor_item *item,
                 struct ir_err *err);

/* Move past one whole item of bytes that ir_cbor_check accepted.
 *
 * Errors: IR_EPARSE.
 */
int ir_cbor_skip(struct ir_cbor *c, struct ir_err *err);

/* Find key `key` in the map `p[0..len)` (checked before) and set `c` to its
 * value, limited to that value.
 *
 * Errors: returns false when `p` is no map or the key is absent.
 */
bool ir_cbor_find(const uint8_t *p, size_t len, uint64_t key,
                  struct ir_cbor *c);

/* Append one item (or head) in its only form.
 *
 * Units:  ir_cbor_put_text takes bytes of valid UTF-8 without NUL.
 * Owns:   `b` keeps a copy.
 */
void ir_cbor_put_uint(struct ir_buf *b, uint64_t v);
void ir_cbor_put_int(struct ir_buf *b, int64_t v);
void ir_cbor_put_bytes(struct ir_buf *b, const void *p, size_t n);
void ir_cbor_put_text(struct ir_buf *b, const char *s, size_t n);
void ir_cbor_put_array(struct ir_buf *b, uint64_t n);
void ir_cbor_put_map(struct ir_buf *b, uint64_t n);

#endif
