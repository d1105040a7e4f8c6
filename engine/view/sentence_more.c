/* sentence_more.c: see sentence.h: what people write, trust, evidence, drills.
 */
#include "base/scan.h"
#include "view/sentence.h"
#include "view/sheet.h"
#include "view/step.h"

#include <stdlib.h>
#include <string.h>

/* The word for number `n` of a list that begins at 1. */
#define PICK(list, n)                                                          \
    ((n) >= 1 && (n) <= sizeof(list) / sizeof((list)[0]) ? _((list)[(n)-1])    \
                                                         : "?")

/* Who, what, where, why, how of a note, where they were given. */
static void
note_parts(struct ir_sx *x)
{
    int key;

    for (key = 2; key <= 6; key++) {
        const char *s = ir_sx_text(x, key);

        if (*s != '\0')
            ir_buf_addf(x->out,
                        key == 2   ? _(" (who: %s)")
                        : key == 3 ? _(" (what: %s)")
                        : key == 4 ? _(" (where: %s)")
                        : key == 5 ? _(" (why: %s)")
                                   : _(" (how: %s)"),
                        s);
    }
}

static const char *
channel(struct ir_sx *x, int key)
{
    char *kind = ir_body_strdup(x->e, key);
    const char *s = ir_pool_take(&x->pool, ir_view_channel(x->v, kind));

    free(kind);
    return s;
}

static void
say_attempt(struct ir_sx *x)
{
    static const char *const outcome[] = {N_("tried"),     N_("handed over"),
                                          N_("delivered"), N_("failed"),
                                          N_("replied"),   N_("no answer")};
    char *id = ir_body_strdup(x->e, 1);
    const char *who = ir_pool_take(&x->pool, ir_view_person(x->v, id, false));
    char *by = ir_body_strdup(x->e, 2);
    bool sent = ir_view_contact(x->v, "channels", by) != NULL;

    ir_buf_addf(x->out,
                sent ? _("Message to %s (%s): %s") : _("Called %s (%s): %s"),
                who, channel(x, 2), PICK(outcome, ir_body_uint_or(x->e, 3, 0)));
    free(by);
    ir_sx_reason(x, 4);
    ir_sx_reason(x, 6);
    free(id);
}

/* Who was told: an authority or partner by its title, and whom there. */
static const char *
told_whom(struct ir_sx *x)
{
    static const char *const lists[] = {"authorities", "partners", "trees"};
    char *id = ir_body_strdup(x->e, 1), *at = strstr(id, ": ");
    const char *name = NULL;
    size_t i;

    if (at != NULL)
        *at = '\0';
    for (i = 0; i < 3 && name == NULL; i++) {
        const struct ir_json *j = ir_view_contact(x->v, lists[i], id);

        name = j == NULL ? NULL : ir_json_text_of(j, "title");
        if (j != NULL && name == NULL)
            name = ir_json_text_of(j, "name");
    }
    if (at != NULL && name == NULL)
        *at = ':'; /* no id stands there: all of it is the name */
    name = ir_pool_take(&x->pool, ir_view_safe(x->v, name != NULL ? name : id));
    if (at != NULL && *at == '\0')
        name = ir_pool_f(&x->pool, _("%s, %s"), name,
                         ir_pool_take(&x->pool, ir_view_safe(x->v, at + 2)));
    free(id);
    return name;
}

static void
say_told(struct ir_sx *x)
{
    const char *receipt = ir_sx_text(x, 5), *report = ir_sx_text(x, 7);
    uint64_t due;

    if (*report == '\0')
        report = ir_sx_text(x, 4);

    ir_buf_addf(x->out, _("Told %s (%s) %s"), told_whom(x), channel(x, 3),
                ir_sx_time(x, 2));
    if (*report != '\0')
        ir_buf_addf(x->out, _(", %s"), ir_report_say(report));
    if (*receipt != '\0')
        ir_buf_addf(x->out, _(", receipt number %s"), receipt);
    if (ir_body_uint(x->e, 6, &due))
        ir_buf_addf(x->out, _(", next report due %s"), ir_sx_time(x, 6));
}

