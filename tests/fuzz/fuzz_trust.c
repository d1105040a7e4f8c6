/* fuzz_trust.c: lane T as it may stand in a log: whoever wrote what about whom,
 * in whatever order it arrived. Folding it gives the same for every order, and
 * everything in it leads to something.
 *
 * An input is a root (one byte: k, and how many admins) and entries of six
 * bytes: kind; author, 8: continues their last, 16, 32: refers to an earlier
 * one or two; which; another; how late; the rest. Of kind 7 of eight the body
 * follows, behind its length.
 */
#include "core/body.h"
#include "core/trust.h"
#include "fuzz.h"

#include <string.h>

#define PEOPLE 8
#define KEPT_MAX 48
#define ORDERS 4
#define HOUR_MS 3600000ULL

struct lane {
    struct ir_entry e[KEPT_MAX];
    uint8_t *p[KEPT_MAX];
    size_t n;
    uint8_t site[IR_ID_BYTES];
    uint8_t pub[PEOPLE][IR_PUBKEY_BYTES], key[PEOPLE][IR_KEYID_BYTES];
    int last[PEOPLE]; /* place + 1 */
};

struct step {
    uint8_t kind, who, a, b, late, rest;
};

static void
keep(struct lane *l, const struct ir_header *h, const uint8_t *body, size_t n)
{
    struct ir_entry e = {.h = *h, .b = body, .b_len = n};
    struct ir_buf p = {0}, out = {0};
    size_t i;

    ir_header_encode(h, &p);
    e.p = p.p;
    e.p_len = p.len;
    ir_entry_encode(&e, &out);
    ir_buf_done(&p);
    if (ir_entry_parse(out.p, out.len, &e, NULL) != IR_OK) {
        ir_buf_done(&out);
        return;
    }
    ir_entry_id(&e, l->site);
    for (i = 0; i < l->n; i++)
        if (memcmp(l->e[i].id, e.id, IR_ID_BYTES) == 0) {
            ir_buf_done(&out);
            return;
        }
    l->p[l->n] = out.p;
    l->e[l->n++] = e;
}

static void
keep_done(struct lane *l, const struct ir_header *h, struct ir_bodyw *w)
{
    struct ir_buf b = {0};

    ir_bodyw_finish(w, &b);
    keep(l, h, b.p, b.len);
    ir_buf_done(&b);
}

static void
root(struct lane *l, uint8_t how)
{
    struct ir_header h = {.kind = IR_KIND_ROOT, .hlc = HOUR_MS << 16, .seq = 1};
    struct ir_bodyw w = {0};
    size_t i, n = 1 + how / 4 % 4;

    for (i = 0; i < PEOPLE; i++) {
        uint8_t name = (uint8_t)i;

        ir_sha256(&name, 1, l->pub[i]);
        ir_key_id(l->pub[i], l->key[i]);
    }
    memcpy(h.author, l->key[0], IR_KEYID_BYTES);
    h.prio = (uint8_t)ir_lane_prio(IR_LANE_T);
    ir_bodyw_uint(&w, 1, 1);
    ir_bodyw_uint(&w, 2, 1 + how % 4);
    ir_bodyw_hashes(&w, 3, (const uint8_t(*)[32])l->pub, n);
    keep_done(l, &h, &w);
    MUST(l->n == 1);
    memcpy(l->site, l->e[0].id, IR_ID_BYTES);
    l->last[0] = 1;
}

static struct ir_header
header(const struct lane *l, const struct step *s, uint64_t kind)
{
    struct ir_header h = {.kind = kind, .seq = 2 + l->n};
    int who = s->who % PEOPLE;

    /* clocks may say anything: also what comes later may seem earlier */
    h.hlc = (HOUR_MS + s->late % 16 * 1000ULL) << 16;
    memcpy(h.author, l->key[who], IR_KEYID_BYTES);
    h.prio = (uint8_t)ir_lane_prio(IR_LANE_T);
    if ((s->who & 8) != 0 && l->last[who] > 0) {
        h.has_prev = true;
        memcpy(h.prev, l->e[l->last[who] - 1].id, IR_ID_BYTES);
    }
    if ((s->who & 16) != 0)
        memcpy(h.refs[h.refs_n++], l->e[s->a % l->n].id, IR_ID_BYTES);
    if ((s->who & 32) != 0 && s->b % l->n != s->a % l->n)
        memcpy(h.refs[h.refs_n++], l->e[s->b % l->n].id, IR_ID_BYTES);
    return h;
}

static void
person(const struct lane *l, const struct step *s, struct ir_bodyw *w)
{
    static const char *const roles[] = {"commander", "operator"};
    uint8_t member[8] = {(uint8_t)(1 + s->a % PEOPLE)};
    char handle[] = "p0";

    handle[1] = (char)('0' + s->rest % PEOPLE);
    ir_bodyw_text(w, 1, s->rest % 2 == 0 ? "Sato" : "Ito");
    ir_bodyw_texts(w, 2, roles, s->late % 3);
    ir_bodyw_bytes(w, 4, member, sizeof member);
    ir_bodyw_hashes(w, 5, (const uint8_t(*)[32])l->pub[s->b % PEOPLE],
                    s->rest % 4 == 0 && s->b % PEOPLE + 1 < PEOPLE ? 2 : 1);
    ir_bodyw_text(w, 6, handle);
}

