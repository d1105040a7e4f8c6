/* vectors.h: files of tests/vectors, read for a unit test. They were made by an
 * independent implementation of docs/format.md.
 */
#ifndef IR_TESTS_VECTORS_H
#define IR_TESTS_VECTORS_H

#include "base/buf.h"
#include "base/json.h"
#include "base/scan.h"
#include "unit.h"

/* A whole file of the source tree.
 *
 * Owns:   the caller frees with free().
 */
static inline char *
source_file(const char *name, size_t *len)
{
    char *path = ir_asprintf("%s/%s", IR_SOURCE_DIR, name);
    FILE *f = fopen(path, "rb");
    struct ir_buf b = {0};
    char block[4096];
    size_t n;

    if (f == NULL)
        fail_msg("%s is not readable", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        ir_buf_add(&b, block, n);
    fclose(f);
    free(path);
    *len = b.len;
    return ir_buf_take(&b);
}

/* A file of tests/vectors as JSON.
 *
 * Owns:   the caller frees with ir_json_free().
 */
static inline struct ir_json *
vectors_of(const char *name)
{
    char *path = ir_asprintf("tests/vectors/%s", name);
    size_t len = 0;
    char *text = source_file(path, &len);
    struct ir_json *j = NULL;
    struct ir_err err = {0};

    if (ir_json_parse(text, len, &j, &err) != IR_OK)
        fail_msg("%s: %s", name, err.msg);
    free(path);
    free(text);
    return j;
}

static inline struct ir_json *
vectors_load(void)
{
    return vectors_of("entry.json");
}

/* Bytes from hex digits.
 *
 * Owns:   the caller frees with free(); exactly *n bytes, so that a sanitizer
 *         sees one read too far.
 */
static inline uint8_t *
unhex(const char *hex, size_t *n)
{
    size_t len = strlen(hex) / 2;
    uint8_t *p = ir_malloc(len);

    if (ir_scan_hex(hex, p, len, NULL) != IR_OK)
        fail_msg("not hex: %.40s", hex);
    *n = len;
    return p;
}

/* Hex field `key` of a vector, as bytes.
 *
 * Owns:   as unhex.
 */
static inline uint8_t *
vector_bytes(const struct ir_json *v, const char *key, size_t *n)
{
    const char *hex = ir_json_get_str(v, key, NULL);

    if (hex == NULL)
        fail_msg("a vector without \"%s\"", key);
    return unhex(hex, n);
}

/* The same, of exactly `n` bytes. */
static inline void
vector_fixed(const struct ir_json *v, const char *key, uint8_t *out, size_t n)
{
    size_t len = 0;
    uint8_t *p = vector_bytes(v, key, &len);

    assert_int_equal(len, n);
    memcpy(out, p, n);
    free(p);
}

#endif
