/* cmd_verify.c: `ir verify` and `ir rebuild`. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/case.h"
#include "cmd/clones.h"
#include "cmd/commands.h"
#include "cmd/witness.h"
#include "store/check.h"
#include "view/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const enum ir_bad_why why_of[] = {
    [IR_CHECK_ROW] = IR_BAD_ROW,
    [IR_CHECK_BYTES] = IR_BAD_BYTES,
    [IR_CHECK_ID] = IR_BAD_ID,
    [IR_CHECK_BODY] = IR_BAD_BODY,
    [IR_CHECK_COLUMNS] = IR_BAD_ROW,
    [IR_CHECK_SIGNATURE] = IR_BAD_SIGNATURE,
    [IR_CHECK_PREV] = IR_BAD_PREV,
    [IR_CHECK_MISSING] = IR_BAD_MISSING,
    [IR_CHECK_REVOKED] = IR_BAD_REVOKED,
};

/* Name a key: the member's handle (a device's with ".device"), else hex. */
static void
key_name(struct ir_ctx *c, const uint8_t key_id[IR_KEYID_BYTES], char out[41])
{
    const struct ir_cert_key *k = ir_trust_key(&c->trust, key_id);

    if (k == NULL)
        ir_hex(key_id, IR_KEYID_BYTES, out);
    else
        snprintf(out, 41, "%.32s%s", c->trust.members[k->member].handle,
                 k->node ? ".device" : "");
}

static enum ir_verdict
judge(const struct ir_check *k)
{
    size_t i, revoked = 0, missing = 0;
    int64_t gaps = 0, forks = k->chain_forks;

    for (i = 0; i < k->authors_n; i++) {
        gaps += k->authors[i].gaps;
        forks += k->authors[i].forks;
    }
    for (i = 0; i < k->bad_n; i++) {
        revoked += k->bad[i].why == IR_CHECK_REVOKED ? 1 : 0;
        missing += k->bad[i].why == IR_CHECK_MISSING ? 1 : 0;
    }
    if (k->bad_n > revoked + missing || k->bad_more > 0)
        return IR_VERDICT_TAMPERED;
    if (forks > 0)
        return IR_VERDICT_FORK;
    if (k->unknown_signer > 0 || revoked > 0)
        return IR_VERDICT_UNKNOWN_SIGNER;
    if (gaps > 0 || k->missing > 0 || k->database_damaged)
        return IR_VERDICT_INCOMPLETE;
    return k->unwitnessed > 0 ? IR_VERDICT_UNWITNESSED : IR_VERDICT_WHOLE;
}

/* What the check found, as the view wants it. */
static void
fill(struct ir_ctx *c, const struct ir_check *k, struct ir_verify *v,
     struct ir_verify_bad *bad, struct ir_verify_author *authors)
{
    size_t i, n = 0;

    for (i = 0; i < k->bad_n; i++) {
        const struct ir_cert_key *key =
            ir_trust_key(&c->trust, k->bad[i].author);

        memcpy(bad[n].id, k->bad[i].id, IR_ID_BYTES);
        bad[n].has_id = true;
        bad[n].why = why_of[k->bad[i].why];
        bad[n].author = key != NULL ? (int)key->member : -1;
        bad[n].seq = k->bad[i].seq;
        bad[n++].at_ms = k->bad[i].recorded_ms;
    }
    for (i = 0; i < k->authors_n; i++) {
        const struct ir_cert_key *key =
            ir_trust_key(&c->trust, k->authors[i].key_id);

        key_name(c, k->authors[i].key_id, authors[i].name);
        authors[i].entries = (uint64_t)k->authors[i].entries;
        authors[i].witnessed_to_ms = k->authors[i].witnessed_ms;
        authors[i].by = k->authors[i].by;
        authors[i].by_n = k->authors[i].by_n;
        if (k->authors[i].gaps > 0 || k->authors[i].forks > 0 ||
            k->authors[i].unknown) {
            bad[n].why = k->authors[i].forks > 0  ? IR_BAD_FORK
                         : k->authors[i].gaps > 0 ? IR_BAD_GAP
                                                  : IR_BAD_SIGNER;
            bad[n].author = key != NULL ? (int)key->member : -1;
            snprintf(bad[n].detail, sizeof bad[n].detail, "%s",
                     authors[i].name);
            n++;
        }
    }
    if (k->database_damaged) {
        bad[n].why = IR_BAD_ROW;
        bad[n].author = -1;
        snprintf(bad[n].detail, sizeof bad[n].detail, "%.90s",
                 k->database_says);
        n++;
    }
    v->bad = bad;
    v->bad_n = n;
    v->authors = authors;
    v->authors_n = k->authors_n;
    v->entries = (uint64_t)k->entries;
    v->bodies_withheld = (uint64_t)k->stubs;
    v->record.entries = (size_t)k->entries;
    v->record.witnessed = (size_t)k->witnessed;
    v->record.this_device_only = (size_t)k->unwitnessed;
    v->record.oldest_ms = k->unwitnessed_first_ms;
    v->record.newest_ms = k->unwitnessed_last_ms;
    v->verdict = judge(k);
}