/* A report drawn up for an authority: its answers stand in `ir show`. */
static void
say_drawn_up(struct ir_sx *x)
{
    const char *report = ir_sx_text(x, 8);
    char *id = ir_body_strdup(x->e, 7);
    struct ir_body_item item;
    size_t at = 0, n = 0, open = 0;

    while (ir_body_each(x->e, 2, &at, &item)) {
        n++;
        open += item.len == 0;
    }
    ir_buf_addf(x->out, _("Drew up the report to %s"),
                ir_pool_take(&x->pool, ir_view_authority(x->v, id)));
    if (*report != '\0')
        ir_buf_addf(x->out, _(", %s"), ir_report_say(report));
    ir_buf_addf(x->out, _(": %zu answers, %zu of them under investigation"), n,
                open);
    free(id);
}

/* What a form of a report was answered: what nobody knew stands at the end as
 * one word, moments as times. */
static const char *
form_answers(struct ir_sx *x)
{
    static const struct ir_var moment = {.type = IR_VAR_TIME};
    struct ir_body_item it;
    struct ir_buf b = {0}, open = {0};
    size_t at = 0;

    while (ir_body_each(x->e, 2, &at, &it)) {
        char *value = ir_strndup((const char *)it.p, it.len);
        const char *name = ir_pool_take(
            &x->pool, ir_view_safe_n(x->v, it.name != NULL ? it.name : "",
                                     it.name != NULL ? it.name_len : 0));
        bool stamp = strlen(value) > 10 && value[4] == '-' && value[10] == 'T';

        if (strcmp(value, "unknown") == 0)
            ir_buf_addf(&open, "%s%s", open.len > 0 ? _(", ") : "", name);
        else
            ir_buf_addf(&b, _("%s%s: %s"), b.len > 0 ? _(", ") : "", name,
                        ir_pool_take(&x->pool,
                                     ir_view_value(x->v, stamp ? &moment : NULL,
                                                   value)));
        free(value);
    }
    if (open.len > 0)
        ir_buf_addf(&b, _("%sunknown: %s"), b.len > 0 ? _("; ") : "",
                    ir_buf_str(&open));
    ir_buf_done(&open);
    return ir_pool_buf(&x->pool, &b);
}

static void
say_report(struct ir_sx *x)
{
    uint64_t verdict = ir_body_uint_or(x->e, 5, 0);

    ir_buf_addf(x->out, _("Report \"%s\": %s"), ir_sx_text(x, 1),
                form_answers(x));
    if (*ir_sx_text(x, 3) != '\0')
        ir_buf_addf(x->out, _(" (from %s)"), ir_sx_text(x, 3));
    if (*ir_sx_text(x, 4) != '\0')
        ir_buf_addf(x->out, _(" (%s)"), channel(x, 4));
    if (*ir_sx_text(x, 9) != '\0')
        ir_buf_addf(x->out, _("; as it came: \"%s\""), ir_sx_text(x, 9));
    if (verdict != 0)
        ir_buf_adds(x->out, verdict == 2 ? _("; judged an incident")
                                         : _("; judged an event"));
}

bool
ir_sx_record(struct ir_sx *x)
{
    switch (x->e->h.kind) {
    case IR_KIND_NOTE:
        ir_buf_adds(x->out, ir_sx_text(x, 1));
        note_parts(x);
        return true;
    case IR_KIND_DECISION:
        ir_buf_addf(x->out, _("Decided: %s"), ir_sx_text(x, 1));
        if (*ir_sx_text(x, 3) != '\0')
            ir_buf_addf(x->out, _(": %s"), ir_sx_text(x, 3));
        ir_sx_reason(x, 4);
        if (*ir_sx_text(x, 5) != '\0')
            ir_buf_addf(x->out, _(" (known then: %s)"), ir_sx_text(x, 5));
        return true;
    case IR_KIND_AMEND:
        ir_buf_addf(x->out, _("Corrects entry %s: \"%s\""), ir_sx_ref(x, 0),
                    ir_sx_text(x, 1));
        return true;
    case IR_KIND_REDACT:
        ir_buf_addf(x->out,
                    ir_body_uint_or(x->e, 3, 0) == 2
                        ? _("Erases what entry %s says (\"%s\", by order of "
                            "%s)")
                        : _("Withholds what entry %s says (\"%s\", by order "
                            "of %s)"),
                    ir_sx_ref(x, 0), ir_sx_text(x, 1), ir_sx_text(x, 2));
        return true;
    case IR_KIND_ATTEMPT:
        say_attempt(x);
        return true;
    case IR_KIND_TOLD:
        say_told(x);
        return true;
    case IR_KIND_REPORT:
        if (*ir_sx_text(x, 7) != '\0')
            say_drawn_up(x);
        else
            say_report(x);
        return true;
    case IR_KIND_CHANNEL: {
        static const char *const state[] = {N_("works"), N_("down"),
                                            N_("not to be trusted")};

        ir_buf_addf(x->out, _("Channel %s: %s"), channel(x, 1),
                    PICK(state, ir_body_uint_or(x->e, 2, 0)));
        ir_sx_reason(x, 3);
        return true;
    }
    default:
        return false;
    }
}

