/* test_crypt.c: hashes, keys, the key box and SSHSIG, against published
 * vectors, libsodium used by hand, and the real ssh-keygen.
 */
#include "base/crypt.h"
#include "base/sshsig.h"
#include "vectors.h"

#include <fcntl.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* Source: FIPS 180-4, examples of SHA-256 and SHA-512. */
static const struct {
    const char *text, *sha256, *sha512;
} hashes[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c"
     "5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a"
     "274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c33596fd15c1"
     "3b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
};

static void
assert_hex(const uint8_t *p, size_t n, const char *want)
{
    char *hex = ir_malloc(2 * n + 1);

    ir_hex(p, n, hex);
    assert_string_equal(hex, want);
    free(hex);
}

static void
hashing(void **state)
{
    size_t i, cut;

    (void)state;
    for (i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        const char *s = hashes[i].text;
        size_t n = strlen(s);
        uint8_t h[64];

        ir_sha256(n > 0 ? s : NULL, n, h);
        assert_hex(h, 32, hashes[i].sha256);
        ir_sha512(n > 0 ? s : NULL, n, h);
        assert_hex(h, 64, hashes[i].sha512);
        for (cut = 0; cut <= n; cut++) {
            struct ir_sha256_state st;

            ir_sha256_begin(&st);
            ir_sha256_add(&st, s, cut);
            ir_sha256_add(&st, s + cut, n - cut);
            ir_sha256_end(&st, h);
            assert_hex(h, 32, hashes[i].sha256);
        }
    }
}

/* Source: RFC 8032, section 7.1. */
static const struct {
    const char *seed, *pub, *msg, *sig;
} ed25519[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb882159"
     "0a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43"
     "e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

static void
signing(void **state)
{
    size_t i, n = 0, at;

    (void)state;
    for (i = 0; i < sizeof ed25519 / sizeof ed25519[0]; i++) {
        uint8_t *seed = unhex(ed25519[i].seed, &n), back[32], sig[64];
        uint8_t *msg = unhex(ed25519[i].msg, &n);
        struct ir_key *k = ir_key_from_seed(seed);

        assert_hex(k->pub, 32, ed25519[i].pub);
        ir_key_seed(k, back);
        assert_memory_equal(back, seed, 32);
        assert_int_equal(ir_sign(k, msg, n, sig, NULL), IR_OK);
        assert_hex(sig, 64, ed25519[i].sig);
        assert_true(ir_verify(k->pub, msg, n, sig));
        for (at = 0; at < 512; at++) {
            sig[at / 8] ^= (uint8_t)(1 << at % 8);
            assert_false(ir_verify(k->pub, msg, n, sig));
            sig[at / 8] ^= (uint8_t)(1 << at % 8);
        }
        assert_false(ir_verify(k->pub, "other", 5, sig));
        ir_key_free(k);
        free(seed);
        free(msg);
    }
}

static void
keys(void **state)
{
    struct ir_key *a = ir_key_new(), *b = ir_key_new(), *p;
    struct ir_err err = {0};
    uint8_t id[8], h[32], sig[64];

    (void)state;
    assert_memory_not_equal(a->pub, b->pub, 32);
    ir_key_id(a->pub, id);
    ir_sha256(a->pub, 32, h);
    assert_memory_equal(id, h, 8);
    p = ir_key_public(a->pub);
    assert_null(p->secret);
    assert_int_equal(ir_sign(p, "x", 1, sig, &err), IR_ESIG);
    assert_true(err.msg[0] != '\0');
    assert_int_equal(ir_sign(a, "x", 1, sig, NULL), IR_OK);
    assert_true(ir_verify(p->pub, "x", 1, sig));
    assert_false(ir_verify(b->pub, "x", 1, sig));
    assert_true(ir_bytes_equal(a->pub, p->pub, 32));
    assert_false(ir_bytes_equal(a->pub, b->pub, 32));
    ir_wipe(id, sizeof id);
    assert_hex(id, sizeof id, "0000000000000000");
    ir_key_free(a);
    ir_key_free(b);
    ir_key_free(p);
    ir_key_free(NULL);
}

static const uint8_t a_seed[32] = "a seed that is thirty-two bytes!";

/* The box is what docs/format.md says: opened here with libsodium alone, by
 * the numbers on the page.
 */
static void
keybox_form(void **state)
{
    uint8_t box[IR_KEYBOX_BYTES], key[32], plain[32];
    const char *pass = "合言葉 7";

    (void)state;
    assert_int_equal(sizeof box, 80);
    assert_int_equal(ir_keybox_lock(a_seed, pass, box, NULL), IR_OK);
    assert_memory_equal(box, "irk\x01", 4);
    assert_int_equal(crypto_pwhash(key, 32, pass, strlen(pass), box + 4, 3,
                                   268435456, crypto_pwhash_ALG_ARGON2ID13),
                     0);
    assert_int_equal(
        crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, box + 32,
                                                  48, box, 32, box + 20, key),
        0);
    assert_memory_equal(plain, a_seed, 32);
}

