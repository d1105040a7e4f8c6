/* trust_proposals.c: telling of what takes several admins, and who said what;
 * see trust_admins.c.
 */
#include "core/trust_admins_in.h"

#include <stdlib.h>
#include <string.h>

/* What entry `e` proposes. */
static void
tell_what(struct ir_proposal *q, const struct ir_entry *e)
{
    const uint8_t *p;
    struct ir_body_item it;
    size_t at = 0, len = 0;

    q->revoke = e->h.kind == IR_KIND_REVOKE;
    q->reason = ir_body_strdup(e, q->revoke ? 2 : 5);
    if (q->revoke) {
        if (ir_body_bytes(e, 1, &p, &len) && len == IR_KEYID_BYTES)
            memcpy(q->target, p, len);
        return;
    }
    q->k = ir_body_uint_or(e, 1, 0);
    if (!ir_body_bytes(e, 3, &p, &len))
        return;
    q->keys = ir_calloc(len / 8, sizeof q->keys[0]);
    q->persons = ir_calloc(len / 8, sizeof q->persons[0]);
    for (; q->keys_n < len / 8 && ir_body_each(e, 2, &at, &it); q->keys_n++) {
        memcpy(q->keys[q->keys_n], it.p, IR_PUBKEY_BYTES);
        memcpy(q->persons[q->keys_n], p + 8 * q->keys_n, 8);
    }
}

/* Tell of the proposals that count or still may, and of who agreed. */
static void
tell(struct fold *f)
{
    struct ir_trust *t = f->t;
    size_t i, k;

    for (i = 0; i < f->p_n; i++) {
        const struct pending *p = &f->p[i];
        const struct ir_entry *e = f->v[p->at];
        bool admins = e->h.kind == IR_KIND_ADMINS;
        struct ir_proposal *q;

        if (!admins && !p->counts && (ir_acts_key(f, e) == NULL || t->k < 2))
            continue; /* takes one admin, or nobody's key */
        if (!p->counts && ir_trust_admin(t, e->h.author) < 0)
            continue; /* not by an admin of any time */
        t->proposals = ir_realloc(t->proposals,
                                  (t->proposals_n + 1) * sizeof *t->proposals);
        q = &t->proposals[t->proposals_n++];
        memset(q, 0, sizeof *q);
        memcpy(q->entry, e->id, IR_ID_BYTES);
        memcpy(q->author, e->h.author, IR_KEYID_BYTES);
        tell_what(q, e);
        q->made_ms = ir_entry_recorded_ms(e);
        q->counts = p->counts;
        q->open = !p->counts && !p->dead && ir_acts_backs(f, p->at) &&
                  (!admins ||
                   (e->h.refs_n > 0 && memcmp(e->h.refs[0], f->tip, 32) == 0));
        q->yes = ir_calloc(p->yes_n + 1, IR_KEYID_BYTES);
        for (k = 0; k < p->yes_n; k++)
            if (ir_trust_admin(t, p->yes[k].author) >= 0)
                memcpy(q->yes[q->yes_n++], p->yes[k].author, IR_KEYID_BYTES);
        q->have = ir_acts_backers(f, p);
    }
}

/* Add who said no to those told of. */
static void
tell_denials(struct fold *f)
{
    size_t i, k;

    for (i = 0; i < f->n && f->t->proposals != NULL; i++) {
        const struct ir_entry *e = f->v[i];
        const struct pending *p = NULL;
        struct ir_proposal *q = NULL;

        if (e->h.kind == IR_KIND_APPROVAL && ir_acts_fits(e) &&
            ir_body_uint_or(e, 1, 0) == 2)
            p = ir_acts_about(f, e);
        if (p == NULL || ir_trust_admin(f->t, e->h.author) < 0)
            continue;
        for (k = 0; k < f->t->proposals_n && q == NULL; k++)
            if (memcmp(f->t->proposals[k].entry, f->v[p->at]->id,
                       IR_ID_BYTES) == 0)
                q = &f->t->proposals[k];
        if (q == NULL)
            continue;
        q->no = ir_realloc(q->no, (q->no_n + 1) * IR_KEYID_BYTES);
        memcpy(q->no[q->no_n++], e->h.author, IR_KEYID_BYTES);
    }
}

void
ir_acts_tell(struct fold *f)
{
    tell(f);
    tell_denials(f);
}
