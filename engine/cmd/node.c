/* node.c: see node.h. Opening the home, one step of the loop, ending. */
#include "cmd/node.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/wake.h"
#include "cmd/canary.h"
#include "cmd/keyring.h"
#include "cmd/node_in.h"
#include "cmd/sender.h"
#include "cmd/witness.h"
#include "store/offer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BY_HAND "dir"      /* the carrier of which the daemon is not told */
#define LOOK_MS 2000       /* the log is looked at this often even if unwoken */
#define TELL_MS 10000      /* what came is told this often at most */
#define SETTLE_MS 1500     /* after something new, before it is witnessed... */
#define SEND_LOOK_MS 1000  /* whether something is to be sent to people */
#define JUMP_MS 60000      /* a clock that differs by more was set */
#define SEND_AGAIN_MS 5000 /* after a sender was started */

static void
push(const struct ir_entry *e, void *arg)
{
    struct ir_node *n = arg;

    ir_sync_local(n->sync, e->id, e->h.hlc, (int)ir_kind_lane(e->h.kind),
                  e->h.prio, n->now_ms);
}

static void
offer_one(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane, bool offered,
          void *arg)
{
    if (offered)
        ir_sync_index(arg, id, hlc, lane);
    else
        ir_sync_drop(arg, id, hlc, lane);
}

/* Tell the HTTPS carrier who may connect. */
static void
welcome(struct ir_node *n)
{
    const struct ir_trust *t = &n->c->trust;
    uint8_t *keys;
    size_t i, m = 0;

    if (n->carriers[IR_NODE_HTTPS].ops == NULL)
        return;
    keys = ir_calloc(t->keys_n + 1, IR_PUBKEY_BYTES);
    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node &&
            (!t->keys[i].revoked || ir_node_last_due(n, t->keys[i].key_id)))
            memcpy(keys + m++ * IR_PUBKEY_BYTES, t->keys[i].pub,
                   IR_PUBKEY_BYTES);
    ir_https_keys(&n->carriers[IR_NODE_HTTPS], keys, m);
    free(keys);
}

static void
say_own(const char *text, const char *hint, void *arg)
{
    (void)arg;
    ir_node_say("%s (%s)", text, hint);
}

static void
say_nothing(const char *text, const char *hint, void *arg)
{
    (void)text;
    (void)hint;
    (void)arg;
}

/* What has become of the keys of this home: said when it changes. */
static void
look_at_own(struct ir_node *n)
{
    size_t revoked = ir_own_revoked(n->c, say_nothing, NULL);

    if (revoked > n->revoked)
        (void)ir_own_revoked(n->c, say_own, NULL);
    n->revoked = revoked;
    if (n->back.n == 0) {
        ir_own_back_done(&n->back);
        ir_own_back_begin(n->c, &n->back);
    }
}

int
ir_node_trust(struct ir_node *n, struct ir_err *err)
{
    struct ir_stand *s = ir_ingest_stand(n->ingest);
    struct ir_epoch_key *keys = NULL;
    size_t keys_n = 0;
    int rc = ir_ctx_trust(n->c);

    if (rc == IR_OK)
        rc = ir_ctx_open_keys(n->c, &keys, &keys_n, &n->may_seal);
    if (rc != IR_OK) {
        *err = n->c->err;
        return rc;
    }
    ir_epoch_keys_free(n->keys, n->keys_n);
    n->keys = keys;
    n->keys_n = keys_n;
    n->near_known = false;
    look_at_own(n);
    ir_node_last_trust(n);
    welcome(n);
    return ir_offer_changed(n->c->st, s, &n->was, offer_one, n->sync, err);
}

static bool
same_conf(const struct ir_mesh_conf *a, const struct ir_mesh_conf *b)
{
    size_t i;

    if (a->lan != b->lan || a->https != b->https || a->port != b->port ||
        strcmp(a->listen, b->listen) != 0 || a->peers_n != b->peers_n)
        return false;
    for (i = 0; i < a->peers_n; i++)
        if (strcmp(a->peers[i], b->peers[i]) != 0)
            return false;
    return true;
}

