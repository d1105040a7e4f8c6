/* node_knock.c: `ird --join`: the network for `ir mesh join`, which links none.
 * It finds who made an invitation, brings the request there and the answer
 * back. It has no home and opens nothing of what it carries.
 *
 * Standard input: one JSON object {"secret", "request": hex, "at": [HOST:PORT]
 * or absent: look on the LAN}. Standard output: a line of JSON {"result",
 * "where", "why", "detail", "heard", "faces", "bytes"}, then `bytes` bytes.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/scan.h"
#include "carrier/https.h"
#include "carrier/lan.h"
#include "cmd/node_in.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX 65536
#define LOOK_MS 4000    /* on the LAN, for somebody who answers */
#define NO_FACE_MS 1000 /* for an interface, where there is none */
#define ASKS_MAX 64     /* datagrams whose answers are known */
#define FACES_MAX 16    /* interfaces that are asked on */
#define FOUND_MAX 8     /* places that answered */

struct knock {
    uint8_t secret[IR_JOIN_SECRET_BYTES], id[IR_JOIN_ID_BYTES];
    struct ir_buf request;
    struct ir_json *in;
    struct ir_carrier lan;
    uint32_t faces[FACES_MAX];
    size_t faces_n, faces_seen;
    uint8_t asks[ASKS_MAX][IR_JOIN_ASK_BYTES];
    size_t asks_n; /* that were sent; the newest are kept */
    char found[FOUND_MAX][IR_CARRIER_WHERE_MAX];
    size_t found_n;
    bool deaf; /* somebody answered whose HTTPS is off */
};

static void
on_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    struct knock *k = arg;

    (void)pub;
    (void)mtu;
    if (many && k->faces_n < FACES_MAX) {
        k->faces[k->faces_n++] = link;
        k->faces_seen++;
    }
}

static void
on_down(void *arg, uint32_t link, const char *why)
{
    struct knock *k = arg;
    size_t i;

    (void)why;
    for (i = 0; i < k->faces_n; i++)
        if (k->faces[i] == link)
            k->faces[i] = k->faces[--k->faces_n];
}

/* Is it the answer to one of our datagrams? */
static bool
opens(const struct knock *k, const void *p, size_t n, uint16_t *port)
{
    size_t i, m = k->asks_n < ASKS_MAX ? k->asks_n : ASKS_MAX;

    for (i = 0; n == IR_JOIN_HERE_BYTES && i < m; i++)
        if (ir_join_here_open(k->secret, k->asks[i], IR_JOIN_ASK_BYTES, p, n,
                              port))
            return true;
    return false;
}

static bool
on_ours(void *arg, const void *p, size_t n)
{
    uint16_t port;

    return opens(arg, p, n, &port);
}

static void
on_frame(void *arg, uint32_t link, const void *p, size_t n)
{
    struct knock *k = arg;
    char host[IR_LAN_ADDRESS_MAX], where[IR_CARRIER_WHERE_MAX];
    uint16_t port = 0;
    size_t i;

    if (!opens(k, p, n, &port) || !ir_lan_address(&k->lan, link, host))
        return;
    if (port == 0) {
        k->deaf = true;
        return;
    }
    snprintf(where, sizeof where, "%s:%d", host, (int)port);
    for (i = 0; i < k->found_n; i++)
        if (strcmp(k->found[i], where) == 0)
            return;
    if (k->found_n < FOUND_MAX)
        memcpy(k->found[k->found_n++], where, sizeof where);
}

/* One datagram on each interface, another one each time. */
static void
ask_all(struct knock *k)
{
    struct ir_err err;
    size_t i;

    for (i = 0; i < k->faces_n; i++) {
        struct ir_buf b = {0};

        ir_join_ask(k->secret, &b);
        memcpy(k->asks[k->asks_n++ % ASKS_MAX], b.p, IR_JOIN_ASK_BYTES);
        (void)ir_carrier_send(&k->lan, k->faces[i], b.p, b.len, &err);
        ir_buf_done(&b);
    }
}

/* Look on the LAN until somebody new is found, or the time is over. */
static void
look(struct knock *k, int64_t until)
{
    static const struct ir_carrier_events ev = {on_up, on_down, on_frame,
                                                on_ours, NULL};
    int64_t pause = 150, again = 0, now = ir_clock_mono_ms(), due;
    int64_t none = now + NO_FACE_MS;
    size_t had = k->found_n;

    for (; now < until && k->found_n == had; now = ir_clock_mono_ms()) {
        struct pollfd p = {.fd = ir_carrier_fd(&k->lan), .events = POLLIN};

        due = ir_carrier_run(&k->lan, now, &ev, k);
        if (now >= again) {
            ask_all(k);
            again = now + pause;
            pause *= 2;
        }
        due = due < again ? due : again;
        due = due < until ? due : until;
        if (k->faces_seen == 0 && now >= none)
            return;
        due = k->faces_seen == 0 && none < due ? none : due;
        if (k->found_n == had && due > now)
            (void)poll(&p, 1, (int)(due - now));
    }
}

/* Is this result worth going on for elsewhere? */
static bool
no_matter(const struct ir_https_knock *r)
{
    return r->status == 0 || r->status == 404 || r->status == 429 ||
           r->status == 503;
}

