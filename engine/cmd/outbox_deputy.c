/* outbox_deputy.c: alerts of other devices, and sending them where their own
 * leaves them; see sender.h and core/takeover.h. */
#include "base/scan.h"
#include "cmd/channel.h"
#include "cmd/sender.h"
#include "core/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN                                                                   \
    "comms_seen"     /* setting: per alert "HEX N MS": N attempts of others    \
                        are known since MS, by the clock of this device */
#define SEEN_MAX 64  /* alerts that are remembered so */
#define NAME_BYTES 8 /* of an alert's id, in settings */
#define KEPT_MAX 16  /* alerts that this device was told to send */

static void
name_of(const struct ir_outgoing *x, char out[2 * NAME_BYTES + 1])
{
    ir_hex(x->in.alert, NAME_BYTES, out);
}

bool
ir_outbox_offers(const struct ir_outbox *o, const struct ir_outgoing *x,
                 const struct ir_attempt *a)
{
    const struct ir_cert_key *k = ir_trust_key(&o->c->trust, a->key);

    return a->deputy && a->far && k != NULL && k->node &&
           a->status == x->row->a->status;
}

void
ir_outbox_offer(struct ir_outgoing *x, const struct ir_attempt *a)
{
    x->offered =
        ir_realloc(x->offered, (x->offered_n + 1) * sizeof *x->offered);
    x->offered[x->offered_n++] = *a;
}

static bool
is_on(const struct ir_attempt *a, const struct ir_recipient *r,
      const struct ir_way *w)
{
    return strcmp(a->contact, r->contact) == 0 &&
           strcmp(a->channel, w->channel) == 0 && a->address != NULL &&
           strcmp(a->address, w->address) == 0;
}

/* Take what the device of `tried` said of that way from then on. */
static void
admit(struct ir_outgoing *x, const struct ir_attempt *tried,
      void (*add)(struct ir_outgoing *x, const struct ir_attempt *a))
{
    struct ir_attempt of = *tried;
    char *contact = ir_strdup(of.contact), *channel = ir_strdup(of.channel);
    char *address = ir_strdup(of.address);
    size_t i, kept = 0;

    for (i = 0; i < x->offered_n; i++) {
        const struct ir_attempt *a = &x->offered[i];

        if (a->hlc >= of.hlc && memcmp(a->key, of.key, IR_KEYID_BYTES) == 0 &&
            strcmp(a->contact, contact) == 0 &&
            strcmp(a->channel, channel) == 0 && a->address != NULL &&
            strcmp(a->address, address) == 0)
            add(x, a);
        else
            x->offered[kept++] = *a;
    }
    x->offered_n = kept;
    free(contact);
    free(channel);
    free(address);
}

bool
ir_outbox_admit(struct ir_outgoing *x,
                void (*add)(struct ir_outgoing *x, const struct ir_attempt *a))
{
    bool any = false;
    size_t i, k;

    for (i = 0; i < x->due_n; i++) {
        const struct ir_due *d = &x->due[i];
        const struct ir_recipient *r = &x->to.r[d->recipient];

        for (k = 0; k < x->offered_n; k++)
            if (is_on(&x->offered[k], r, &r->ways[d->way]) &&
                ir_takeover_counts(d, &x->offered[k], x->in.now_ms)) {
                admit(x, &x->offered[k], add);
                any = true;
                break;
            }
    }
    return any;
}

/* The row "HEX ..." of a setting's text, or NULL. */
static const char *
row_of(const char *text, const char *name)
{
    const char *p = text;

    while (p != NULL && *p != '\0') {
        if (strncmp(p, name, strlen(name)) == 0)
            return p;
        p = strchr(p, '\n');
        p = p != NULL ? p + 1 : NULL;
    }
    return NULL;
}

