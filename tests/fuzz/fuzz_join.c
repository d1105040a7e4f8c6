/* fuzz_join.c: codes as they are typed, requests and answers. The first byte
 * says which, and whether the rest is what lies in the file or what stands
 * within its seals: who knows the code may write anything there.
 */
#include "base/hkdf.h"
#include "base/hpke.h"
#include "core/join.h"
#include "fuzz.h"

#include <string.h>

static const uint8_t secret[IR_JOIN_SECRET_BYTES] = "sixteen bytes...";
static const uint8_t mine[32] = "a secret of thirty-two bytes...";
static const uint8_t zeros[16];

/* salt | sealed under the code. */
static void
wrap(const char *info, const uint8_t *more, size_t more_n, const uint8_t *p,
     size_t n, struct ir_buf *out)
{
    uint8_t key[IR_AEAD_KEY_BYTES], *text = ir_malloc(n + IR_AEAD_TAG_BYTES);
    struct ir_buf b = {0};

    ir_buf_adds(&b, info);
    ir_buf_add(&b, more, more_n);
    ir_hkdf(zeros, sizeof zeros, secret, sizeof secret, b.p, b.len, key,
            sizeof key);
    ir_aead_seal(key, zeros, NULL, 0, p, n, text);
    ir_buf_add(out, zeros, sizeof zeros);
    ir_buf_add(out, text, n + IR_AEAD_TAG_BYTES);
    ir_buf_done(&b);
    free(text);
}

static void
code(const uint8_t *p, size_t n)
{
    char *s = ir_strndup((const char *)p, n), again[IR_JOIN_CODE_BYTES];
    uint8_t got[IR_JOIN_SECRET_BYTES], twice[IR_JOIN_SECRET_BYTES];
    struct ir_err err = {0};

    if (ir_join_code_parse(s, got, &err) == IR_OK) {
        ir_join_code(got, again);
        MUST(ir_join_code_parse(again, twice, &err) == IR_OK);
        MUST(memcmp(got, twice, sizeof got) == 0);
    } else {
        MUST(err.code == IR_EPARSE);
    }
    free(s);
}

static void
request(const uint8_t *p, size_t n)
{
    struct ir_join_request r;
    struct ir_buf sealed = {0};
    struct ir_err err = {0};

    MUST(ir_join_request_open(secret, p, n, &r, &err) == IR_ESIG);
    wrap("ir-join@v1 request", NULL, 0, p, n, &sealed);
    /* nobody has signed what is made up */
    MUST(ir_join_request_open(secret, sealed.p, sealed.len, &r, &err) != IR_OK);
    ir_buf_done(&sealed);
}

/* Walk through all of an answer. */
static void
look(const struct ir_join_answer *a)
{
    struct ir_buf type = {0};
    const uint8_t *p;
    size_t at = 0, n, entries = 0, objects = 0;

    while (ir_join_next_entry(a, &at, &p, &n))
        entries++;
    at = 0;
    while (ir_join_next_object(a, &at, &type, &p, &n))
        objects++;
    MUST(entries == a->entries_n && objects == a->objects_n);
    ir_buf_done(&type);
}

static void
answer(const uint8_t *p, size_t n)
{
    uint8_t pub[32], info[17 + IR_HASH_BYTES] = "ir-join@v1 answer";
    uint8_t enc[IR_HPKE_ENC_BYTES], *text;
    struct ir_buf inner = {0}, sealed = {0};
    struct ir_join_answer a;
    struct ir_hpke x;
    struct ir_err err = {0};

    MUST(ir_join_answer_open(secret, "r", 1, mine, p, n, &a, &err) == IR_ESIG);
    ir_sha256("r", 1, info + 17);
    wrap("ir-join@v1 answer", info + 17, IR_HASH_BYTES, p, n, &inner);
    ir_x25519_public(mine, pub);
    MUST(ir_hpke_sender(pub, NULL, info, sizeof info, &x, enc, &err) == IR_OK);
    text = ir_malloc(inner.len + IR_AEAD_TAG_BYTES);
    ir_hpke_seal(&x, NULL, 0, inner.p, inner.len, text);
    ir_buf_add(&sealed, enc, sizeof enc);
    ir_buf_add(&sealed, text, inner.len + IR_AEAD_TAG_BYTES);
    if (ir_join_answer_open(secret, "r", 1, mine, sealed.p, sealed.len, &a,
                            &err) == IR_OK)
        look(&a);
    else
        MUST(err.code == IR_EPARSE);
    ir_join_answer_done(&a);
    ir_buf_done(&inner);
    ir_buf_done(&sealed);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    struct ir_err err = {0};

    if (!begun)
        MUST(ir_crypt_init(&err) == IR_OK);
    begun = true;
    if (size < 1)
        return 0;
    switch (data[0] % 3) {
    case 0:
        code(data + 1, size - 1);
        break;
    case 1:
        request(data + 1, size - 1);
        break;
    default:
        answer(data + 1, size - 1);
    }
    return 0;
}
