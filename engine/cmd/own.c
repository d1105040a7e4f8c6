/* own.c: see own.h. */
#include "cmd/own.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/keyring.h"
#include "store/clone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct keys {
    struct ir_own_key *v;
    size_t n;
};

static void
add(struct keys *k, const uint8_t *id, bool node, const char *handle)
{
    struct ir_own_key *o;

    k->v = ir_realloc(k->v, (k->n + 1) * sizeof *k->v);
    o = &k->v[k->n++];
    memset(o, 0, sizeof *o);
    memcpy(o->id, id, IR_KEYID_BYTES);
    o->node = node;
    snprintf(o->handle, sizeof o->handle, "%s", handle);
}

static void
add_node(struct ir_ctx *c, int fd, struct keys *k)
{
    const struct ir_cert_key *cert;
    struct ir_key *key = NULL;
    uint8_t id[IR_KEYID_BYTES];

    if (ir_keyring_node(fd, &key, NULL) != IR_OK)
        return;
    ir_key_id(key->pub, id);
    cert = ir_trust_key(&c->trust, id);
    add(k, id, true, cert != NULL ? c->trust.members[cert->member].handle : "");
    ir_key_free(key);
}

/* The key id in keys/NAME, where it is to be had without a passphrase. */
static bool
file_id(int fd, const char *name, uint8_t id[IR_KEYID_BYTES], bool *agent)
{
    enum ir_keyfile form = IR_KEYFILE_BOX;
    struct ir_key *key = NULL;
    bool yes = ir_keyring_form(fd, name, &form, NULL) == IR_OK &&
               form != IR_KEYFILE_BOX &&
               ir_keyring_get(fd, name, NULL, &key, NULL) == IR_OK;

    if (yes)
        ir_key_id(key->pub, id);
    *agent = yes && form == IR_KEYFILE_AGENT;
    ir_key_free(key);
    return yes;
}

static void
add_person(struct ir_ctx *c, int fd, const char *name, struct keys *k)
{
    const struct ir_trust *t = &c->trust;
    uint8_t id[IR_KEYID_BYTES];
    bool agent = false;
    size_t i;

    if (file_id(fd, name, id, &agent)) {
        add(k, id, false, name);
        k->v[k->n - 1].agent = agent;
        return;
    }
    for (i = 0; i < t->keys_n; i++)
        if (!t->keys[i].node &&
            strcmp(t->members[t->keys[i].member].handle, name) == 0 &&
            ir_store_wrote(c->st, t->keys[i].key_id))
            add(k, t->keys[i].key_id, false, name);
}

size_t
ir_own_keys(struct ir_ctx *c, struct ir_own_key **v)
{
    struct keys k = {NULL, 0};
    char **names = NULL;
    size_t n = 0, i;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        add_node(c, fd, &k);
        if (ir_keyring_names(fd, &names, &n, NULL) == IR_OK)
            for (i = 0; i < n; i++)
                add_person(c, fd, names[i], &k);
        ir_keyring_names_free(names, n);
        close(fd);
    }
    *v = k.v;
    return k.n;
}

/* Does a key of theirs wait beside it that counts (`ir key rotate`)? It takes
 * its place when they act next. */
static bool
has_next(const struct ir_ctx *c, const char *handle)
{
    const struct ir_cert_key *k = NULL;
    uint8_t id[IR_KEYID_BYTES];
    char *name = ir_asprintf("%s~", handle);
    enum ir_keyfile form;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool yes = false, agent;

    if (fd >= 0 && file_id(fd, name, id, &agent))
        k = ir_trust_key(&c->trust, id);
    else if (fd >= 0) /* under a passphrase: it is asked for then */
        yes = ir_keyring_form(fd, name, &form, NULL) == IR_OK;
    yes = yes || (k != NULL && !k->revoked);
    if (fd >= 0)
        close(fd);
    free(name);
    return yes;
}

static bool
any_revoked(const struct ir_trust *t)
{
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].revoked)
            return true;
    return false;
}

/* Call `fn` for each key of this home that is revoked. */
static size_t
each_revoked(struct ir_ctx *c,
             void (*fn)(struct ir_ctx *c, const struct ir_own_key *o,
                        const struct ir_cert_key *k, void *arg),
             void *arg)
{
    struct ir_own_key *v = NULL;
    size_t n, i, told = 0;

    if (c->st == NULL || !any_revoked(&c->trust))
        return 0;
    n = ir_own_keys(c, &v);
    for (i = 0; i < n; i++) {
        const struct ir_cert_key *k = ir_trust_key(&c->trust, v[i].id);

        if (k == NULL || !k->revoked ||
            (!v[i].node && has_next(c, v[i].handle)))
            continue;
        fn(c, &v[i], k, arg);
        told++;
    }
    free(v);
    return told;
}

struct say {
    void (*fn)(const char *text, const char *hint, void *arg);
    void *arg;
};

