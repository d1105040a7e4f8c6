/* json.h: JSON, on top of jansson; nothing else includes jansson.
 *
 * Values are `struct ir_json`, reference counted by jansson; this wrapper
 * gives them one owner: what a `new` or `parse` returns is freed with
 * ir_json_free, what a setter takes it owns, what a getter returns is
 * borrowed from its parent.
 */
#ifndef IR_BASE_JSON_H
#define IR_BASE_JSON_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ir_json;

#define IR_JSON_MAX (8 * 1024 * 1024) /* bytes of text parsed at most */
#define IR_JSON_DEPTH_MAX 64 /* containers inside one another, parsed */

/* Parse `len` bytes of UTF-8 JSON: one value, no duplicate keys, no NUL in
 * strings, nothing after it; real numbers are refused, and integers outside
 * int64_t.
 *
 * Owns:   *out is the caller's, ir_json_free; untouched on error.
 * Errors: IR_EPARSE with line and column, IR_ELIMIT over IR_JSON_MAX bytes or
 *         IR_JSON_DEPTH_MAX levels. The message repeats nothing of the text.
 */
int ir_json_parse(const char *text, size_t len, struct ir_json **out,
                  struct ir_err *err);
void ir_json_free(struct ir_json *j);

/* Of a list of objects, as canonical JSON, the first whose "id" is `id`: the
 * others are passed over unparsed, which takes a hundredth of the time.
 *
 * Owns:   *out is the caller's, ir_json_free; NULL where there is none.
 * Errors: IR_EUSAGE: no list, or an id that is written otherwise than it is
 *         (quotation mark, backslash, control character); those of parsing.
 */
int ir_json_row(const char *text, size_t len, const char *id,
                struct ir_json **out, struct ir_err *err);

/* The same for what other programs speak: real numbers are kept as such.
 *
 * Owns:   as above.
 * Errors: as above.
 */
int ir_json_parse_reals(const char *text, size_t len, struct ir_json **out,
                        struct ir_err *err);
struct ir_json *ir_json_new_real(double v); /* null for what is no number */
bool ir_json_is_real(const struct ir_json *j);
double ir_json_real(const struct ir_json *j); /* 0 if no real */

/* A new value; a NULL string makes null.
 *
 * Owns:   the caller's, until given to a setter.
 */
struct ir_json *ir_json_new_obj(void);
struct ir_json *ir_json_new_arr(void);
struct ir_json *ir_json_new_str(const char *s);
struct ir_json *ir_json_new_int(int64_t v);
struct ir_json *ir_json_new_bool(bool v);
struct ir_json *ir_json_new_null(void);

/* Put `v` (taken) under `key`, in place of what was there, or at the end of
 * an array. NULL puts null. A value goes into one container only.
 *
 * Owns:   takes `v`. Returns `v`, now borrowed from the container.
 */
struct ir_json *ir_json_set_take(struct ir_json *obj, const char *key,
                                 struct ir_json *v);
struct ir_json *ir_json_add_take(struct ir_json *arr, struct ir_json *v);

/* Put `v` into `arr`, too, where it stands in another container: the same
 * value, that nobody changes from then on.
 *
 * Owns:   it lives until both containers are freed.
 */
void ir_json_add_same(struct ir_json *arr, const struct ir_json *v);

/* The same for plain values; a NULL string puts null. Bytes that are not
 * UTF-8, and NULs, are put as U+FFFD each; in keys too.
 *
 * Owns:   keeps a copy.
 */
void ir_json_set_str(struct ir_json *obj, const char *key, const char *s);
void ir_json_set_strn(struct ir_json *obj, const char *key, const char *s,
                      size_t n);
void ir_json_set_int(struct ir_json *obj, const char *key, int64_t v);
void ir_json_set_bool(struct ir_json *obj, const char *key, bool v);
void ir_json_set_hex(struct ir_json *obj, const char *key, const uint8_t *p,
                     size_t n);
void ir_json_add_str(struct ir_json *arr, const char *s);
void ir_json_add_int(struct ir_json *arr, int64_t v);

/* Take a member out of an object.
 *
 * Owns:   the caller's, ir_json_free; NULL when there is none.
 */
struct ir_json *ir_json_take(struct ir_json *obj, const char *key);

/* What kind of value is it? False for NULL. */
bool ir_json_is_obj(const struct ir_json *j);
bool ir_json_is_arr(const struct ir_json *j);
bool ir_json_is_str(const struct ir_json *j);
bool ir_json_is_int(const struct ir_json *j);
bool ir_json_is_bool(const struct ir_json *j);
bool ir_json_is_null(const struct ir_json *j);

/* The member `key` of an object, or NULL (absent, or `j` is no object).
 *
 * Owns:   borrowed from `j`.
 */
struct ir_json *ir_json_get(const struct ir_json *j, const char *key);

/* Plain reads with a default when absent or of another type.
 *
 * Owns:   a returned string is borrowed from `j`.
 */
const char *ir_json_get_str(const struct ir_json *j, const char *key,
                            const char *dflt);
int64_t ir_json_get_int(const struct ir_json *j, const char *key, int64_t dflt);
bool ir_json_get_bool(const struct ir_json *j, const char *key, bool dflt);
const char *ir_json_str(const struct ir_json *j); /* NULL if no string */
int64_t ir_json_int(const struct ir_json *j);     /* 0 if no integer */
bool ir_json_bool(const struct ir_json *j);

/* How many elements of an array or members of an object (0 for anything else,
 * NULL too); the `i`-th element of an array (NULL past the end, or when `j` is
 * no array).
 *
 * Owns:   borrowed from `j`.
 */
size_t ir_json_len(const struct ir_json *j);
struct ir_json *ir_json_at(const struct ir_json *j, size_t i);

/* Walk the members of an object, keys sorted by their bytes; `fn` returns
 * false to stop. Nothing happens when `j` is no object.
 *
 * Owns:   key and value are borrowed for the call.
 */
void ir_json_each(const struct ir_json *j,
                  bool (*fn)(const char *key, struct ir_json *v, void *arg),
                  void *arg);

/* The canonical bytes: keys sorted by their UTF-8 bytes, no white space,
 * integers in decimal, UTF-8 unescaped; in strings only `"` and `\` get a
 * backslash, and U+0000-001F become \b \f \n \r \t or \u00xx in lower case.
 * What is hashed is this. Python's json.dumps(v, sort_keys=True,
 * ensure_ascii=False, separators=(",", ":")) gives the same bytes.
 *
 * Owns:   the caller frees with free(); *len (may be NULL) without the NUL.
 */
char *ir_json_canonical(const struct ir_json *j, size_t *len);

/* Text for a person or a program: keys in the order they were put; `indent`
 * spaces a level, 0 for one line without spaces; no newline at the end. What
 * ir_utf8_escape makes harmless is written \unnnn, so that the text may go to
 * a terminal and still is the same value.
 *
 * Owns:   the caller frees with free().
 */
char *ir_json_text(const struct ir_json *j, int indent);

#endif