static void
device(const struct lane *l, const struct step *s, struct ir_bodyw *w)
{
    uint8_t member[8] = {(uint8_t)(1 + s->a % PEOPLE)}, x[32] = {s->rest};

    ir_bodyw_bytes(w, 1, member, sizeof member);
    ir_bodyw_bytes(w, 3, l->pub[s->b % PEOPLE], 32);
    ir_bodyw_bytes(w, 4, x, sizeof x);
}

static void
accepted(const struct lane *l, const struct step *s, int key,
         struct ir_bodyw *w)
{
    if (s->rest % 4 == 0)
        ir_bodyw_no_hashes(w, key);
    else
        ir_bodyw_hashes(w, key,
                        (const uint8_t(*)[32])l->e[s->rest / 4 % l->n].id, 1);
}

static void
admins(const struct lane *l, const struct step *s, struct ir_bodyw *w)
{
    uint8_t members[3 * 8] = {0};
    size_t i, from = s->b % (PEOPLE - 2), n = 1 + s->a % 3;

    for (i = 0; i < n; i++)
        members[8 * i] = (uint8_t)(1 + from + i);
    ir_bodyw_uint(w, 1, 1 + s->late % 3);
    ir_bodyw_hashes(w, 2, (const uint8_t(*)[32])l->pub[from], n);
    ir_bodyw_bytes(w, 3, members, 8 * n);
    accepted(l, s, 4, w);
    ir_bodyw_text(w, 5, "so it is");
}

static void
build(struct lane *l, const struct step *s)
{
    static const uint64_t kinds[] = {
        IR_KIND_MEMBER,  IR_KIND_DEVICE, IR_KIND_REVOKE, IR_KIND_APPROVAL,
        IR_KIND_RELEASE, IR_KIND_GRANT,  IR_KIND_ADMINS};
    struct ir_header h = header(l, s, kinds[s->kind % 8]);
    struct ir_bodyw w = {0};
    uint8_t digest[32] = {s->rest};
    const uint8_t *of = h.refs_n > 0 ? h.refs[0] : digest;
    const uint8_t *p;
    size_t n;

    switch (h.kind) {
    case IR_KIND_MEMBER:
        person(l, s, &w);
        break;
    case IR_KIND_DEVICE:
        device(l, s, &w);
        break;
    case IR_KIND_REVOKE:
        ir_bodyw_bytes(&w, 1, l->key[s->b % PEOPLE], IR_KEYID_BYTES);
        ir_bodyw_text(&w, 2, "stolen");
        accepted(l, s, 3, &w);
        break;
    case IR_KIND_APPROVAL:
        if (h.refs_n > 0 && l->e[s->a % l->n].h.kind == IR_KIND_RELEASE &&
            ir_body_bytes(&l->e[s->a % l->n], 1, &p, &n) && n == 32)
            of = p;
        ir_bodyw_uint(&w, 1, 1 + (s->rest % 4 == 1));
        ir_bodyw_bytes(&w, 2, of, 32);
        break;
    case IR_KIND_RELEASE:
        ir_bodyw_bytes(&w, 1, digest, 32);
        ir_bodyw_text(&w, 4, "as shipped");
        break;
    case IR_KIND_GRANT: {
        uint8_t wrapped[IR_WRAPPED_BYTES] = {s->rest};

        ir_bodyw_bytes(&w, 1, l->key[s->b % PEOPLE], IR_KEYID_BYTES);
        ir_bodyw_uint(&w, 2, s->rest % 4);
        if (s->a % 2 == 1)
            ir_bodyw_uint(&w, 3, s->a);
        ir_bodyw_bytes(&w, 4, wrapped, sizeof wrapped);
        break;
    }
    default:
        admins(l, s, &w);
    }
    n = l->n;
    keep_done(l, &h, &w);
    if (l->n > n)
        l->last[s->who % PEOPLE] = (int)l->n;
}