static const char *
hex_field(struct ir_sx *x, int key)
{
    const uint8_t *p;
    size_t n;
    char hex[2 * 4 + 1];

    if (!ir_body_bytes(x->e, key, &p, &n) || n < 4)
        return "?";
    ir_hex(p, 4, hex);
    return ir_pool_take(&x->pool, ir_strdup(hex));
}

/* What an approval is about: a step, an exception, a release; else its id. */
static const char *
approved(struct ir_sx *x)
{
    const struct ir_incident *inc = x->inc;
    const struct ir_trust *t = x->v->trust;
    const uint8_t *ref = x->e->h.refs_n > 0 ? x->e->h.refs[0] : NULL;
    char hex[2 * 4 + 1];
    size_t i;

    for (i = 0; ref != NULL && inc != NULL && i < inc->requests_n; i++)
        if (memcmp(inc->requests[i].entry, ref, IR_ID_BYTES) == 0)
            return ir_sx_step_at(x, inc->requests[i].path);
    for (i = 0; ref != NULL && inc != NULL && i < inc->exceptions_n; i++)
        if (memcmp(inc->exceptions[i].entry, ref, IR_ID_BYTES) == 0)
            return ir_pool_f(
                &x->pool, _("the exception: %s"),
                ir_view_rule(x->v, inc->exceptions[i].rule, &x->pool));
    for (i = 0; ref != NULL && t != NULL && i < t->releases_n; i++)
        if (memcmp(t->releases[i].entry, ref, IR_ID_BYTES) == 0) {
            ir_hex(t->releases[i].manifest, 4, hex);
            return ir_pool_f(&x->pool, _("release %s of the runbooks"), hex);
        }
    for (i = 0; ref != NULL && t != NULL && i < t->proposals_n; i++)
        if (memcmp(t->proposals[i].entry, ref, IR_ID_BYTES) == 0)
            return ir_pool_f(&x->pool,
                             t->proposals[i].revoke
                                 ? _("the revocation %s")
                                 : _("the change of administrators %s"),
                             ir_sx_ref(x, 0));
    return ref != NULL ? ir_sx_ref(x, 0) : hex_field(x, 2);
}

/* An approval: of an alert a cosignature, or the release of its words. */
static void
say_approval(struct ir_sx *x)
{
    bool no = ir_body_uint_or(x->e, 1, 0) == 2;
    enum ir_approves of = x->v->approves != NULL && x->e->h.refs_n > 0
                              ? x->v->approves(x->e, x->inc, x->v->approves_arg)
                              : IR_APPROVES_OTHER;

    if (of == IR_APPROVES_WORDS)
        ir_buf_addf(x->out,
                    no ? _("Does not release alert %s")
                       : _("Released alert %s: it may leave"),
                    ir_sx_ref(x, 0));
    else if (of == IR_APPROVES_ALERT)
        ir_buf_addf(x->out,
                    no ? _("Does not cosign alert %s") : _("Cosigned alert %s"),
                    ir_sx_ref(x, 0));
    else
        ir_buf_addf(x->out, no ? _("Denied: %s") : _("Approved: %s"),
                    approved(x));
    ir_sx_reason(x, 3);
}

/* The people of an admins entry, each once. */
static const char *
people(struct ir_sx *x)
{
    const uint8_t *p = NULL;
    const char *all = "";
    size_t n = 0, i, j;

    if (!ir_body_bytes(x->e, 3, &p, &n))
        return "?";
    for (i = 0; i + 8 <= n; i += 8) {
        char hex[2 * 8 + 1];
        const char *one;
        int m =
            x->v->trust != NULL ? ir_trust_member_id(x->v->trust, p + i) : -1;

        for (j = 0; j < i && memcmp(p + i, p + j, 8) != 0; j += 8)
            ;
        if (j < i)
            continue;
        ir_hex(p + i, 8, hex);
        one = m >= 0 ? ir_pool_take(&x->pool, ir_view_member(x->v, m, false))
                     : ir_pool_take(&x->pool, ir_strdup(hex));
        all = i == 0 ? one : ir_pool_f(&x->pool, "%s, %s", all, one);
    }
    return all;
}