/* What was refused or does not count, and by whom its key was revoked. */
static struct ir_verify_refused *
fill_refused(struct ir_ctx *c, const struct ir_refused *of, size_t n)
{
    struct ir_verify_refused *list = ir_calloc(n, sizeof *list);
    size_t i;

    for (i = 0; i < n; i++) {
        const struct ir_cert_key *key = ir_trust_key(&c->trust, of[i].author);

        memcpy(list[i].id, of[i].id, IR_ID_BYTES);
        list[i].refused_ms = of[i].at_ms;
        list[i].author = key != NULL ? (int)key->member : -1;
        list[i].revoker = key != NULL && key->revoked ? key->revoker : -1;
        list[i].revoked_ms = key != NULL ? key->revoked_ms : 0;
    }
    return list;
}

static void
progress(int64_t done, void *arg)
{
    struct ir_ctx *c = arg;

    if (done < 20000)
        return;
    ir_buf_adds(&c->talk, "\r");
    ir_buf_addf(&c->talk, _("%lld entries checked"), (long long)done);
    ir_ctx_flush(c);
}

static void
nothing(const char *text, const char *hint, void *arg)
{
    (void)text;
    (void)hint;
    (void)arg;
}

int
ir_cmd_verify(struct ir_ctx *c, int argc, char **argv)
{
    bool strict = false, chain = false;
    const struct ir_opt opts[] = {{"strict", 0, NULL, &strict, NULL, NULL},
                                  {"chain-only", 0, NULL, &chain, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_check k = {0};
    struct ir_verify v = {0};
    struct ir_verify_bad *bad;
    struct ir_verify_author *authors;
    struct ir_verify_refused *refused, *dead;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "verify", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    rc = ir_store_check(c->st, &c->trust, chain, cpus > 0 ? (int)cpus : 1,
                        c->talk_view.term.tty && !c->json ? progress : NULL, c,
                        &k, &c->err);
    if (k.entries >= 20000 && c->talk_view.term.tty && !c->json)
        ir_buf_adds(&c->talk, "\r");
    if (rc != IR_OK && rc != IR_EDAMAGED && rc != IR_ESTORE)
        return rc;
    memset(&c->err, 0, sizeof c->err);
    bad = ir_calloc(k.bad_n + k.authors_n + 1, sizeof *bad);
    authors = ir_calloc(k.authors_n, sizeof *authors);
    v.chain_only = chain;
    fill(c, &k, &v, bad, authors);
    v.refused = refused = fill_refused(c, k.refused, k.refused_n);
    v.refused_n = k.refused_n;
    v.dead = dead = fill_refused(c, k.dead, k.dead_n);
    v.dead_n = k.dead_n;
    v.dead_more = k.dead_more;
    v.backup_fork =
        v.verdict == IR_VERDICT_FORK && ir_clones_each(c, nothing, NULL) > 0;
    if (c->json) {
        struct ir_json *j = ir_view_verify_json(&c->view, &v);

        ir_json_set_take(j, "copies", ir_clones_json(c));
        ir_cmd_json_take(c, j);
    } else {
        ir_view_verify(&c->view, &v, &c->out);
        ir_clones_say(c);
    }
    rc = ir_verdict_good(v.verdict, strict) ? IR_OK : IR_ENO;
    free(bad);
    free(authors);
    free(refused);
    free(dead);
    ir_check_done(&k);
    return rc;
}

int
ir_cmd_rebuild(struct ir_ctx *c, int argc, char **argv)
{
    bool salvage = false;
    const struct ir_opt opts[] = {{"salvage", 0, NULL, &salvage, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int64_t saved = 0, lost = 0, entries = 0;
    uint8_t(*open)[IR_ID_BYTES] = NULL;
    size_t open_n = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "rebuild", &c->err);
    if (rc != IR_OK)
        return rc;
    if (salvage) {
        rc = ir_store_home_check(c->home, &c->err);
        if (rc == IR_OK)
            rc = ir_store_salvage(c->home, &saved, &lost, &c->err);
        if (rc == IR_OK && c->json) {
            struct ir_json *j = ir_json_new_obj();

            ir_json_set_int(j, "saved", saved);
            ir_json_set_int(j, "lost", lost);
            ir_cmd_json_take(c, j);
        } else if (rc == IR_OK)
            ir_buf_addf(&c->out,
                        _("%lld entries saved, %lld lost. The damaged file "
                          "stays beside it as ir.db.damaged-*.\nNext: ir "
                          "verify\n"),
                        (long long)saved, (long long)lost);
        return rc;
    }
    rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_store_views_drop(c->st, &c->err);
    if (rc == IR_OK)
        rc = ir_store_count(c->st, &entries, &c->err);
    if (rc == IR_OK)
        ir_witness_view(c->st, true);
    if (rc == IR_OK) /* remembered when the command ends */
        rc = ir_case_not_closed(c, &open, &open_n);
    free(open);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_int(j, "entries", entries);
        ir_cmd_json_take(c, j);
    } else if (rc == IR_OK) {
        ir_buf_addf(&c->out, _("Cached views made anew from %lld entries.\n"),
                    (long long)entries);
    }
    return rc;
}
