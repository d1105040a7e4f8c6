/* fuzz_ingest.c: batches of hostile bytes taken into a home of the site of
 * docs/format.md's examples. Whatever comes, what is kept passes the check of
 * `ir verify`, what is given out parses, and a second time nothing is new.
 *
 * An input is entries, each behind two bytes of length; the first byte says how
 * many go into one batch.
 */
#include "fuzz.h"
#include "store/check.h"
#include "store/ingest.h"
#include "store/offer.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_MAX 32

static const uint8_t site[IR_ID_BYTES] = {
    0xc7, 0xba, 0x20, 0xf4, 0xe6, 0x4d, 0xa7, 0xab, 0x11, 0x1f, 0x76,
    0x0d, 0x70, 0x7b, 0xcf, 0x7a, 0xd6, 0x76, 0xd4, 0xe1, 0x88, 0x29,
    0x25, 0xbd, 0xbe, 0x53, 0x29, 0xe1, 0xbb, 0xbd, 0x51, 0x37};

static char dir[32];

/* One home serves all inputs: there is little that these keys have signed. */
static void
remove_files(void)
{
    static const char *const name[] = {"ir.db", "ir.db-wal", "ir.db-shm"};
    char path[64];
    size_t i;

    for (i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, name[i]);
        (void)unlink(path);
    }
}

static void
remove_dir(void)
{
    remove_files();
    (void)rmdir(dir);
}

static struct ir_store *
open_home(void)
{
    struct ir_store *st = NULL;

    if (dir[0] == '\0') {
        snprintf(dir, sizeof dir, "%s/ir-fuzz.XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        MUST(mkdtemp(dir) != NULL && chmod(dir, 0700) == 0);
        MUST(ir_crypt_init(NULL) == IR_OK);
        MUST(atexit(remove_dir) == 0);
        MUST(ir_store_open(dir, IR_STORE_CREATE, &st, NULL) == IR_OK);
        MUST(ir_store_site_set(st, site, NULL) == IR_OK);
        return st;
    }
    MUST(ir_store_open(dir, IR_STORE_WRITE, &st, NULL) == IR_OK);
    return st;
}

static bool
parses(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane, void *arg)
{
    struct ir_ingest *g = arg;
    struct ir_buf b = {0};
    struct ir_entry e;

    (void)hlc;
    (void)lane;
    MUST(ir_offer_get(ir_ingest_store(g), ir_ingest_stand(g), id, &b, NULL) ==
         IR_OK);
    MUST(ir_entry_parse(b.p, b.len, &e, NULL) == IR_OK);
    ir_entry_id(&e, site);
    MUST(memcmp(e.id, id, IR_ID_BYTES) == 0);
    ir_buf_done(&b);
    return true;
}

static void
take_in(struct ir_ingest *g, const uint8_t *p, size_t n, size_t some,
        bool again)
{
    struct ir_arrival v[BATCH_MAX];
    size_t k = 0, i;

    while (n >= 2) {
        size_t len = (size_t)(p[0] << 8 | p[1]);

        len = len < n - 2 ? len : n - 2;
        memset(&v[k], 0, sizeof v[k]);
        v[k].p = p + 2;
        v[k++].n = len;
        p += 2 + len;
        n -= 2 + len;
        if (k < some && n >= 2)
            continue;
        MUST(ir_ingest_batch(g, NULL, v, k, NULL) == IR_OK);
        for (i = 0; i < k && again; i++)
            MUST(v[i].what != IR_ARRIVED_NEW && v[i].what < IR_ARRIVED_END);
        k = 0;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_store *st;
    struct ir_ingest *g = NULL;
    struct ir_check k = {0};
    size_t i, some;

    if (size < 3)
        return 0;
    some = 1 + data[0] % BATCH_MAX;
    st = open_home();
    MUST(ir_ingest_new(st, "dir", &g, NULL) == IR_OK);
    for (i = 0; i < 4; i++) /* what waits for a certificate comes again */
        take_in(g, data + 1, size - 1, some, false);
    take_in(g, data + 1, size - 1, some, true);
    MUST(ir_store_check(st, ir_stand_trust(ir_ingest_stand(g)), false, 1, NULL,
                        NULL, &k, NULL) == IR_OK);
    for (i = 0; i < k.bad_n; i++)
        MUST(k.bad[i].why == IR_CHECK_MISSING || k.bad[i].why == IR_CHECK_PREV);
    MUST(k.unknown_signer == 0 ||
         ir_stand_trust(ir_ingest_stand(g))->members_n == 0);
    MUST(ir_offer_each(st, ir_ingest_stand(g), true, parses, g, NULL) == IR_OK);
    ir_check_done(&k);
    ir_ingest_free(g);
    ir_store_close(st);
    return 0;
}