/* Which key, to whose device. */
static void
say_grant(struct ir_sx *x)
{
    uint64_t audience = ir_body_uint_or(x->e, 3, 0);
    unsigned long long epoch = ir_body_uint_or(x->e, 2, 0);
    const struct ir_cert_key *k = NULL;
    const char *who = hex_field(x, 1);
    const uint8_t *to;
    size_t n;

    if (x->v->trust != NULL && ir_body_bytes(x->e, 1, &to, &n) &&
        n == IR_KEYID_BYTES)
        k = ir_trust_key(x->v->trust, to);
    if (k != NULL)
        who =
            ir_pool_take(&x->pool, ir_view_member(x->v, (int)k->member, false));
    if (audience == 0)
        ir_buf_addf(x->out, _("Gave a device of %s carrier key %llu"), who,
                    epoch);
    else
        ir_buf_addf(x->out, _("Gave a device of %s key %llu of audience %llu"),
                    who, epoch, (unsigned long long)audience);
}

/* Does it wait for other administrators to agree? Where the trust of before it
 * is at hand, as when it was recorded this moment: will it? */
static bool
waits(const struct ir_sx *x)
{
    const struct ir_trust *t = x->v->trust;
    const uint8_t *key;
    size_t i, n;

    for (i = 0; t != NULL && i < t->proposals_n; i++)
        if (memcmp(t->proposals[i].entry, x->e->id, IR_ID_BYTES) == 0)
            return !t->proposals[i].counts;
    if (t == NULL || t->k < 2)
        return false;
    return x->e->h.kind == IR_KIND_ADMINS ||
           (ir_body_bytes(x->e, 1, &key, &n) && n == IR_KEYID_BYTES &&
            ir_trust_in_force(t, key));
}

bool
ir_sx_trust(struct ir_sx *x)
{
    switch (x->e->h.kind) {
    case IR_KIND_ROOT:
        ir_buf_adds(x->out, _("Founded the site's log"));
        return true;
    case IR_KIND_MEMBER:
        ir_buf_addf(x->out, _("Enrolled %s (%s)"), ir_sx_text(x, 1),
                    ir_sx_text(x, 6));
        return true;
    case IR_KIND_DEVICE:
        ir_buf_addf(x->out, _("Enrolled a device of %s"), ir_sx_member(x, 1));
        return true;
    case IR_KIND_REVOKE:
        ir_buf_addf(x->out,
                    waits(x) ? _("Put forward: revoke key %s")
                             : _("Revoked key %s"),
                    hex_field(x, 1));
        ir_sx_reason(x, 2);
        return true;
    case IR_KIND_APPROVAL:
        say_approval(x);
        return true;
    case IR_KIND_RELEASE:
        ir_buf_addf(x->out, _("Made release %s of the runbooks"),
                    hex_field(x, 1));
        ir_sx_reason(x, 4);
        return true;
    case IR_KIND_GRANT:
        say_grant(x);
        return true;
    case IR_KIND_ADMINS:
        ir_buf_addf(x->out,
                    waits(x) ? _("Put forward as administrators: %s; %d must "
                                 "agree")
                             : _("Named as administrators: %s; %d must agree"),
                    people(x), (int)ir_body_uint_or(x->e, 1, 0));
        ir_sx_reason(x, 5);
        return true;
    case IR_KIND_RECEIPT:
        ir_buf_adds(x->out, ir_body_uint_or(x->e, 2, 0) == 2
                                ? _("Device: displayed")
                                : _("Device: stored"));
        return true;
    default:
        return ir_sx_flash(x);
    }
}

static void
say_evidence(struct ir_sx *x)
{
    uint64_t n = ir_body_uint_or(x->e, 2, 0), bytes;
    const char *source = ir_sx_text(x, 5);

    ir_buf_addf(x->out,
                n == 1   ? _("Evidence %s: acquisition begun")
                : n == 2 ? _("Evidence %s: acquired")
                : n == 3 ? _("Evidence %s: acquisition failed")
                         : _("Evidence %s: checked"),
                ir_sx_text(x, 1));
    if (*source != '\0')
        ir_buf_addf(x->out, _(", source %s"), source);
    if (ir_body_uint(x->e, 4, &bytes))
        ir_buf_addf(x->out, _(", %llu bytes"), (unsigned long long)bytes);
    ir_sx_reason(x, 9);
}