/* Settings are taken up when they have changed. */
static void
take_settings(struct ir_node *n)
{
    struct ir_mesh_conf fresh;

    ir_mesh_conf_load(n->c->st, &fresh);
    if (same_conf(&fresh, &n->conf) && !n->reload) {
        ir_mesh_conf_done(&fresh);
        return;
    }
    n->reload = false;
    ir_mesh_conf_done(&n->conf);
    n->conf = fresh;
    ir_node_carriers(n);
    welcome(n);
}

/* Trust may have changed by what was recorded here or by what came. */
static void
look_at_trust(struct ir_node *n)
{
    struct ir_err err;

    if (ir_stand_turn(ir_ingest_stand(n->ingest)) == n->turn)
        return;
    n->turn = ir_stand_turn(ir_ingest_stand(n->ingest));
    n->comms_site = true;
    if (ir_node_trust(n, &err) != IR_OK)
        ir_node_say("%s", err.msg);
}

/* Has anybody recorded or changed something? Who does says so. */
static void
look(struct ir_node *n, bool woken)
{
    int64_t version;
    struct ir_stand *s = ir_ingest_stand(n->ingest);
    struct ir_err err;

    if (!woken && !n->wrote && !n->reload && n->version != -1 &&
        n->now_ms - n->look_ms < LOOK_MS)
        return;
    n->look_ms = n->now_ms;
    version = ir_store_version(n->c->st);
    if (version != n->version || n->wrote || n->reload) {
        n->version = version;
        n->wrote = false;
        take_settings(n);
        ir_node_invites(n, true);
        if (ir_stand_refresh(s, &err) != IR_OK ||
            ir_offer_since(n->c->st, s, BY_HAND, &n->row, push, n, &err) !=
                IR_OK) {
            ir_node_say("%s", err.msg);
            n->version = -1; /* again next time */
        }
    }
    ir_node_invites(n, false);
    look_at_trust(n);
}

/* Sign what is owed: that alerts are here, and what others recorded, when it
 * has settled. What is written is pushed by the next look.
 */
static void
sign_owed(struct ir_node *n)
{
    bool receipts = n->receipt_ms != 0 && n->now_ms >= n->receipt_ms;
    bool witness = n->witness_ms != 0 && n->now_ms >= n->witness_ms;
    struct ir_now now;
    struct ir_err err;
    size_t wrote = 0, heads = 0;

    if (!receipts && !witness)
        return;
    ir_clock_now(&now);
    if (receipts) {
        n->receipt_ms = 0;
        if (ir_alert_receipts(n->c->st, &n->c->trust, n->key, &now, &wrote,
                              &err) != IR_OK)
            ir_node_say("%s", err.msg);
    }
    if (witness) {
        n->witness_ms = 0;
        if (ir_witness_write(n->c->st, &n->c->trust, n->key, &now, &heads,
                             &err) != IR_OK)
            ir_node_say("%s", err.msg);
        ir_witness_view(n->c->st, false);
    }
    if (wrote + heads > 0)
        n->wrote = true; /* one's own commits do not show as others' do */
}