static const char *
result(const struct ir_https_knock *r)
{
    switch (r->status) {
    case 200:
        return "answer";
    case 202:
        return "waiting";
    case 404:
        return "unknown";
    case 429:
    case 503:
        return "later";
    case 0:
        return "broken";
    default:
        return r->word[0] != '\0' ? "refused" : "other";
    }
}

/* Knock at one place; the newest result takes the place of the one before. */
static int
knock_at(struct knock *k, const char *where, struct ir_https_knock *r,
         char at[IR_CARRIER_WHERE_MAX], struct ir_err *err)
{
    ir_buf_done(&r->answer);
    snprintf(at, IR_CARRIER_WHERE_MAX, "%s", where);
    return ir_https_knock(where, k->id, k->request.p, k->request.len, r, err);
}

static int
by_lan(struct knock *k, struct ir_https_knock *r, char at[IR_CARRIER_WHERE_MAX],
       struct ir_err *err)
{
    struct ir_lan_conf conf = {.shared = true};
    int64_t until = ir_clock_mono_ms() + LOOK_MS;
    size_t tried = 0;
    int rc = ir_lan_new(&conf, &k->lan, err);
    bool on = rc == IR_OK;

    while (on) {
        look(k, until);
        on = tried < k->found_n;
        while (on && rc == IR_OK && tried < k->found_n) {
            rc = knock_at(k, k->found[tried++], r, at, err);
            on = rc == IR_OK && no_matter(r);
        }
    }
    if (rc == IR_OK || k->lan.ops != NULL)
        ir_carrier_close(&k->lan);
    return rc;
}

static int
by_name(struct knock *k, const struct ir_json *at_list,
        struct ir_https_knock *r, char at[IR_CARRIER_WHERE_MAX],
        struct ir_err *err)
{
    size_t i, n = ir_json_len(at_list);
    int rc = IR_OK;

    for (i = 0; rc == IR_OK && i < n && (i == 0 || no_matter(r)); i++) {
        const char *where = ir_json_str(ir_json_at(at_list, i));

        rc = knock_at(k, where != NULL ? where : "", r, at, err);
    }
    return rc;
}

static int
read_input(struct knock *k, struct ir_err *err)
{
    struct ir_buf b = {0};
    char block[4096];
    const char *hex;
    ssize_t got;
    int rc;

    while (b.len <= INPUT_MAX &&
           (got = read(STDIN_FILENO, block, sizeof block)) > 0)
        ir_buf_add(&b, block, (size_t)got);
    rc = b.len <= INPUT_MAX ? ir_json_parse(ir_buf_str(&b), b.len, &k->in, err)
                            : ir_fail(err, IR_ELIMIT, "standard input");
    if (rc == IR_OK)
        rc = ir_scan_hex(ir_json_get_str(k->in, "secret", ""), k->secret,
                         sizeof k->secret, err);
    hex = ir_json_get_str(k->in, "request", "");
    if (rc == IR_OK && strlen(hex) / 2 <= IR_JOIN_REQUEST_MAX) {
        uint8_t bytes[IR_JOIN_REQUEST_MAX];

        rc = ir_scan_hex(hex, bytes, strlen(hex) / 2, err);
        if (rc == IR_OK)
            ir_buf_add(&k->request, bytes, strlen(hex) / 2);
    }
    ir_join_id(k->secret, k->id);
    if (b.len > 0)
        ir_wipe(b.p, b.len);
    ir_buf_done(&b);
    ir_wipe(block, sizeof block);
    return rc;
}

static void
write_out(const struct knock *k, const struct ir_https_knock *r, const char *at)
{
    struct ir_json *j = ir_json_new_obj();
    bool answer = r->status == 200;
    char *text;

    ir_json_set_str(j, "result",
                    at[0] != '\0' ? result(r)
                    : k->deaf     ? "deaf"
                                  : "nobody");
    ir_json_set_str(j, "where", at);
    ir_json_set_str(j, "why", r->status == 0 ? r->why : r->word);
    ir_json_set_str(j, "detail", r->detail);
    ir_json_set_int(j, "status", r->status);
    ir_json_set_int(j, "faces", (int64_t)k->faces_seen);
    ir_json_set_int(j, "bytes", answer ? (int64_t)r->answer.len : 0);
    text = ir_json_text(j, 0);
    printf("%s\n", text);
    if (answer)
        (void)fwrite(r->answer.p, 1, r->answer.len, stdout);
    (void)fflush(stdout);
    free(text);
    ir_json_free(j);
}

int
ir_node_knock(struct ir_err *err)
{
    struct knock *k = ir_calloc(1, sizeof *k);
    struct ir_https_knock r = {0};
    char at[IR_CARRIER_WHERE_MAX] = "";
    const struct ir_json *list;
    int rc = read_input(k, err);

    list = rc == IR_OK ? ir_json_get(k->in, "at") : NULL;
    if (rc == IR_OK)
        rc = ir_json_len(list) > 0 ? by_name(k, list, &r, at, err)
                                   : by_lan(k, &r, at, err);
    if (rc == IR_OK)
        write_out(k, &r, at);
    ir_buf_done(&r.answer);
    ir_buf_done(&k->request);
    ir_json_free(k->in);
    ir_wipe(k, sizeof *k);
    free(k);
    return rc;
}
