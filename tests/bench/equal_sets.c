/* equal_sets.c: equal-sets N D WHERE SEED [lan]: all IP bytes until two nodes
 * that hold N entries of 300 bytes, but for D of them, hold the same. The sync
 * engine of the daemon over its HTTPS carrier, on a connection that stands, in
 * a network namespace of its own whose loopback carries 1,500 bytes a packet
 * and joins none; who calls has the lower key id, as with devices that found
 * one another. With lan: over its LAN carrier, sealed, IPv4 alone.
 * Signatures are not checked, nothing is written to disk.
 *
 * WHERE: tail (the newest D are on one side only, by SEED), interleaved (of the
 * newest 2 D every second is missing, on either side in turn), scattered (D
 * anywhere, missing on either side). Counted from when both are told of the
 * link until both hold the same (with D 0: until both have heard so), with what
 * acknowledges it.
 * Prints "ip_bytes N", "packets N", "entry_bytes N", "ms N". Exit 77: no
 * namespace can be made here.
 * Source: ip-netns(8), ethtool(8), /proc/net/dev in proc(5).
 */
#include "base/clock.h"
#include "carrier/https.h"
#include "carrier/lan.h"
#include "core/body.h"
#include "core/kind.h"
#include "core/seal.h"
#include "core/sync.h"
#include "sets.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ENTRY_LEN 300 /* bytes */
#define SETTLE_MS 300
#define LATEST_MS 60000

struct node {
    struct ir_carrier c;
    struct ir_sync *s;
    const struct ir_key *key;
    uint32_t link;
    uint8_t peer[8];
    bool *held; /* by number */
    size_t n;
    bool told; /* the engine knows of the link */
};

static const struct ir_epoch_key sealing = {.epoch = 1};
static const uint8_t site[32];
static bool lan;
static size_t entry_bytes;

/* The number of an entry by its id; n: none has it. */
static size_t
number_of(const uint8_t id[32], size_t n)
{
    static uint32_t *table; /* numbers from 1, by the id's first bytes */
    static size_t size = 1;
    uint8_t other[32];
    uint64_t at;
    size_t i;

    if (table == NULL) {
        while (size < 4 * n)
            size *= 2;
        table = ir_calloc(size, sizeof table[0]);
        for (i = 0; i < n; i++) {
            (void)item(i, other);
            memcpy(&at, other, sizeof at);
            while (table[at % size] != 0)
                at++;
            table[at % size] = (uint32_t)i + 1;
        }
    }
    memcpy(&at, id, sizeof at);
    for (; table[at % size] != 0; at++) {
        i = table[at % size] - 1;
        (void)item(i, other);
        if (memcmp(id, other, 32) == 0)
            return i;
    }
    return n;
}

/* The bytes of entry i, which says its number and is padded to ENTRY_LEN. */
static void
entry(uint64_t i, struct ir_buf *out)
{
    static uint8_t fill[ENTRY_LEN];
    struct ir_entry e = {.h = {.seq = i + 1, .kind = IR_KIND_NOTE}};
    struct ir_buf p = {0}, b = {0}, whole = {0};
    struct ir_bodyw body = {0};
    uint8_t id[32];
    size_t pad;

    e.h.hlc = item(i, id);
    e.h.prio = (uint8_t)ir_lane_prio(IR_LANE_I);
    e.h.has_prev = true;
    memcpy(e.h.prev, id, 32);
    ir_header_encode(&e.h, &p);
    for (pad = ENTRY_LEN; whole.len != ENTRY_LEN;
         pad += (size_t)ENTRY_LEN - whole.len) {
        b.len = whole.len = 0;
        memset(&body, 0, sizeof body);
        ir_bodyw_uint(&body, 1, i);
        ir_bodyw_bytes(&body, 2, fill, pad);
        ir_bodyw_finish(&body, &b);
        e.p = p.p;
        e.p_len = p.len;
        e.b = b.p;
        e.b_len = b.len;
        ir_entry_encode(&e, &whole);
    }
    ir_buf_add(out, whole.p, whole.len);
    ir_buf_done(&p);
    ir_buf_done(&b);
    ir_buf_done(&whole);
}

/* --- what a node keeps ---------------------------------------------------- */

static int
get(void *arg, const uint8_t id[32], struct ir_buf *out)
{
    const struct node *d = arg;
    size_t i = number_of(id, d->n);

    if (i == d->n || !d->held[i])
        return IR_ENOTFOUND;
    entry(i, out);
    return IR_OK;
}

static int
put(void *arg, const uint8_t from[8], struct ir_sync_in *v, size_t n,
    struct ir_err *err)
{
    struct node *d = arg;
    struct ir_entry e;
    uint64_t number;
    size_t i;