/* All that is in it, as bytes. */
static void
tell(const struct ir_trust *t, struct ir_buf *b)
{
    size_t i, k;

    ir_buf_addf(b, "%d %llu %zu\n", t->has_root, (unsigned long long)t->k,
                t->alone_n);
    ir_buf_add(b, t->admins_entry, IR_ID_BYTES);
    for (i = 0; i < t->admins_n; i++) {
        const struct ir_admin *a = &t->admins[i];

        ir_buf_add(b, a->pub, sizeof a->pub);
        ir_buf_add(b, a->person, a->told ? sizeof a->person : 0);
        ir_buf_addf(b, "admin %d %d %d\n", a->told, a->in_force, a->revoked);
    }
    for (i = 0; i < t->members_n; i++) {
        const struct ir_member *m = &t->members[i];

        ir_buf_add(b, m->id, sizeof m->id);
        ir_buf_addf(b, "member %s %s %zu %lld %d %d\n", m->handle, m->name,
                    m->roles_n, (long long)m->not_after_ms, m->admin,
                    m->active);
        for (k = 0; k < m->roles_n; k++)
            ir_buf_addf(b, "role %s\n", m->roles[k]);
    }
    for (i = 0; i < t->keys_n; i++) {
        const struct ir_cert_key *c = &t->keys[i];

        ir_buf_add(b, c->pub, sizeof c->pub);
        ir_buf_add(b, c->cert, sizeof c->cert);
        ir_buf_addf(b, "key %d %zu %d %d %zu\n", c->node, c->member, c->revoked,
                    c->revoked ? c->revoker : -1, c->accepted_n);
        ir_buf_add(b, c->revoked_by, c->revoked ? sizeof c->revoked_by : 0);
        ir_buf_add(b, c->accepted, 32 * c->accepted_n);
    }
    for (i = 0; i < t->releases_n; i++) {
        const struct ir_release *r = &t->releases[i];

        ir_buf_add(b, r->entry, sizeof r->entry);
        ir_buf_addf(b, "release %zu %d %d %d %zu %zu\n", r->author, r->approved,
                    r->denied, r->self_approved, r->approved ? r->approver : 0,
                    r->approved ? r->approved_at : 0);
    }
    for (i = 0; i < t->proposals_n; i++) {
        const struct ir_proposal *p = &t->proposals[i];

        ir_buf_add(b, p->entry, sizeof p->entry);
        ir_buf_addf(b, "proposal %d %d %d %zu %zu %zu\n", p->revoke, p->counts,
                    p->open, p->open ? p->have : 0, p->yes_n, p->no_n);
    }
    for (i = 0; i < t->grants_n; i++)
        ir_buf_add(b, t->grants[i].entry, IR_ID_BYTES);
    ir_buf_add(b, t->alone, IR_ID_BYTES * t->alone_n);
}

static void
leads_somewhere(const struct lane *l, const struct ir_trust *t)
{
    const struct ir_release *now = ir_trust_current(t);
    size_t i;

    MUST(t->has_root ? t->admins_n > 0 && t->k > 0 : t->keys_n == 0);
    MUST(now == NULL || now->approved);
    MUST(ir_trust_people(t) <= t->members_n);
    for (i = 0; i < t->keys_n; i++) {
        MUST(t->keys[i].member < t->members_n);
        MUST(t->keys[i].revoker < (int)t->members_n);
        MUST(ir_trust_key(t, t->keys[i].key_id) == &t->keys[i]);
    }
    for (i = 0; i < t->members_n; i++)
        MUST(ir_trust_member_id(t, t->members[i].id) == (int)i);
    for (i = 0; i < t->releases_n; i++)
        MUST(t->releases[i].author < t->members_n &&
             (!t->releases[i].approved ||
              t->releases[i].approver < t->members_n));
    for (i = 0; i < l->n; i++) {
        (void)ir_trust_admits(t, &l->e[i], NULL);
        MUST(ir_trust_author(t, &l->e[i]) < (int)t->members_n);
    }
}

/* The order of arrival: as written, backwards, shuffled. */
static void
arrive(const struct lane *l, int order, const struct ir_entry **v)
{
    uint64_t rng = 0x9E3779B97F4A7C15u + (uint64_t)order;
    size_t i;

    for (i = 0; i < l->n; i++)
        v[i] = &l->e[order == 1 ? l->n - 1 - i : i];
    for (i = l->n; order > 1 && i > 1; i--) {
        const struct ir_entry *e = v[i - 1];
        size_t k;

        rng = rng * 6364136223846793005u + 1442695040888963407u;
        k = (size_t)(rng >> 33) % i;
        v[i - 1] = v[k];
        v[k] = e;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lane l = {0};
    struct ir_buf first = {0}, b = {0};
    size_t i;
    int order;

    if (size == 0)
        return 0;
    root(&l, data[0]);
    for (data++, size--; size >= 6 && l.n < KEPT_MAX; data += 6, size -= 6) {
        const struct step s = {data[0], data[1], data[2],
                               data[3], data[4], data[5]};
        size_t n = s.rest;

        if (s.kind % 8 != 7) {
            build(&l, &s);
            continue;
        }
        struct ir_header h = header(&l, &s, s.kind / 8 % 8 + 1);

        n = n < size - 6 ? n : size - 6;
        keep(&l, &h, data + 6, n);
        data += n;
        size -= n;
    }
    for (order = 0; order < ORDERS; order++) {
        const struct ir_entry *v[KEPT_MAX];
        struct ir_trust t;

        arrive(&l, order, v);
        ir_trust_fold(l.site, v, l.n, &t);
        leads_somewhere(&l, &t);
        b.len = 0;
        tell(&t, order == 0 ? &first : &b);
        MUST(order == 0 ||
             (b.len == first.len && memcmp(b.p, first.p, b.len) == 0));
        ir_trust_done(&t);
    }
    for (i = 0; i < l.n; i++)
        free(l.p[i]);
    ir_buf_done(&first);
    ir_buf_done(&b);
    return 0;
}