/* Something was judged: what is worth saying, and witnessing. */
static void
on_told(const struct ir_arrival *v, size_t m, void *arg)
{
    struct ir_node *n = arg;
    bool full = false;
    int64_t came = 0;
    size_t i;

    for (i = 0; i < m; i++) {
        bool fresh = v[i].what == IR_ARRIVED_NEW;

        n->comms_came = n->comms_came || (fresh && ir_comms_wakes(v[i].kind));
        came += fresh ? 1 : 0;
        if (fresh)
            ir_own_back_add(&n->back, v[i].author, v[i].hlc);
        if (fresh && v[i].kind == IR_KIND_ALERT && n->receipt_ms == 0)
            n->receipt_ms = n->now_ms + ir_node_receipt_wait(n);
        if (fresh && n->witness_ms == 0)
            n->witness_ms = n->now_ms + SETTLE_MS + ir_node_witness_wait(n);
        full = full || v[i].what == IR_ARRIVED_DISK;
    }
    if (came > 0)
        ir_node_count(n, n->from, n->from_which, came, 0);
    if (full && !n->disk_full)
        ir_node_say(_("the disk is nearly full: what others record is not "
                      "stored here until there is room"));
    if (m > 0)
        n->disk_full = full;
}

/* Say how much came, now and then. */
static void
tell(struct ir_node *n)
{
    const struct ir_sync_home_of *h = &n->home_of;

    if (n->back.n > 0 &&
        (n->back_ms == 0 || n->now_ms - n->back_ms >= TELL_MS)) {
        ir_own_back_tell(n->c, &n->back, say_own, NULL);
        n->back_ms = n->now_ms;
    }
    if ((h->stored == n->told_stored && h->refused == n->told_refused) ||
        n->now_ms - n->told_ms < TELL_MS)
        return;
    if (h->stored != n->told_stored)
        ir_node_say(_("new entries: %llu"),
                    (unsigned long long)(h->stored - n->told_stored));
    if (h->refused != n->told_refused)
        ir_node_say(_("entries refused: %llu (ir mesh status says why)"),
                    (unsigned long long)(h->refused - n->told_refused));
    n->told_stored = h->stored;
    n->told_refused = h->refused;
    n->told_ms = n->now_ms;
}

/* Was the clock set since the last look, by more than a minute? Then what was
 * said of when something is due means nothing. */
static bool
clock_jumped(struct ir_node *n, int64_t since_ms)
{
    int64_t was = n->wall_ms;
    struct ir_now now;

    ir_clock_now(&now);
    n->wall_ms = now.wall_ms;
    return was == 0 || now.wall_ms < was + since_ms - JUMP_MS ||
           now.wall_ms > was + since_ms + JUMP_MS;
}

/* Start the sender when something is due: what came may say that an alert of
 * this device may go out, or is over. */
static void
send_due(struct ir_node *n)
{
    struct ir_err err;

    if (n->now_ms < n->comms_ms)
        return;
    if (clock_jumped(n, n->now_ms - n->seen_ms) &&
        ir_comms_next(n->c) != INT64_MAX)
        n->comms_came = true;
    n->seen_ms = n->now_ms;
    n->comms_ms = n->now_ms + SEND_LOOK_MS;
    if (n->comms_site)
        ir_ctx_site(n->c, NULL);
    n->comms_site = false;
    if (n->comms_came && ir_comms_mark(n->c, &err) == IR_OK)
        n->comms_came = false;
    ir_canary_kick(n->c);
    if (ir_comms_kick_due(n->c))
        n->comms_ms = n->now_ms + SEND_AGAIN_MS;
}

static int64_t
step(void *arg, int64_t now_ms)
{
    struct ir_node *n = arg;
    int64_t next;
    bool woken = ir_wake_drain(n->wake_fd);

    n->now_ms = now_ms;
    sign_owed(n);
    look(n, woken);
    next = ir_node_move(n);
    look_at_trust(n);
    if (ir_node_last_tick(n, &next))
        welcome(n);
    ir_node_dial(n);
    send_due(n);
    tell(n);
    ir_node_met(n, false);
    ir_node_state(n, false);
    if (n->receipt_ms != 0 && n->receipt_ms < next)
        next = n->receipt_ms;
    if (n->witness_ms != 0 && n->witness_ms < next)
        next = n->witness_ms;
    return next < now_ms + LOOK_MS ? next : now_ms + LOOK_MS;
}

