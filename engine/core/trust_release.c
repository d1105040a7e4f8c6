/* trust_release.c: which release of the runbooks is approved, and by whom.
 *
 * A release counts as approved when somebody other than its author approves
 * its manifest. While the site has one person only, their own approval
 * counts (trust_alone.c), and is shown as that everywhere.
 */
#include "core/body.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

static void
add_release(struct ir_trust *t, const struct ir_entry *e)
{
    const uint8_t *digest;
    struct ir_release *r;
    size_t len;
    int author = ir_trust_author(t, e);

    if (author < 0 || ir_trust_admits(t, e, NULL) != IR_OK ||
        !ir_body_bytes(e, 1, &digest, &len) || len != IR_HASH_BYTES)
        return;
    if ((t->releases_n & (t->releases_n - 1)) == 0) /* none, or a power of 2 */
        t->releases = ir_realloc(t->releases,
                                 (2 * t->releases_n + 1) * sizeof *t->releases);
    r = &t->releases[t->releases_n++];
    memset(r, 0, sizeof *r);
    memcpy(r->entry, e->id, IR_ID_BYTES);
    memcpy(r->manifest, digest, IR_HASH_BYTES);
    r->author = (size_t)author;
    r->made_ms = ir_entry_recorded_ms(e);
    r->commit = ir_body_strdup(e, 2);
    r->text = ir_body_strdup(e, 4);
}

/* Release number `i` by its entry; sorted, so that many of them, which every
 * member may write, cost little. */
struct named {
    uint8_t entry[IR_ID_BYTES];
    size_t i;
};

static int
by_entry(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int d = memcmp(x->entry, y->entry, IR_ID_BYTES);

    return d != 0 ? d : (x->i > y->i) - (x->i < y->i);
}

/* The release that entry `id` is; of one given twice the first. */
static struct ir_release *
find(struct ir_trust *t, const struct named *v, const uint8_t *id)
{
    size_t low = 0, high = t->releases_n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(v[mid].entry, id, IR_ID_BYTES) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->releases_n && memcmp(v[low].entry, id, IR_ID_BYTES) == 0
               ? &t->releases[v[low].i]
               : NULL;
}

/* An approval or denial at place `at`. What it names comes before it in fold
 * order, so all releases may be known already.
 */
static void
judge(struct ir_trust *t, const struct named *v, const struct ir_entry *e,
      size_t at)
{
    const uint8_t *digest;
    struct ir_release *r;
    size_t len;
    int who = ir_trust_author(t, e);
    bool yes = ir_body_uint_or(e, 1, 0) == 1, own;

    if (who < 0 || e->h.refs_n < 1 || ir_trust_admits(t, e, NULL) != IR_OK ||
        !ir_body_bytes(e, 2, &digest, &len) || len != IR_HASH_BYTES)
        return;
    r = find(t, v, e->h.refs[0]);
    if (r == NULL || memcmp(r->manifest, digest, IR_HASH_BYTES) != 0)
        return;
    own = r->author == (size_t)who;
    if (!yes && !r->approved && !r->denied) {
        r->denied = true;
        r->deny_reason = ir_body_strdup(e, 3);
    } else if (yes && !r->approved && !r->denied &&
               (!own || ir_trust_alone(t, e))) {
        r->approved = true;
        r->self_approved = own;
        r->approver = (size_t)who;
        r->approved_ms = ir_entry_recorded_ms(e);
        r->approved_at = at;
        memcpy(r->approval, e->id, IR_ID_BYTES);
    }
}

void
ir_trust_fold_releases(struct ir_trust *t, const struct ir_revs *r,
                       const struct ir_entry *const *e, size_t n)
{
    struct named *v;
    size_t i;

    for (i = 0; i < n; i++)
        if (e[i]->h.kind == IR_KIND_RELEASE && e[i]->b != NULL &&
            ir_revs_stands(r, e, i))
            add_release(t, e[i]);
    v = ir_calloc(t->releases_n + 1, sizeof *v);
    for (i = 0; i < t->releases_n; i++) {
        memcpy(v[i].entry, t->releases[i].entry, IR_ID_BYTES);
        v[i].i = i;
    }
    if (t->releases_n > 1)
        qsort(v, t->releases_n, sizeof *v, by_entry);
    for (i = 0; i < n; i++)
        if (e[i]->h.kind == IR_KIND_APPROVAL && e[i]->b != NULL &&
            ir_revs_stands(r, e, i))
            judge(t, v, e[i], i);
    free(v);
}

const struct ir_release *
ir_trust_current(const struct ir_trust *t)
{
    const struct ir_release *best = NULL;
    size_t i;

    for (i = 0; i < t->releases_n; i++)
        if (t->releases[i].approved &&
            (best == NULL || t->releases[i].approved_at > best->approved_at))
            best = &t->releases[i];
    return best;
}
