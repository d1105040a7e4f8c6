/* carry_known.c: see carry_known.h. A name of 32 random digits is given once,
 * and what stands under it does not change; what is checked is that nobody and
 * nothing damaged it since.
 */
#include "cmd/carry_known.h"

#include "base/clock.h"
#include "store/medium.h"

#include <string.h>

struct seek {
    struct ir_carry *k;
    const struct ir_dir_entry *e;
    struct ir_ids_set *ids;
    size_t key;
    bool good;
};

/* What names a key without being it. */
static void
tag_of(const struct ir_epoch_key *key, uint8_t out[IR_MEDIUM_KEY_BYTES])
{
    static const char purpose[] = "ir-medium";
    uint8_t p[sizeof purpose + IR_EPOCH_KEY_BYTES], h[IR_HASH_BYTES];

    memcpy(p, purpose, sizeof purpose);
    memcpy(p + sizeof purpose, key->key, IR_EPOCH_KEY_BYTES);
    ir_sha256(p, sizeof p, h);
    explicit_bzero(p, sizeof p);
    memcpy(out, h, IR_MEDIUM_KEY_BYTES);
}

static void
compare(const struct ir_medium_file *f, void *arg)
{
    uint8_t tag[IR_MEDIUM_KEY_BYTES], sample[IR_HASH_BYTES];
    struct seek *s = arg;
    struct ir_now now;
    size_t i;

    ir_clock_now(&now);
    if (f->size != s->e->size || f->mtime_ms != s->e->mtime_ms ||
        f->read_ms > now.wall_ms ||
        f->read_ms < now.wall_ms - IR_CARRY_KNOWN_MS ||
        ir_dir_sample(s->k->dir, s->e, sample) != IR_OK ||
        memcmp(sample, f->sample, sizeof sample) != 0)
        return;
    for (i = 0; i < s->k->keys_n && !s->good; i++) {
        tag_of(&s->k->keys[i], tag);
        s->good =
            s->k->keys[i].audience == 0 && memcmp(tag, f->key, sizeof tag) == 0;
        s->key = i;
    }
    for (i = 0; i < f->ids_n && s->good; i++)
        (void)ir_ids_set_put(s->ids, f->ids[i], 0);
}

bool
ir_carry_known(struct ir_carry *k, const struct ir_dir_entry *e,
               struct ir_ids_set *ids, size_t *key)
{
    struct seek s = {.k = k, .e = e, .ids = ids};

    ir_ids_set_done(ids);
    if (e->what != IR_DIR_GOOD ||
        ir_medium_get(k->c->st, e->name, compare, &s, NULL) != IR_OK || !s.good)
        return false;
    *key = s.key;
    return true;
}

void
ir_carry_learnt(struct ir_carry *k, const struct ir_dir_entry *e,
                const struct ir_epoch_key *key, const uint8_t (*ids)[32],
                size_t n)
{
    struct ir_medium_file f = {.name = e->name,
                               .size = e->size,
                               .mtime_ms = e->mtime_ms,
                               .ids = ids,
                               .ids_n = n};
    struct ir_now now;

    ir_clock_now(&now);
    f.read_ms = now.wall_ms;
    tag_of(key, f.key);
    if (ir_dir_sample(k->dir, e, f.sample) == IR_OK)
        (void)ir_medium_put(k->c->st, &f, NULL);
}