    (void)from;
    for (i = 0; i < n; i++) {
        if (ir_entry_parse(v[i].p, v[i].n, &e, err) != IR_OK ||
            !ir_body_uint(&e, 1, &number) || number >= d->n)
            return IR_EPARSE;
        v[i].hlc = item(number, v[i].id);
        v[i].lane = IR_LANE_I;
        v[i].fate = d->held[number] ? IR_SYNC_HAD : IR_SYNC_STORED;
        d->held[number] = true;
        entry_bytes += v[i].n;
    }
    return IR_OK;
}

static int
no_object(void *arg, uint8_t digest[32], uint64_t *off)
{
    (void)arg;
    (void)digest;
    (void)off;
    return IR_ENOTFOUND;
}

static void
some_random(void *arg, void *p, size_t n)
{
    (void)arg;
    ir_random(p, n);
}

/* --- the link ------------------------------------------------------------- */

static void
up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    struct node *d = arg;

    (void)mtu;
    (void)many;
    d->link = link;
    if (!lan)
        ir_key_id(pub, d->peer);
}

static void
down(void *arg, uint32_t link, const char *why)
{
    (void)arg;
    (void)link;
    fprintf(stderr, "the link went down: %s\n", why);
    exit(1);
}

static void
frame(void *arg, uint32_t link, const void *p, size_t n)
{
    struct node *d = arg;
    struct ir_buf plain = {0};

    if (lan && ir_frame_open(&sealing, 1, site, p, n, &plain, NULL) == IR_OK) {
        p = plain.p;
        n = plain.len;
    }
    (void)ir_sync_in(d->s, link, p, n, ir_clock_mono_ms(), NULL);
    ir_buf_done(&plain);
}

static bool
ours(void *arg, const void *p, size_t n)
{
    (void)arg;
    (void)p;
    (void)n;
    return true; /* nobody else is here */
}

static void
give(struct node *d, uint32_t link, const struct ir_buf *b)
{
    struct ir_buf sealed = {0};

    if (lan)
        ir_frame_seal(&sealing, site, b->p, b->len, &sealed);
    (void)ir_carrier_send(&d->c, link, lan ? sealed.p : b->p,
                          lan ? sealed.len : b->len, NULL);
    ir_buf_done(&sealed);
}

/* Do what is due on both, then wait until more is. */
static void
turn(struct node v[2], int64_t until_ms)
{
    static const struct ir_carrier_events ev = {up, down, frame, ours, NULL};
    int64_t now = ir_clock_mono_ms(), next = until_ms, due;
    struct pollfd fd[2];
    struct ir_buf b = {0};
    uint32_t link;
    int i;

    for (i = 0; i < 2; i++) {
        due = ir_carrier_run(&v[i].c, now, &ev, &v[i]);
        next = due < next ? due : next;
        if (v[i].told) {
            due = ir_sync_tick(v[i].s, now);
            next = due < next ? due : next;
        }
        while (v[i].told && ir_sync_out(v[i].s, &link, &b)) {
            give(&v[i], link, &b);
            b.len = 0;
        }
        fd[i].fd = ir_carrier_fd(&v[i].c);
        fd[i].events = POLLIN;
    }
    ir_buf_done(&b);
    (void)poll(fd, 2, next > now ? (int)(next - now) : 0);
}

/* Do both hold everything? Where nothing was missing: do they know it? */
static bool
equal(const struct node v[2])
{
    struct ir_sync_state s;
    size_t trust, rest;
    int i;

    for (i = 0; i < 2; i++) {
        ir_sync_count(v[i].s, &trust, &rest);
        if (rest != v[i].n || !ir_sync_state(v[i].s, v[i].link, &s) ||
            (entry_bytes == 0 && !s.equal))
            return false;
    }
    return true;
}

/* --- the network ---------------------------------------------------------- */

static bool
set(int fd, struct ifreq *r, uint32_t what)
{
    struct ethtool_value v = {what, 0};

    r->ifr_data = (void *)&v;
    return ioctl(fd, SIOCETHTOOL, r) == 0;
}

/* A loopback of our own, whose packets are those of a LAN. */
static bool
network(void)
{
    struct ifreq r = {.ifr_name = "lo"};
    int fd;
    bool ok;

    if (unshare(CLONE_NEWNET) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    r.ifr_mtu = 1500;
    ok = ioctl(fd, SIOCSIFMTU, &r) == 0;
    ok = ok && set(fd, &r, ETHTOOL_STSO) && set(fd, &r, ETHTOOL_SGSO) &&
         set(fd, &r, ETHTOOL_SGRO);
    r.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK | IFF_MULTICAST;
    ok = ok && ioctl(fd, SIOCSIFFLAGS, &r) == 0;
    close(fd);
    return ok;
}

/* Packets and their bytes so far. */
static void
counted(unsigned long long *bytes, unsigned long long *packets)
{
    FILE *f = fopen("/proc/self/net/dev", "re");
    char line[512];
    const char *at;

    *bytes = *packets = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        at = strstr(line, "lo:");
        if (at != NULL)
            (void)sscanf(at + 3, "%llu %llu", bytes, packets);
    }
    if (f != NULL)
        fclose(f);
}