static void
keybox_opens(void **state)
{
    uint8_t box[IR_KEYBOX_BYTES], again[IR_KEYBOX_BYTES], seed[32] = {0};
    struct ir_err err = {0};
    static const size_t hurt[] = {5, 21, 40, 79}; /* salt nonce text tag */
    static const uint8_t none[32];
    size_t i;

    (void)state;
    assert_int_equal(ir_keybox_lock(a_seed, "one", box, NULL), IR_OK);
    assert_int_equal(ir_keybox_open(box, "one", seed, NULL), IR_OK);
    assert_memory_equal(seed, a_seed, 32);
    memset(seed, 0, sizeof seed);
    assert_int_equal(ir_keybox_open(box, "two", seed, &err), IR_ESIG);
    assert_memory_equal(seed, none, 32);
    for (i = 0; i < sizeof hurt / sizeof hurt[0]; i++) {
        memcpy(again, box, sizeof box);
        again[hurt[i]] ^= 4;
        assert_int_equal(ir_keybox_open(again, "one", seed, &err), IR_ESIG);
        assert_memory_equal(seed, none, 32);
    }
    for (i = 0; i < 32; i++) { /* the magic is judged without the passphrase */
        memcpy(again, box, sizeof box);
        again[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(ir_keybox_open(again, "one", seed, &err), IR_ESIG);
    }
}

static void
sshsig_blob(void **state)
{
    uint8_t blob[IR_SSHSIG_BLOB_BYTES];

    (void)state;
    ir_sshsig_blob("abc", 3, blob);
    assert_int_equal(sizeof blob, 103);
    assert_hex(blob, 39,
               "535348534947"           /* SSHSIG */
               "0000000b"               /* 11 */
               "69722d656e747279407631" /* ir-entry@v1 */
               "00000000"               /* reserved */
               "00000006"               /* 6 */
               "736861353132"           /* sha512 */
               "00000040");             /* 64 */
    assert_hex(blob + 39, 64, hashes[1].sha512);
}

/* Source: RFC 8709 section 4; key of RFC 8032's first test. */
#define PUB_BASE64                                                             \
    "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

static void
pubkey_lines(void **state)
{
    static const struct {
        const char *line;
        int rc;
    } cases[] = {
        {"ssh-ed25519 " PUB_BASE64, IR_OK},
        {"ssh-ed25519 " PUB_BASE64 "\n", IR_OK},
        {"ssh-ed25519 " PUB_BASE64 "\r\n", IR_OK},
        {"ssh-ed25519 " PUB_BASE64 " sato@console", IR_OK},
        {"ssh-ed25519 " PUB_BASE64 "\tsato", IR_OK},
        {"", IR_EPARSE},
        {"ssh-ed25519", IR_EPARSE},
        {"ssh-ed25519 ", IR_EPARSE},
        {"ssh-ed25519  " PUB_BASE64, IR_EPARSE},
        {"ssh-ed25519 AAAA", IR_EPARSE},
        {"ssh-ed25519 " PUB_BASE64 "!", IR_EPARSE},
        {"ssh-ed25519 " PUB_BASE64 "AAAA", IR_EPARSE},
        {"ssh-ed25519 " PUB_BASE64 "==", IR_EPARSE},
        {"ssh-ed25519 BAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYj"
         "Ja8CGmj3B1Ea",
         IR_EPARSE},
        {"ssh-rsa AAAAB3NzaC1yc2E=", IR_EREFUSED},
        {"ssh-ed25519-cert-v01@openssh.com AAAA", IR_EREFUSED},
        {"sk-ssh-ed25519@openssh.com AAAA", IR_EREFUSED},
        {"ecdsa-sha2-nistp256 AAAA", IR_EREFUSED},
    };
    struct ir_buf b = {0};
    uint8_t pub[32], want[32] = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_err err = {0};
        int rc;

        memset(pub, 0, sizeof pub);
        rc = ir_sshsig_pubkey_parse(cases[i].line, pub, &err);
        if (rc != cases[i].rc)
            fail_msg("\"%s\": %d, wanted %d", cases[i].line, rc, cases[i].rc);
        if (rc == IR_OK)
            assert_hex(pub, 32, ed25519[0].pub);
        else
            assert_memory_equal(pub, want, 32);
    }
    assert_int_equal(ir_sshsig_pubkey_parse(cases[0].line, pub, NULL), IR_OK);
    ir_sshsig_pubkey(pub, &b);
    assert_string_equal(ir_buf_str(&b), "ssh-ed25519 " PUB_BASE64);
    ir_buf_done(&b);
}