static void
say_custody(struct ir_sx *x)
{
    static const char *const op[] = {
        N_("sealed"), N_("offered"),  N_("accepted"),    N_("accessed"),
        N_("copied"), N_("returned"), N_("disposed of"), N_("held")};
    const char *from = ir_sx_text(x, 3), *to = ir_sx_text(x, 4);

    ir_buf_addf(x->out, _("Custody: %s, %s"), ir_sx_list(x, 2),
                PICK(op, ir_body_uint_or(x->e, 1, 0)));
    if (*from != '\0')
        ir_buf_addf(x->out, _(", from %s"), from);
    if (*to != '\0')
        ir_buf_addf(x->out, _(", to %s"), to);
    ir_sx_reason(x, 6);
}

static void
say_action(struct ir_sx *x)
{
    static const char *const op[] = {N_("opened"), N_("assigned"), N_("done"),
                                     N_("verified"), N_("dropped")};

    ir_buf_addf(x->out, _("Improvement item, %s: %s (owner %s, due %s)"),
                PICK(op, ir_body_uint_or(x->e, 4, 0)), ir_sx_text(x, 1),
                ir_sx_text(x, 2), ir_sx_time(x, 3));
}

bool
ir_sx_other(struct ir_sx *x)
{
    static const char *const drill[] = {N_("planned"), N_("postponed"),
                                        N_("started"), N_("finished"),
                                        N_("aborted")};

    switch (x->e->h.kind) {
    case IR_KIND_EVIDENCE:
        say_evidence(x);
        return true;
    case IR_KIND_CUSTODY:
        say_custody(x);
        return true;
    case IR_KIND_WITNESS:
        ir_buf_adds(x->out, _("Another device has seen the record"));
        return true;
    case IR_KIND_DRILL:
        ir_buf_addf(x->out, _("Exercise %s: %s"), ir_sx_text(x, 1),
                    PICK(drill, ir_body_uint_or(x->e, 2, 0)));
        ir_sx_reason(x, 5);
        return true;
    case IR_KIND_INJECT:
        ir_buf_addf(x->out, _("Inject %s: %s"), ir_sx_text(x, 1),
                    ir_sx_text(x, 5));
        return true;
    case IR_KIND_SCORE:
        ir_buf_addf(x->out, _("Score for \"%s\": %s"), ir_sx_text(x, 1),
                    ir_sx_text(x, 2));
        ir_sx_reason(x, 4);
        return true;
    case IR_KIND_ACTION:
        say_action(x);
        return true;
    case IR_KIND_ATTEST:
        ir_buf_addf(x->out, _("Attestation for %s: %s"), ir_sx_text(x, 1),
                    ir_sx_text(x, 2));
        return true;
    default:
        return false;
    }
}

/* The id of the audience that the header names, else its number. */
static const char *
audience(struct ir_sx *x)
{
    const struct ir_json *list = ir_view_contacts(x->v, "audiences");
    size_t i;

    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *a = ir_json_at(list, i);
        int64_t no = ir_json_get_int(a, "number", 0);

        if (no > 0 && (uint64_t)no == x->e->h.audience)
            return ir_pool_take(
                &x->pool, ir_view_safe(x->v, ir_json_get_str(a, "id", "")));
    }
    return ir_pool_f(&x->pool, "%llu", (unsigned long long)x->e->h.audience);
}

void
ir_view_entry_text(const struct ir_view *v, const struct ir_entry *e,
                   const struct ir_incident *inc, struct ir_buf *out)
{
    struct ir_sx x = {.v = v, .e = e, .inc = inc, .out = out};
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    size_t n;
    const uint8_t *b = ir_entry_plain(e, &n);

    if (k == NULL)
        ir_buf_addf(out,
                    _("Unknown kind of entry (%llu): a newer program "
                      "can show it"),
                    (unsigned long long)e->h.kind);
    else if (e->b == NULL)
        ir_buf_addf(out, _("%s: withheld, or not on this device"), k->name);
    else if (b == NULL)
        ir_buf_addf(out, _("%s: sealed, for %s to read"), k->name,
                    audience(&x));
    else if (ir_kind_check(e->h.kind, b, n, NULL) != IR_OK)
        ir_buf_addf(out, _("%s: malformed, does not count"), k->name);
    else if (!ir_sx_walk(&x) && !ir_sx_record(&x) && !ir_sx_trust(&x) &&
             !ir_sx_other(&x))
        ir_buf_adds(out, k->name);
    if (k != NULL && e->h.sealed && b != NULL)
        ir_buf_addf(out, _(" (sealed: %s only)"), audience(&x));
    ir_pool_done(&x.pool);
}