/* " N MS" of a row. */
static bool
read_row(const char *p, int64_t *n, int64_t *ms)
{
    char *text = ir_strndup(p, strcspn(p, "\n")), *gap;
    bool ok = text[0] == ' ';

    gap = ok ? strchr(text + 1, ' ') : NULL;
    if (gap != NULL)
        *gap = '\0';
    ok = gap != NULL && ir_scan_int(text + 1, 0, INT32_MAX, n, NULL) == IR_OK &&
         ir_scan_int(gap + 1, 0, INT64_MAX, ms, NULL) == IR_OK;
    free(text);
    return ok;
}

/* How many come before this device, of those that could. */
static size_t
turn_of(const struct ir_outbox *o, const struct ir_outgoing *x)
{
    const struct ir_trust *t = &o->c->trust;
    uint8_t(*v)[IR_KEYID_BYTES] = ir_calloc(t->keys_n + 1, sizeof v[0]);
    uint64_t by = 0;
    size_t i, n = 0, turn;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node && !t->keys[i].revoked &&
            memcmp(t->keys[i].key_id, o->node, IR_KEYID_BYTES) != 0)
            memcpy(v[n++], t->keys[i].key_id, IR_KEYID_BYTES);
    for (i = 0; i < sizeof by; i++)
        by = by << 8 | x->in.alert[i];
    turn = ir_witness_turn(by, o->node, (const uint8_t(*)[IR_KEYID_BYTES])v, n);
    free(v);
    return turn;
}

/* How the alert stands: whose attempt is the newest, and since when nothing
 * came in from others. Adds its row to the new text of the setting. */
static void
stand(struct ir_outbox *o, struct ir_outgoing *x, const char *seen,
      const char *kept, int64_t now_ms, struct ir_buf *out)
{
    uint64_t newest = 0, ours = 0;
    char name[2 * NAME_BYTES + 1];
    int64_t since = 0, n = 0;
    const char *row;
    size_t i, theirs = 0;

    for (i = 0; i < x->attempts_n; i++) {
        const struct ir_attempt *a = &x->attempts[i];

        theirs += a->far;
        if (a->far && a->hlc > newest)
            newest = a->hlc;
        if (!a->far && a->hlc > ours)
            ours = a->hlc;
    }
    name_of(x, name);
    row = row_of(seen, name);
    if (row == NULL || !read_row(row + 2 * NAME_BYTES, &n, &since))
        row = NULL;
    x->left = (struct ir_takeover){.turn = turn_of(o, x),
                                   .life_ms = since,
                                   .begun = ours > newest,
                                   .asked = row_of(kept, name) != NULL};
    if (row == NULL || n != (int64_t)theirs || since > now_ms)
        x->left.life_ms = now_ms;
    ir_buf_addf(out, "%s %zu %lld\n", name, theirs, (long long)x->left.life_ms);
}

void
ir_outbox_stand(struct ir_outbox *o, int64_t now_ms)
{
    char *seen = ir_store_setting(o->c->st, SEEN);
    char *kept = ir_store_setting(o->c->st, IR_OUTBOX_TAKEN);
    struct ir_buf b = {0};
    size_t i, n = 0;

    for (i = 0; i < o->n; i++)
        if (o->v[i].deputy && n++ < SEEN_MAX)
            stand(o, &o->v[i], seen, kept, now_ms, &b);
        else if (o->v[i].deputy)
            o->v[i].mute = true;
    if (b.len > 0 && (seen == NULL || strcmp(seen, ir_buf_str(&b)) != 0))
        (void)ir_store_setting_put(o->c->st, SEEN, ir_buf_str(&b), NULL);
    ir_buf_done(&b);
    free(seen);
    free(kept);
}

/* Is the newest word on that way another device's? */
static bool
is_theirs(const struct ir_outgoing *x, const struct ir_recipient *r,
          const struct ir_way *w)
{
    const struct ir_attempt *newest = NULL;
    size_t i;

    for (i = 0; i < x->attempts_n; i++)
        if (is_on(&x->attempts[i], r, w) &&
            (newest == NULL || x->attempts[i].hlc > newest->hlc))
            newest = &x->attempts[i];
    return newest != NULL && newest->far;
}