static bool
connect_both(struct node v[2])
{
    struct ir_https_conf conf = {.listen = "127.0.0.1"};
    struct ir_lan_conf on_lan = {.loopback = true, .shared = true};
    char where[32];
    int i;

    for (i = 0; i < 2; i++) {
        conf.node = v[i].key;
        if ((lan ? ir_lan_new(&on_lan, &v[i].c, NULL)
                 : ir_https_new(&conf, &v[i].c, NULL)) != IR_OK)
            return false;
        conf.listen = NULL;
    }
    if (lan)
        return true;
    ir_https_keys(&v[0].c, v[1].key->pub, 1);
    ir_https_keys(&v[1].c, v[0].key->pub, 1);
    (void)snprintf(where, sizeof where, "127.0.0.1:%d",
                   (int)ir_https_port(&v[0].c));
    return ir_https_dial(&v[1].c, where, NULL) == IR_OK;
}

static bool
start(struct node v[2], size_t n)
{
    static const struct ir_sync_home none;
    struct ir_key *key[2] = {ir_key_new(), ir_key_new()};
    uint8_t id[2][8];
    int i;

    ir_key_id(key[0]->pub, id[0]);
    ir_key_id(key[1]->pub, id[1]);
    for (i = 0; i < 2; i++) {
        struct ir_sync_home home = none;
        uint8_t self[8];

        v[i].key = key[memcmp(id[0], id[1], 8) < 0 ? !i : i];
        v[i].held = ir_calloc(n, sizeof v[i].held[0]);
        v[i].n = n;
        home.arg = &v[i];
        home.get = get;
        home.put = put;
        home.object_next = no_object;
        home.random = some_random;
        ir_key_id(v[i].key->pub, self);
        v[i].s = ir_sync_new(self, &home, ir_clock_mono_ms());
    }
    return connect_both(v);
}

/* Who holds what; the engines are told. */
static void
fill(struct node v[2], size_t n, size_t d, const char *where)
{
    size_t i, k, seed_side = seed % 2;

    for (i = 0; i < n; i++)
        v[0].held[i] = v[1].held[i] = true;
    for (k = 0; k < d;) {
        size_t side, at = missing(where, n, k, seed_side, &side);

        if (!v[0].held[at] || !v[1].held[at])
            continue;
        v[side].held[at] = false;
        k++;
    }
    for (i = 0; i < 2 * n; i++) {
        uint8_t id[32];
        uint64_t hlc = item(i / 2, id);

        if (v[i % 2].held[i / 2])
            ir_sync_index(v[i % 2].s, id, hlc, IR_LANE_I);
    }
}

int
main(int argc, char **argv)
{
    unsigned long long bytes, packets, bytes_end, packets_end;
    struct node v[2] = {0};
    int64_t began, end;
    size_t i;

    if (argc < 5 || argc > 6)
        return 2;
    lan = argc == 6 && strcmp(argv[5], "lan") == 0;
    if (ir_crypt_init(NULL) != IR_OK || !network())
        return 77;
    seed = (uint64_t)atoll(argv[4]);
    if (!start(v, (size_t)atoll(argv[1])))
        return 1;
    fill(v, v[0].n, (size_t)atoll(argv[2]), argv[3]);
    (void)number_of((const uint8_t[32]){0}, v[0].n); /* makes its table */
    end = ir_clock_mono_ms() + LATEST_MS;
    while ((v[0].link == 0 || v[1].link == 0) && ir_clock_mono_ms() < end)
        turn(v, ir_clock_mono_ms() + 10);
    for (i = 0; i < 2 && !lan; i++) /* the engine knows no link: dropped */
        (void)ir_carrier_send(&v[i].c, v[i].link, "", 1, NULL);
    for (end = ir_clock_mono_ms() + SETTLE_MS; ir_clock_mono_ms() < end;)
        turn(v, end);
    counted(&bytes, &packets);
    began = ir_clock_mono_ms();
    for (i = 0; i < 2; i++)
        (void)ir_sync_tick(v[i].s, began); /* they were not asked for long */
    for (i = 0; i < 2; i++) {
        ir_sync_link_up(v[i].s, v[i].link, lan ? NULL : v[i].peer,
                        lan ? IR_LAN_MTU - IR_FRAME_OVERHEAD : IR_HTTPS_MTU,
                        lan);
        v[i].told = true;
    }
    for (end = began + LATEST_MS; !equal(v) && ir_clock_mono_ms() < end;)
        turn(v, end);
    if (!equal(v))
        return 1;
    end = ir_clock_mono_ms();
    printf("ms %lld\n", (long long)(end - began));
    for (end += 60; ir_clock_mono_ms() < end;) /* acknowledgements */
        turn(v, end);
    counted(&bytes_end, &packets_end);
    packets_end -= packets;
    printf("packets %llu\nip_bytes %llu\nentry_bytes %zu\n", packets_end,
           bytes_end - bytes, entry_bytes);
    return 0;
}