static void
say_one(struct ir_ctx *c, const struct ir_own_key *o,
        const struct ir_cert_key *k, void *arg)
{
    const struct say *s = arg;
    struct ir_now now;
    const char *by =
        k->revoker >= 0 ? c->trust.members[k->revoker].handle : "?";
    char at[24], *text, *hint;

    ir_clock_now(&now);
    ir_time_text(k->revoked_ms, now.wall_ms, at, sizeof at);
    text = ir_asprintf(
        o->node
            ? _("The key of this device (%s) was revoked by %s (%s): other "
                "devices take nothing from it and give it nothing more.")
            : _("The key of %s in this home was revoked by %s (%s): what it "
                "signs since then counts nowhere."),
        o->handle, by, at);
    hint = ir_asprintf(_("an administrator lets you in again, into a new "
                         "home:  ir mesh invite --device-for %s"),
                       o->handle);
    s->fn(text, hint, s->arg);
    free(text);
    free(hint);
}

size_t
ir_own_revoked(struct ir_ctx *c,
               void (*fn)(const char *text, const char *hint, void *arg),
               void *arg)
{
    struct say s = {fn, arg};

    return each_revoked(c, say_one, &s);
}

static void
to_talk(const char *text, const char *hint, void *arg)
{
    struct ir_ctx *c = arg;

    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, text);
    ir_term_para(&c->talk_view.term, &c->talk, 3, NULL, IR_STYLE_NONE, hint);
}

void
ir_own_revoked_say(struct ir_ctx *c)
{
    c->own_said = ir_own_revoked(c, to_talk, c) > 0;
}

static void
json_one(struct ir_ctx *c, const struct ir_own_key *o,
         const struct ir_cert_key *k, void *arg)
{
    struct ir_json *j = ir_json_add_take(arg, ir_json_new_obj());

    ir_json_set_hex(j, "key", o->id, IR_KEYID_BYTES);
    ir_json_set_str(j, "handle", o->handle);
    ir_json_set_bool(j, "node", o->node);
    ir_json_set_str(
        j, "by", k->revoker >= 0 ? c->trust.members[k->revoker].handle : NULL);
    ir_view_set_time(j, "at", k->revoked_ms);
}

struct ir_json *
ir_own_revoked_json(struct ir_ctx *c)
{
    struct ir_json *arr = ir_json_new_arr();

    (void)each_revoked(c, json_one, arr);
    return arr;
}

void
ir_own_back_begin(struct ir_ctx *c, struct ir_own_back *b)
{
    memset(b, 0, sizeof *b);
    b->keys_n = ir_own_keys(c, &b->keys);
}

void
ir_own_back_done(struct ir_own_back *b)
{
    free(b->keys);
    memset(b, 0, sizeof *b);
}

void
ir_own_back_add(struct ir_own_back *b, const uint8_t author[IR_KEYID_BYTES],
                uint64_t hlc)
{
    int64_t ms = ir_hlc_ms(hlc);
    size_t i;

    for (i = 0; i < b->keys_n; i++)
        if (!b->keys[i].agent &&
            memcmp(b->keys[i].id, author, IR_KEYID_BYTES) == 0)
            break;
    if (i == b->keys_n)
        return;
    if (b->n == 0 || ms < b->from_ms)
        b->from_ms = ms;
    if (b->n == 0 || ms > b->to_ms)
        b->to_ms = ms;
    if (b->n++ == 0 || !b->keys[i].node) /* rather a person's */
        b->key = i;
}

/* Does one of this home's keys go on from two places? */
static bool
parted(struct ir_ctx *c, const struct ir_own_back *b)
{
    struct ir_clone *v = NULL;
    size_t n = 0, i, k;
    bool yes = false;

    if (ir_store_clones(c->st, &v, &n, NULL) == IR_OK)
        for (i = 0; i < n; i++)
            for (k = 0; k < b->keys_n; k++)
                yes = yes ||
                      memcmp(v[i].author, b->keys[k].id, IR_KEYID_BYTES) == 0;
    free(v);
    return yes;
}

void
ir_own_back_tell(struct ir_ctx *c, struct ir_own_back *b,
                 void (*fn)(const char *text, const char *hint, void *arg),
                 void *arg)
{
    struct ir_now now;
    char from[24], to[24], *text, *hint, *entries;
    const char *who;

    if (b->n == 0)
        return;
    who = b->keys[b->key].handle;
    ir_clock_now(&now);
    entries = ir_view_entries((uint64_t)b->n);
    ir_time_text(b->from_ms, now.wall_ms, from, sizeof from);
    ir_time_text(b->to_ms, now.wall_ms, to, sizeof to);
    text = ir_asprintf(
        parted(c, b)
            ? _("This home is an older copy, restored from a backup or "
                "cloned: %s signed with its own keys (%s), which were not "
                "here, came from elsewhere (%s to %s). Nothing is lost: both "
                "branches are kept and count, and this home goes on from what "
                "was recorded here.")
            : _("This home is an older copy, restored from a backup or "
                "cloned: %s signed with its own keys (%s), which were not "
                "here, came from elsewhere (%s to %s). Nothing is lost: they "
                "are here now, and what you record goes on behind them."),
        entries, who, from, to);
    hint = ir_asprintf(_("if the other copy is still used, give it keys of its "
                         "own:  ir mesh invite --device-for %s"),
                       who);
    fn(text, hint, arg);
    free(text);
    free(hint);
    free(entries);
    b->n = 0;
}
