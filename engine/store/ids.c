/* ids.c: see ids.h. */
#include "store/ids.h"

#include "base/buf.h"
#include "base/crypt.h"

#include <stdlib.h>
#include <string.h>

static size_t
place(const struct ir_ids_set *s, const uint8_t id[32])
{
    uint64_t w[4], h;

    memcpy(w, id, sizeof w);
    h = (w[0] ^ s->key[0]) * 0x9E3779B97F4A7C15u;
    h = (h ^ (h >> 29) ^ w[1]) * (s->key[1] | 1);
    h = (h ^ (h >> 31) ^ w[2] ^ w[3]) * 0xD6E8FEB86659FD93u;
    return (size_t)(h >> 20) & (s->slots - 1);
}

/* The slot that holds `id`, or the free one where it would go. */
static size_t
find(const struct ir_ids_set *s, const uint8_t id[32])
{
    size_t i = place(s, id);

    while (s->slot[i] != 0 && memcmp(s->v[s->slot[i] - 1], id, 32) != 0)
        i = (i + 1) & (s->slots - 1);
    return i;
}

static void
grow(struct ir_ids_set *s)
{
    size_t i;

    if (s->slots == 0)
        ir_random(s->key, sizeof s->key);
    s->slots = s->slots > 0 ? s->slots * 2 : 64;
    free(s->slot);
    s->slot = ir_calloc(s->slots, sizeof *s->slot);
    for (i = 0; i < s->n; i++)
        s->slot[find(s, s->v[i])] = (uint32_t)(i + 1);
}

bool
ir_ids_set_put(struct ir_ids_set *s, const uint8_t id[32], uint8_t with)
{
    size_t i;

    if (s->n + 1 > s->slots / 2)
        grow(s);
    i = find(s, id);
    if (s->slot[i] != 0) {
        if (s->with[s->slot[i] - 1] < with)
            s->with[s->slot[i] - 1] = with;
        return false;
    }
    if (s->n == s->cap) {
        s->cap = s->cap > 0 ? s->cap * 2 : 64;
        s->v = ir_realloc(s->v, s->cap * sizeof s->v[0]);
        s->with = ir_realloc(s->with, s->cap);
    }
    memcpy(s->v[s->n], id, 32);
    s->with[s->n] = with;
    s->slot[i] = (uint32_t)++s->n;
    return true;
}

int
ir_ids_set_get(const struct ir_ids_set *s, const uint8_t id[32])
{
    size_t i;

    if (s->slots == 0)
        return -1;
    i = find(s, id);
    return s->slot[i] != 0 ? s->with[s->slot[i] - 1] : -1;
}

void
ir_ids_set_done(struct ir_ids_set *s)
{
    free(s->v);
    free(s->with);
    free(s->slot);
    memset(s, 0, sizeof *s);
}
