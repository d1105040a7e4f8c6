/* test_dir.c: files that are carried by hand: what was written is read again,
 * and whatever else lies there is passed over, and said to be what it is.
 */
#include "base/path.h"
#include "base/scan.h"
#include "carrier/dir.h"
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

static const struct ir_epoch_key key = {.epoch = 1, .key = {1}};
static const struct ir_epoch_key other_key = {.epoch = 1, .key = {2}};
static const uint8_t site[32] = {3}, other_site[32] = {4}, node[8] = {5};

struct stick {
    char path[64];
    struct ir_dir *d;
};

static void
setup(struct stick *s)
{
    assert_int_equal(ir_crypt_init(NULL), IR_OK);
    snprintf(s->path, sizeof s->path, "/tmp/ir-test-dir.XXXXXX");
    assert_non_null(mkdtemp(s->path));
    assert_int_equal(ir_dir_open(s->path, true, &s->d, NULL), IR_OK);
}

static void
teardown(struct stick *s)
{
    pid_t pid;

    ir_dir_close(s->d);
    pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", s->path, (char *)NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What a reader saw. */
struct seen {
    size_t beacons, haves, entries, object_bytes, frames;
    uint8_t node[8];
    size_t stop_after;
};

static int
look(const uint8_t *p, size_t n, void *arg)
{
    struct ir_cbor c = {p, p + n};
    struct seen *s = arg;
    struct ir_frame f;

    s->frames++;
    while (ir_frame_next(&c, &f, NULL) == IR_OK) {
        if (f.type == IR_FRAME_BEACON) {
            s->beacons++;
            memcpy(s->node, f.node, 8);
        } else if (f.type == IR_FRAME_HAVE) {
            s->haves += f.count;
        } else if (f.type == IR_FRAME_ENTRIES) {
            s->entries += f.count;
        } else if (f.type == IR_FRAME_OBJECT) {
            s->object_bytes += f.n;
        }
    }
    return s->stop_after > 0 && s->frames >= s->stop_after ? IR_ENO : IR_OK;
}

/* Put `n` entries and an object of `bytes` into one file. */
static void
put(struct stick *s, const struct ir_epoch_key *k, const uint8_t *of, size_t n,
    size_t bytes)
{
    struct ir_dir_file f;
    uint8_t id[32] = {0}, *text = ir_calloc(bytes + 400, 1);
    struct ir_err err = {0};
    size_t i;

    ir_dir_file_init(&f, k, of, node);
    for (i = 0; i < n; i++) {
        memcpy(id, &i, sizeof i);
        memset(text, 'N', 300);
        ir_dir_file_entry(&f, id, text, 300);
    }
    if (bytes > 0)
        ir_dir_file_object(&f, id, text, bytes);
    if (ir_dir_file_write(s->d, &f, NULL, &err) != IR_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(ir_dir_file_len(&f), 0);
    ir_dir_file_done(&f);
    free(text);
}

/* Read everything; by[] counts what the files were. */
static void
read_all(struct stick *s, struct seen *seen, size_t *by)
{
    struct ir_dir_entry *v;
    size_t n, i;

    memset(by, 0, IR_DIR_END * sizeof *by);
    assert_int_equal(ir_dir_list(s->d, &v, &n, NULL), IR_OK);
    for (i = 0; i < n; i++) {
        seen->frames = 0;
        assert_int_equal(
            ir_dir_read(s->d, &v[i], &key, 1, site, look, seen, NULL), IR_OK);
        by[v[i].what]++;
    }
    free(v);
}

static void
test_there_and_back(void **state)
{
    struct stick s;
    struct seen seen = {0};
    size_t by[IR_DIR_END];

    (void)state;
    setup(&s);
    put(&s, &key, site, 9000, 300000);
    put(&s, &key, site, 1, 0);
    put(&s, &key, site, 0, 0); /* nothing: no file */
    read_all(&s, &seen, by);
    assert_int_equal(by[IR_DIR_GOOD], 2);
    assert_int_equal(seen.beacons, 2);
    assert_memory_equal(seen.node, node, 8);
    assert_int_equal(seen.haves, 9002);
    assert_int_equal(seen.entries, 9001);
    assert_int_equal(seen.object_bytes, 300000);
    /* only the first frame of each */
    memset(&seen, 0, sizeof seen);
    seen.stop_after = 1;
    read_all(&s, &seen, by);
    assert_int_equal(by[IR_DIR_GOOD], 2);
    assert_int_equal(seen.entries, 0);
    teardown(&s);
}

static void
write_file(const struct stick *s, const char *name, const void *p, size_t n)
{
    char path[160];
    FILE *f;

    snprintf(path, sizeof path, "%s/ir/%s", s->path, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* All that may lie on a stick. */
static void
test_odd_files(void **state)
{
    static const char hex[] = "0123456789abcdef0123456789abcde";
    struct stick s;
    struct seen seen = {0};
    size_t by[IR_DIR_END], i;
    char path[160], name[40];
    uint8_t junk[5000];

    (void)state;
    setup(&s);
    put(&s, &key, site, 3, 0);
    put(&s, &other_key, site, 3, 0);
    put(&s, &key, other_site, 3, 0);
    memset(junk, 'J', sizeof junk);
    snprintf(name, sizeof name, "%s1", hex);
    write_file(&s, name, junk, sizeof junk); /* no frame */
    memset(junk, 0, sizeof junk);
    junk[3] = 200;
    snprintf(name, sizeof name, "%s2", hex);
    write_file(&s, name, junk, sizeof junk); /* a frame that does not open */
    snprintf(name, sizeof name, "%s3", hex);
    write_file(&s, name, junk, 3); /* too short */
    write_file(&s, "photo.jpg", junk, sizeof junk);
    for (i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/ir/%s%c", s.path, hex, "abc"[i]);
        if (i == 0)
            assert_int_equal(symlink("/etc/passwd", path), 0);
        else if (i == 1)
            assert_int_equal(mkfifo(path, 0600), 0);
        else
            assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(path, sizeof path, "%s/ir/%sd", s.path, hex);
    write_file(&s, path + strlen(s.path) + 4, junk, 1);
    assert_int_equal(truncate(path, IR_DIR_FILE_MAX + 1), 0);
    read_all(&s, &seen, by);
    assert_int_equal(by[IR_DIR_GOOD], 1);
    assert_int_equal(by[IR_DIR_FOREIGN], 3);
    assert_int_equal(by[IR_DIR_JUNK], 3);
    assert_int_equal(by[IR_DIR_ODD], 3);
    assert_int_equal(by[IR_DIR_HUGE], 1);
    assert_int_equal(seen.entries, 3);
    teardown(&s);
}

/* The only file there is. */
static void
only_file(const struct stick *s, char *path, size_t size)
{
    char sub[72];
    struct dirent *de;
    DIR *d;

    snprintf(sub, sizeof sub, "%s/ir", s->path);
    d = opendir(sub);
    assert_non_null(d);
    while ((de = readdir(d)) != NULL)
        if (de->d_name[0] != '.')
            snprintf(path, size, "%s/%s", sub, de->d_name);
    closedir(d);
}

/* Cut or changed anywhere: never more is read than was written, and it is said
 * that the file is not whole. */
static void
test_torn(void **state)
{
    struct stick s;
    struct stat sb;
    char path[400] = "";
    size_t by[IR_DIR_END], cut, whole;

    (void)state;
    setup(&s);
    put(&s, &key, site, 450, 0);
    only_file(&s, path, sizeof path);
    assert_int_equal(stat(path, &sb), 0);
    whole = (size_t)sb.st_size;
    for (cut = 1; cut < whole; cut += 997) {
        struct seen seen = {0};

        assert_int_equal(truncate(path, (off_t)(whole - cut)), 0);
        read_all(&s, &seen, by);
        assert_true(seen.entries <= 450);
        assert_int_equal(by[IR_DIR_TORN] + by[IR_DIR_JUNK], 1);
    }
    teardown(&s);
    setup(&s);
    put(&s, &key, site, 450, 0);
    only_file(&s, path, sizeof path);
    for (cut = 0; cut < whole; cut += 1499) {
        struct seen seen = {0};
        int fd = open(path, O_RDWR), c;
        uint8_t b;

        assert_true(fd >= 0);
        assert_int_equal(pread(fd, &b, 1, (off_t)cut), 1);
        for (c = 0; c < 2; c++) { /* changed, and put back */
            b ^= 0x40;
            assert_int_equal(pwrite(fd, &b, 1, (off_t)cut), 1);
            if (c == 0)
                read_all(&s, &seen, by);
        }
        close(fd);
        assert_int_equal(by[IR_DIR_GOOD], 0);
        assert_true(seen.entries <= 450);
    }
    teardown(&s);
}

/* No room: said in words, and no half file is left under any name. */
static void
test_full(void **state)
{
    struct stick s;
    struct ir_dir_file f;
    struct ir_err err = {0};
    struct rlimit was, small;
    struct ir_dir_entry *v;
    uint8_t id[32] = {1}, text[60000] = {0};
    size_t n, len;

    (void)state;
    setup(&s);
    ir_dir_file_init(&f, &key, site, node);
    ir_dir_file_entry(&f, id, text, sizeof text);
    len = ir_dir_file_len(&f);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 20000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(ir_dir_file_write(s.d, &f, NULL, &err), IR_EIO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_true(ir_dir_file_len(&f) >= len);
    assert_int_equal(ir_dir_list(s.d, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 0);
    free(v);
    assert_int_equal(ir_dir_file_write(s.d, &f, NULL, &err),
                     IR_OK); /* with room */
    {
        struct seen seen = {0};
        size_t by[IR_DIR_END];

        read_all(&s, &seen, by);
        assert_int_equal(seen.entries, 1);
        assert_int_equal(by[IR_DIR_GOOD], 1);
    }
    ir_dir_file_done(&f);
    teardown(&s);
}

/* What a killed writer left is no file, and goes when it is old. */
static void
test_left_behind(void **state)
{
    struct stick s;
    struct ir_dir_entry *v;
    char path[160];
    struct utimbuf old = {.actime = 1, .modtime = 1};
    size_t n;

    (void)state;
    setup(&s);
    write_file(&s, ".tmp-0123456789abcdef", "half", 4);
    snprintf(path, sizeof path, "%s/ir/.tmp-0123456789abcdef", s.path);
    assert_int_equal(ir_dir_list(s.d, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 0);
    free(v);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(utime(path, &old), 0);
    assert_int_equal(ir_dir_list(s.d, &v, &n, NULL), IR_OK);
    free(v);
    assert_int_not_equal(access(path, F_OK), 0);
    teardown(&s);
}

static void
test_open(void **state)
{
    struct ir_dir *d = NULL;
    struct ir_err err = {0};
    char path[] = "/tmp/ir-test-dir.XXXXXX", sub[64];

    (void)state;
    assert_int_equal(ir_dir_open("/tmp/ir-no-such-dir", true, &d, &err),
                     IR_ENOTFOUND);
    assert_true(err.hint[0] != '\0');
    assert_non_null(mkdtemp(path));
    assert_int_equal(ir_dir_open(path, false, &d, &err), IR_ENOTFOUND);
    snprintf(sub, sizeof sub, "%s/ir", path);
    assert_int_equal(symlink("/tmp", sub), 0);
    assert_int_equal(ir_dir_open(path, false, &d, &err), IR_EREFUSED);
    assert_int_not_equal(ir_dir_open(path, true, &d, &err), IR_OK);
    assert_int_equal(unlink(sub), 0);
    assert_int_equal(rmdir(path), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_torn),           cmocka_unit_test(test_full),
        cmocka_unit_test(test_left_behind),    cmocka_unit_test(test_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