static void
on_signal(void *arg, int signo)
{
    struct ir_node *n = arg;

    if (signo == SIGHUP) {
        n->reload = true;
        return;
    }
    n->ending = true;
    ir_loop_stop(n->loop);
}

/* One daemon a home: a lock that goes with the process. */
static int
lock(struct ir_node *n, struct ir_err *err)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    n->lock_fd = openat(n->home_fd, "ird.lock",
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (n->lock_fd < 0)
        return ir_fail(err, IR_EIO, "%s/ird.lock: %s", n->c->home,
                       strerror(errno));
    if (fcntl(n->lock_fd, F_OFD_SETLK, &fl) != 0)
        return ir_fail(err, IR_EBUSY, _("another ird runs for %s"), n->c->home);
    return IR_OK;
}

/* Tell systemd, if it asked, that the daemon is ready.
 *
 * Source: sd_notify(3), "Notes".
 */
static void
notify_ready(void)
{
    const char *to = getenv("NOTIFY_SOCKET");
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    size_t len = to != NULL ? strlen(to) : 0;
    int s;

    if (len == 0 || len >= sizeof sa.sun_path || (*to != '/' && *to != '@'))
        return;
    memcpy(sa.sun_path, to, len);
    if (*to == '@')
        sa.sun_path[0] = '\0';
    s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        return;
    (void)sendto(s, "READY=1", 7, MSG_NOSIGNAL, (const struct sockaddr *)&sa,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(s);
}

static int
open_home(struct ir_node *n, struct ir_err *err)
{
    struct ir_ctx *c = n->c;
    int rc = ir_ctx_open(c, true);

    if (rc != IR_OK) {
        *err = c->err;
        return rc;
    }
    n->home_fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (n->home_fd < 0)
        return ir_fail(err, IR_EIO, "%s: %s", c->home, strerror(errno));
    rc = lock(n, err);
    if (rc == IR_OK)
        rc = ir_keyring_node(n->home_fd, &n->key, err);
    if (rc == IR_OK)
        rc = ir_wake_listen(n->home_fd, IR_WAKE_IRD, &n->wake_fd, err);
    if (rc == IR_OK)
        ir_key_id(n->key->pub, n->self);
    return rc;
}

static int
begin(struct ir_node *n, struct ir_err *err)
{
    static const struct ir_loop_ops ops = {step, on_signal};
    struct ir_sync_home home;
    int rc = ir_loop_new(&ops, n, &n->loop, err);

    if (rc == IR_OK)
        rc = ir_ingest_new(n->c->st, "https", &n->ingest, err);
    if (rc != IR_OK)
        return rc;
    n->now_ms = ir_clock_mono_ms();
    ir_sync_home_of(n->ingest, &n->home_of, &home);
    n->home_of.told = on_told;
    n->home_of.told_arg = n;
    n->sync = ir_sync_new(n->self, &home, n->now_ms);
    n->turn = ir_stand_turn(ir_ingest_stand(n->ingest));
    n->version = ir_store_version(n->c->st);
    rc = ir_offer_newest(n->c->st, &n->row, err);
    if (rc == IR_OK)
        rc = ir_node_trust(n, err);
    if (rc == IR_OK)
        rc = ir_loop_watch(n->loop, n->wake_fd, err);
    if (rc != IR_OK)
        return rc;
    ir_mesh_conf_load(n->c->st, &n->conf);
    ir_node_carriers(n);
    welcome(n);
    return IR_OK;
}

static void
end(struct ir_node *n)
{
    int i;

    if (n->sync != NULL && n->ending) {
        ir_node_met(n, true);
        ir_node_state(n, true);
    }
    free(n->state);
    for (i = 0; i < IR_NODE_CARRIERS; i++)
        ir_carrier_close(&n->carriers[i]);
    if (n->sync != NULL)
        ir_sync_free(n->sync);
    ir_sync_home_of_done(&n->home_of);
    ir_ingest_free(n->ingest);
    ir_epoch_keys_free(n->keys, n->keys_n);
    ir_loop_free(n->loop);
    ir_mesh_conf_done(&n->conf);
    ir_own_back_done(&n->back);
    ir_key_free(n->key);
    if (n->wake_fd >= 0) {
        (void)unlinkat(n->home_fd, IR_WAKE_IRD, 0);
        close(n->wake_fd);
    }
    if (n->lock_fd >= 0)
        close(n->lock_fd);
    if (n->home_fd >= 0)
        close(n->home_fd);
    ir_wipe(n->invites, sizeof n->invites);
    free(n->links);
    free(n->lasts);
    ir_offer_was_free(n->was);
    free(n->heard);
    free(n->met);
}

/* The words it was started with; n->ending: all is said already. */
static int
words(struct ir_node *n, int argc, char **argv, struct ir_err *err)
{
    const char *home = NULL, *lang = NULL;
    bool help = false, version = false, join = false;
    const struct ir_opt opts[] = {{"home", 'C', &home, NULL, NULL, NULL},
                                  {"lang", 0, &lang, NULL, NULL, NULL},
                                  {"join", 0, NULL, &join, NULL, NULL},
                                  {"help", 'h', NULL, &help, NULL, NULL},
                                  {"version", 0, NULL, &version, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int left = 0, rc = ir_args(argc, argv, opts, &left, err);

    ir_ctx_init(n->c, home, lang);
    if (rc == IR_OK && left > 0) {
        ir_fail(err, IR_EUSAGE, _("ird takes no words: \"%.40s\""), argv[1]);
        ir_err_hint(err, _("usage: ird [-C HOME] [--lang ja|en]"));
        rc = IR_EUSAGE;
    }
    if (rc == IR_OK && (help || version)) {
        n->ending = true;
        puts(version ? "ird " IR_VERSION
                     : _("usage: ird [-C HOME] [--lang ja|en]"));
    } else if (rc == IR_OK && join) {
        n->ending = true;
        rc = ir_crypt_init(err);
        if (rc == IR_OK)
            rc = ir_node_knock(err);
    }
    return rc;
}

static void
ready(struct ir_node *n)
{
    size_t trust = 0, rest = 0;

    ir_sync_count(n->sync, &trust, &rest);
    ir_node_say(_("ready: %s, %zu entries; https %s, lan %s"), n->c->home,
                trust + rest,
                n->carriers[IR_NODE_HTTPS].ops != NULL ? _("on") : _("off"),
                n->carriers[IR_NODE_LAN].ops != NULL ? _("on") : _("off"));
    if (ir_node_no_network())
        ir_node_say(_("no network interface is up: nothing comes or goes until "
                      "one is, but by hand (ir carry out DIR)"));
    notify_ready();
}

int
ir_node_main(int argc, char **argv)
{
    struct ir_node n = {.home_fd = -1, .lock_fd = -1, .wake_fd = -1};
    struct ir_err err = {0};
    int rc;

    n.c = ir_calloc(1, sizeof *n.c);
    rc = words(&n, argc, argv, &err);
    if (rc == IR_OK && n.ending)
        goto out;
    if (rc == IR_OK)
        rc = ir_crypt_init(&err);
    if (rc == IR_OK)
        rc = open_home(&n, &err);
    if (rc == IR_OK)
        rc = begin(&n, &err);
    if (rc == IR_OK) {
        ready(&n);
        rc = ir_loop_run(n.loop, &err);
    }
    if (rc != IR_OK) {
        fprintf(stderr, "ird: %s\n", err.msg);
        if (err.hint[0] != '\0')
            fprintf(stderr, "     %s\n", err.hint);
    } else if (n.ending) {
        ir_node_say(_("ended"));
    }
out:
    end(&n);
    ir_ctx_done(n.c);
    free(n.c);
    return ir_cmd_exit(rc);
}