struct secrets {
    struct ir_ctx *c;
    bool all;
};

/* Is every secret of a channel's configuration in this home? */
static bool
look_secret(const char *key, struct ir_json *v, void *arg)
{
    struct secrets *s = arg;
    const char *name = ir_json_get_str(v, "secret", NULL);
    struct ir_err err;
    char *value = NULL;

    (void)key;
    if (name == NULL)
        return true;
    s->all = ir_channel_secret_get(s->c->home, name, &value, &err) == IR_OK;
    if (s->all)
        ir_wipe(value, strlen(value));
    free(value);
    return s->all;
}

static bool
can_send(struct ir_outbox *o, const char *channel)
{
    struct secrets s = {.c = o->c, .all = true};
    const struct ir_json *row = NULL, *plugin = NULL;
    struct ir_err err;

    if (ir_channel_find(o->c, channel, &row, &plugin, &err) != IR_OK)
        return false;
    ir_json_each(ir_json_get(row, "config"), look_secret, &s);
    return s.all;
}

void
ir_outbox_stand_by(struct ir_outbox *o, struct ir_outgoing *x)
{
    int64_t next = INT64_MAX, at;
    const char *channel = NULL;
    bool can = false;
    size_t i, n = 0;

    if (x->next_ms > x->in.now_ms)
        next = x->next_ms; /* then something is left, or not */
    for (i = 0; i < x->due_n; i++) {
        const struct ir_due *d = &x->due[i];
        const struct ir_recipient *r = &x->to.r[d->recipient];
        const struct ir_way *w = &r->ways[d->way];

        if (d->by_hand || d->shut)
            continue;
        if (channel == NULL || strcmp(channel, w->channel) != 0)
            can = can_send(o, channel = w->channel);
        if (!can)
            continue;
        at = ir_takeover_at(&x->left, d, w,
                            w->last == IR_OUTCOME_TRIED && is_theirs(x, r, w));
        if (at <= x->in.now_ms)
            x->due[n++] = *d;
        if (at < next)
            next = at;
    }
    x->due_n = n;
    x->next_ms = next;
}

void
ir_outbox_settle(struct ir_outbox *o, struct ir_outgoing *x)
{
    int64_t now = x->in.now_ms;
    size_t i, n = 0;

    /* a clock that was set back makes nobody wait longer */
    if (o->settle_ms <= now || o->settle_ms > now + IR_TAKEOVER_SETTLE_MS)
        return;
    for (i = 0; i < x->due_n; i++) {
        const struct ir_due *d = &x->due[i];
        const struct ir_way *w = &x->to.r[d->recipient].ways[d->way];

        if (d->by_hand || d->shut || !ir_takeover_left(d, w, now))
            x->due[n++] = *d;
        else
            x->next_ms = now; /* as before, and so until it has settled */
    }
    x->due_n = n;
}

int
ir_outbox_take(struct ir_ctx *c, const struct ir_outgoing *x)
{
    char *kept = ir_store_setting(c->st, IR_OUTBOX_TAKEN);
    char name[2 * NAME_BYTES + 1];
    struct ir_buf b = {0};
    const char *p;
    size_t n = 1;
    int rc;

    name_of(x, name);
    ir_buf_addf(&b, "%s\n", name);
    for (p = kept; p != NULL && *p != '\0' && n < KEPT_MAX; n++) {
        size_t len = strcspn(p, "\n");

        if (strncmp(p, name, sizeof name - 1) != 0)
            ir_buf_addf(&b, "%.*s\n", (int)len, p);
        p += len + (p[len] == '\n');
    }
    rc = ir_store_setting_put(c->st, IR_OUTBOX_TAKEN, ir_buf_str(&b), &c->err);
    ir_buf_done(&b);
    free(kept);
    return rc;
}
