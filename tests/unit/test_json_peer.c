/* test_json_peer.c: base/json.c against jansson: what one takes the other
 * takes, and it is the same value. Our own refusals (real numbers, NULs, more
 * than 64 levels) are the only difference.
 */
#include "base/buf.h"
#include "base/json.h"
#include "unit.h"

#include <jansson.h>

#define ROUNDS 40000
#define LEN_MAX 160

static const char *const seeds[] = {
    "{\"b\":[1,-2,{\"c\":null}],\"a\":{\"d\":false,\"e\":true},\"z\":\"\"}",
    "[\"\\u65e5\\u672c \\/ \\ud83d\\ude00\\n\\t\\\"\\\\\", \"日本\", \"é\"]",
    " [ 0 , -0 , 9223372036854775807 , -9223372036854775808 , 10 ] ",
    "{\"k\":{\"k\":{\"k\":[[[[]]],{}]}},\"\":0}",
    "[1.5, 1e9, -2.5E-3]",
    "\"\\u0041\\ud800\\udc00\"",
    "{\"one\":1,\"two\":2,\"three\":3,\"four\":4,\"five\":5,\"six\":6,"
    "\"seven\":7,\"eight\":8,\"nine\":9,\"ten\":10,\"eleven\":11}",
    "tru",
    "nullx",
    "[1,]",
    "{\"a\":1,\"a\":2}",
    "12 34",
};

/* A small generator of our own, so that a seed means the same everywhere. */
static uint64_t
next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static bool
has_real(json_t *j)
{
    const char *key;
    json_t *v;
    size_t i;

    if (json_is_real(j))
        return true;
    json_array_foreach(j, i, v)
    {
        if (has_real(v))
            return true;
    }
    json_object_foreach(j, key, v)
    {
        if (has_real(v))
            return true;
    }
    return false;
}

static bool
same(const struct ir_json *a, json_t *b)
{
    const char *key;
    json_t *v;
    size_t i;

    switch (json_typeof(b)) {
    case JSON_OBJECT:
        if (!ir_json_is_obj(a) || ir_json_len(a) != json_object_size(b))
            return false;
        json_object_foreach(b, key, v)
        {
            if (!same(ir_json_get(a, key), v))
                return false;
        }
        return true;
    case JSON_ARRAY:
        if (!ir_json_is_arr(a) || ir_json_len(a) != json_array_size(b))
            return false;
        json_array_foreach(b, i, v)
        {
            if (!same(ir_json_at(a, i), v))
                return false;
        }
        return true;
    case JSON_STRING:
        return ir_json_is_str(a) &&
               strcmp(ir_json_str(a), json_string_value(b)) == 0;
    case JSON_INTEGER:
        return ir_json_is_int(a) && ir_json_int(a) == json_integer_value(b);
    case JSON_TRUE:
    case JSON_FALSE:
        return ir_json_is_bool(a) && ir_json_bool(a) == json_is_true(b);
    case JSON_NULL:
        return ir_json_is_null(a);
    case JSON_REAL:
        break;
    }
    return false;
}

static void
compare(const char *text, size_t len)
{
    json_error_t e;
    json_t *theirs =
        json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    struct ir_json *ours = NULL;
    struct ir_err err = {0};
    int rc = ir_json_parse(text, len, &ours, &err);
    bool take = theirs != NULL && !has_real(theirs);

    if (take != (rc == IR_OK) || (take && !same(ours, theirs)))
        fail_msg("\"%.*s\": ours %s, jansson %s", (int)len, text,
                 rc == IR_OK ? "takes it" : err.msg,
                 theirs != NULL ? "takes it" : e.text);
    ir_json_free(ours);
    json_decref(theirs);
}

static void
test_seeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(seeds); i++)
        compare(seeds[i], strlen(seeds[i]));
}

/* Change, cut, double or swap a few bytes. */
static size_t
mutate(char *t, size_t n, uint64_t *s)
{
    static const char bytes[] = "{}[]:,\"\\u0129-.eE tfn\n\xe6\xff";
    int times = 1 + (int)(next(s) % 4);

    while (times-- > 0 && n > 0) {
        size_t at = next(s) % n, k;

        switch (next(s) % 4) {
        case 0:
            t[at] = bytes[next(s) % (sizeof bytes - 1)];
            break;
        case 1:
            memmove(t + at, t + at + 1, n - at - 1);
            n--;
            break;
        case 2:
            k = next(s) % (n - at) + 1;
            if (n + k > LEN_MAX)
                break;
            memmove(t + at + k, t + at, n - at);
            n += k;
            break;
        default:
            k = next(s) % n;
            t[at] = t[k];
        }
    }
    return n;
}

static void
test_mutations(void **state)
{
    uint64_t s = 20261121;
    char t[LEN_MAX + 1];

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        const char *seed = seeds[next(&s) % COUNT(seeds)];
        size_t n = strlen(seed);

        memcpy(t, seed, n);
        n = mutate(t, n, &s);
        compare(t, n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