static void
put_file(const char *dir, const char *name, const void *p, size_t n)
{
    char *path = ir_asprintf("%s/%s", dir, name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    free(path);
}

/* Exit status of ssh-keygen -Y verify over dir/M and dir/M.sig. */
static int
ssh_keygen(const char *dir)
{
    char *allowed = ir_asprintf("%s/allowed_signers", dir);
    char *sig = ir_asprintf("%s/M.sig", dir), *m = ir_asprintf("%s/M", dir);
    const char *const argv[] = {"ssh-keygen",  "-Y", "verify", "-f",
                                allowed,       "-I", "sato",   "-n",
                                "ir-entry@v1", "-s", sig,      NULL};
    posix_spawn_file_actions_t fa;
    pid_t pid = 0;
    int st = 0;

    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, 0, m, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
    assert_int_equal(
        posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)argv, environ),
        0);
    posix_spawn_file_actions_destroy(&fa);
    assert_int_equal(waitpid(pid, &st, 0), pid);
    assert_true(WIFEXITED(st));
    free(allowed);
    free(sig);
    free(m);
    return WEXITSTATUS(st);
}

/* Stock ssh-keygen accepts the armour over M, and refuses another M, another
 * key and another signature.
 */
static void
armour_for_ssh_keygen(void **state)
{
    char dir[] = "/tmp/ir-test-XXXXXX", *cmd;
    struct ir_key *k = ir_key_from_seed(a_seed), *other = ir_key_new();
    struct ir_buf armour = {0}, allowed = {0};
    uint8_t blob[IR_SSHSIG_BLOB_BYTES], sig[64];
    const char *m = "what is signed";
    int i;

    (void)state;
    assert_non_null(mkdtemp(dir));
    for (i = 0; i < 4; i++) {
        const struct ir_key *shown = i == 2 ? other : k;

        ir_sshsig_blob(m, strlen(m), blob);
        assert_int_equal(ir_sign(k, blob, sizeof blob, sig, NULL), IR_OK);
        if (i == 3)
            sig[40] ^= 1;
        ir_sshsig_armour(shown->pub, sig, &armour);
        ir_buf_adds(&allowed, "sato namespaces=\"ir-entry@v1\" ");
        ir_sshsig_pubkey(shown->pub, &allowed);
        ir_buf_addc(&allowed, '\n');
        put_file(dir, "M", m, strlen(m) - (i == 1 ? 1 : 0));
        put_file(dir, "M.sig", armour.p, armour.len);
        put_file(dir, "allowed_signers", allowed.p, allowed.len);
        if (i == 0)
            assert_int_equal(ssh_keygen(dir), 0);
        else
            assert_int_not_equal(ssh_keygen(dir), 0);
        ir_buf_done(&armour);
        ir_buf_done(&allowed);
    }
    cmd = ir_asprintf("%s/M", dir);
    assert_int_equal(unlink(cmd), 0);
    free(cmd);
    cmd = ir_asprintf("%s/M.sig", dir);
    assert_int_equal(unlink(cmd), 0);
    free(cmd);
    cmd = ir_asprintf("%s/allowed_signers", dir);
    assert_int_equal(unlink(cmd), 0);
    free(cmd);
    assert_int_equal(rmdir(dir), 0);
    ir_key_free(k);
    ir_key_free(other);
}

static int
begin(void **state)
{
    (void)state;
    return ir_crypt_init(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashing),      cmocka_unit_test(signing),
        cmocka_unit_test(keys),         cmocka_unit_test(keybox_form),
        cmocka_unit_test(keybox_opens), cmocka_unit_test(sshsig_blob),
        cmocka_unit_test(pubkey_lines), cmocka_unit_test(armour_for_ssh_keygen),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
