/* json_row.c: see json.h: one object out of a long list of them. */
#include "base/json.h"

#include <string.h>

/* The end of the string that begins at `p`, behind its quotation mark; NULL
 * where it has none. */
static const char *
string_end(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p < end ? p + 1 : NULL;
}

/* Does the key "id" with the value `id` stand at `p`? */
static bool
is_id(const char *p, const char *end, const char *id, size_t n)
{
    static const char key[] = "\"id\":\"";
    const size_t k = sizeof key - 1;

    return (size_t)(end - p) > k + n && memcmp(p, key, k) == 0 &&
           memcmp(p + k, id, n) == 0 && p[k + n] == '"';
}

/* Find the first object right inside the list `text` that has this id. */
static bool
find(const char *text, size_t len, const char *id, const char **from, size_t *n)
{
    const char *p = text, *end = text + len, *begin = NULL;
    size_t depth = 0, id_n = strlen(id);
    bool found = false;

    while (p != NULL && p < end) {
        char c = *p;

        if (c == '"') {
            found |= begin != NULL && depth == 2 && is_id(p, end, id, id_n);
            p = string_end(p, end);
            continue;
        }
        if (c == '[' || c == '{') {
            if (++depth == 2)
                begin = c == '{' ? p : NULL;
        } else if ((c == ']' || c == '}') && depth > 0 && depth-- == 2 &&
                   found) {
            *from = begin;
            *n = (size_t)(p + 1 - begin);
            return true;
        }
        p++;
    }
    return false;
}

/* Could the id stand otherwise in the text than as it is? */
static bool
is_plain(const char *id)
{
    for (; *id != '\0'; id++)
        if ((unsigned char)*id < 0x20 || *id == '"' || *id == '\\')
            return false;
    return true;
}

int
ir_json_row(const char *text, size_t len, const char *id, struct ir_json **out,
            struct ir_err *err)
{
    const char *from = NULL;
    size_t n = 0;

    if (len == 0 || text[0] != '[' || !is_plain(id))
        return ir_fail(err, IR_EUSAGE, "%.60s", id);
    if (!find(text, len, id, &from, &n)) {
        *out = NULL;
        return IR_OK;
    }
    return ir_json_parse(from, n, out, err);
}
