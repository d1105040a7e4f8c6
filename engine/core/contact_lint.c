/* contact_lint.c: see contact_lint.h. */
#include "core/contact_lint.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/index.h"
#include "base/scan.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const by_hand[] = {
    "phone",  "sms",       "mail",   "email", "radio", "fax",      "runner",
    "pager",  "satellite", "letter", "door",  "board", "intercom", "megaphone",
    "person", "web",       "meet",   "chat",  "pa",    NULL};

struct lint {
    const struct ir_json *contacts;
    int64_t now_ms;
    void (*found)(const struct ir_contact_finding *f, void *arg);
    void *arg;
    size_t mail_n; /* people whom mail should reach, and nothing sends it */
    struct ir_index ids;     /* of all lists: "people/ito" */
    struct ir_index members; /* of people: the first of each member */
};

bool
ir_contact_by_hand(const char *means)
{
    size_t i;

    for (i = 0; by_hand[i] != NULL; i++)
        if (strcmp(by_hand[i], means) == 0)
            return true;
    return false;
}

bool
ir_contact_stale(const char *verified, int64_t now_ms)
{
    int64_t ms = 0;
    int prec = 0;

    return verified == NULL ||
           ir_time_parse(verified, now_ms, &ms, &prec, NULL) != IR_OK ||
           now_ms - ms >=
               (int64_t)IR_CONTACT_STALE_DAYS * 86400 * INT64_C(1000);
}

static void __attribute__((format(printf, 7, 8)))
say(const struct lint *l, const char *check, enum ir_contact_level level,
    const char *list, long item, const char *field, const char *fmt, ...)
{
    const struct ir_json *row =
        item >= 0 ? ir_json_at(ir_json_get(l->contacts, list), (size_t)item)
                  : NULL;
    struct ir_contact_finding f = {
        check, level, list, ir_json_get_str(row, "id", ""), item, field, NULL};
    char message[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    f.message = message;
    l->found(&f, l->arg);
}

/* The row of that id, or NULL; *at where it stands. */
static const struct ir_json *
row_of(const struct lint *l, const char *list, const char *id, long *at)
{
    char *name = ir_asprintf("%s/%s", list, id);
    size_t k = 0;
    bool there = ir_index_get(&l->ids, name, &k);

    free(name);
    if (there && at != NULL)
        *at = (long)k;
    return there ? ir_json_at(ir_json_get(l->contacts, list), k) : NULL;
}

static bool
is_mail(const struct lint *l, const char *means)
{
    const struct ir_json *channel = row_of(l, "channels", means, NULL);

    return strcmp(means, "mail") == 0 || strcmp(means, "email") == 0 ||
           ir_json_get_bool(channel, "mail", false);
}

static const char *
means_of(const struct ir_json *ways, size_t i)
{
    const char *s = ir_json_str(ir_json_at(ir_json_at(ways, i), 0));

    return s != NULL ? s : "";
}

/* Is there a way to them, and one that is not mail? */
static bool
reached(const struct lint *l, const struct ir_json *who, bool mail_counts)
{
    const struct ir_json *ways = ir_json_get(who, "channels");
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++)
        if (mail_counts || !is_mail(l, means_of(ways, i)))
            return true;
    return false;
}

/* The nearest word that a means could have been, or NULL. */
static const char *
nearest(const struct lint *l, const char *means)
{
    const struct ir_json *ch = ir_json_get(l->contacts, "channels");
    const char *best = NULL;
    int best_d = 3;
    size_t i;

    for (i = 0; i < ir_json_len(ch); i++) {
        const char *id = ir_json_get_str(ir_json_at(ch, i), "id", "");
        int d = ir_edit_distance(means, id);

        if (d < best_d) {
            best = id;
            best_d = d;
        }
    }
    for (i = 0; by_hand[i] != NULL; i++)
        if (ir_edit_distance(means, by_hand[i]) < best_d &&
            strlen(by_hand[i]) > 2) {
            best = by_hand[i];
            best_d = ir_edit_distance(means, by_hand[i]);
        }
    return best;
}

/* The ways of one: known, several, not mail alone. */
static void
check_ways(struct lint *l, const char *list, long item,
           const struct ir_json *row)
{
    const struct ir_json *ways = ir_json_get(row, "channels");
    bool people = strcmp(list, "people") == 0;
    size_t i, n = ir_json_len(ways);
    const char *near;
    char field[40];

    for (i = 0; i < n; i++) {
        const char *means = means_of(ways, i);

        if (row_of(l, "channels", means, NULL) != NULL)
            continue;
        if (is_mail(l, means))
            l->mail_n++;
        if (ir_contact_by_hand(means))
            continue;
        near = nearest(l, means);
        snprintf(field, sizeof field, "channels[%zu]", i + 1);
        if (near != NULL)
            say(l, "unknown-means", IR_CONTACT_WARNING, list, item, field,
                _("\"%s\" is neither a channel nor done by hand; did you "
                  "mean \"%s\"?"),
                means, near);
        else
            say(l, "unknown-means", IR_CONTACT_WARNING, list, item, field,
                _("\"%s\" is neither a channel of the list \"channels\" nor "
                  "done by hand (phone, radio, fax, ...)"),
                means);
    }
    if (n > 0 && !reached(l, row, false))
        say(l, "mail-only", people ? IR_CONTACT_WARNING : IR_CONTACT_NOTE, list,
            item, "channels", "%s", _("can be reached by mail only"));
    else if (n == 1)
        say(l, "one-way", people ? IR_CONTACT_WARNING : IR_CONTACT_NOTE, list,
            item, "channels", "%s", _("can be reached in one way only"));
}

static void
check_date(struct lint *l, const char *list, long item,
           const struct ir_json *row)
{
    const char *when = ir_json_get_str(row, "verified", NULL);

    if (l->now_ms == 0 || !ir_contact_stale(when, l->now_ms))
        return;
    if (when == NULL)
        say(l, "unverified", IR_CONTACT_NOTE, list, item, "verified", "%s",
            _("nobody has tried yet whether this reaches them"));
    else
        say(l, "stale", IR_CONTACT_NOTE, list, item, "verified",
            _("last verified %s: over %d days ago"), when,
            IR_CONTACT_STALE_DAYS);
}

/* The member that the person is. */
static const char *
member_of(const struct ir_json *row)
{
    return ir_json_get_str(row, "member", ir_json_get_str(row, "id", ""));
}

/* Members have one person each: said of those who name theirs, of the later
 * one where both do. */
static void
check_member(struct lint *l, size_t item, const struct ir_json *row)
{
    const struct ir_json *all = ir_json_get(l->contacts, "people"), *other;
    const char *m = member_of(row);
    size_t first = item;
    long same = -1;

    if (ir_json_get(row, "member") == NULL)
        return;
    (void)ir_index_get(&l->members, m, &first);
    if (first >= item) {
        other = row_of(l, "people", m, &same);
        if (other == NULL || same <= (long)item ||
            ir_json_get(other, "member") != NULL)
            return;
        first = (size_t)same;
    }
    say(l, "member-twice", IR_CONTACT_ERROR, "people", (long)item, "member",
        _("%s and %s are both the member \"%s\""),
        ir_json_get_str(ir_json_at(all, first), "id", ""),
        ir_json_get_str(row, "id", ""), m);
}

/* Can anybody of that word (of a level, of members) be reached? `seen` has a
 * mark for each audience: each is looked into once. */
static bool
list_reached(const struct lint *l, const struct ir_json *words,
             bool mail_counts, bool *seen)
{
    const struct ir_json *row;
    size_t i;
    long at;

    for (i = 0; i < ir_json_len(words); i++) {
        const char *word = ir_json_str(ir_json_at(words, i));

        if (word == NULL)
            continue;
        if (strncmp(word, "role:", 5) == 0) {
            row = row_of(l, "roles", word + 5, NULL);
            if (list_reached(l, ir_json_get(row, "holders"), mail_counts, seen))
                return true;
        } else if (strncmp(word, "audience:", 9) == 0) {
            row = row_of(l, "audiences", word + 9, &at);
            if (row == NULL || seen[at])
                continue;
            seen[at] = true;
            if (reached(l, row, mail_counts) ||
                list_reached(l, ir_json_get(row, "members"), mail_counts, seen))
                return true;
        } else if (reached(l, row_of(l, "people", word, NULL), mail_counts)) {
            return true;
        }
    }
    return false;
}

static bool *
marks(const struct lint *l)
{
    return ir_calloc(ir_json_len(ir_json_get(l->contacts, "audiences")) + 1,
                     sizeof(bool));
}

static void
check_tree(struct lint *l, long item, const struct ir_json *row)
{
    const struct ir_json *levels = ir_json_get(row, "levels");
    bool *seen = marks(l);
    size_t i, k;
    char field[60];

    for (i = 0; i < ir_json_len(levels); i++)
        for (k = 0; k < ir_json_len(ir_json_at(levels, i)); k++) {
            const char *word =
                ir_json_str(ir_json_at(ir_json_at(levels, i), k));
            struct ir_json *one = ir_json_new_arr();
            bool yes;

            ir_json_add_str(one, word != NULL ? word : "");
            yes = list_reached(l, one, false, seen);
            ir_json_free(one);
            if (yes)
                continue;
            snprintf(field, sizeof field, "levels[%zu][%zu]", i + 1, k + 1);
            say(l, "mail-only", IR_CONTACT_WARNING, "trees", item, field,
                _("%s can be reached by mail only: when mail is down, the "
                  "contact tree breaks here"),
                word);
        }
    free(seen);
}

/* Does audience `id` lead back to `to`? */
static bool
leads_to(const struct lint *l, const char *id, const char *to, bool *seen)
{
    long at = 0;
    const struct ir_json *row = row_of(l, "audiences", id, &at);
    const struct ir_json *m = ir_json_get(row, "members");
    size_t i;

    if (strcmp(id, to) == 0)
        return true;
    if (row == NULL || seen[at])
        return false;
    seen[at] = true;
    for (i = 0; i < ir_json_len(m); i++) {
        const char *word = ir_json_str(ir_json_at(m, i));

        if (word != NULL && strncmp(word, "audience:", 9) == 0 &&
            leads_to(l, word + 9, to, seen))
            return true;
    }
    return false;
}

static void
check_audience(struct lint *l, long item, const struct ir_json *row)
{
    const struct ir_json *m = ir_json_get(row, "members");
    const char *id = ir_json_get_str(row, "id", "");
    bool loop = false, *seen;
    char field[40];
    size_t i;

    for (i = 0; i < ir_json_len(m); i++) {
        const char *word = ir_json_str(ir_json_at(m, i));
        bool leads;

        if (word == NULL || strncmp(word, "audience:", 9) != 0)
            continue;
        seen = marks(l);
        leads = leads_to(l, word + 9, id, seen);
        free(seen);
        if (!leads)
            continue;
        loop = true;
        snprintf(field, sizeof field, "members[%zu]", i + 1);
        say(l, "loop", IR_CONTACT_ERROR, "audiences", item, field,
            _("the audience \"%s\" holds itself, by way of \"%s\""), id, word);
    }
    seen = marks(l);
    if (!loop && ir_json_get(row, "by") == NULL && !reached(l, row, true) &&
        !list_reached(l, m, true, seen))
        say(l, "unreachable", IR_CONTACT_WARNING, "audiences", item, "", "%s",
            _("nobody can be reached: no members, no channels, and \"by\" "
              "does not say how"));
    free(seen);
}

/* Remember where everybody stands. */
static void
fill_index(struct lint *l, const char *const *lists, size_t n)
{
    size_t i, k;

    for (i = 0; i < n; i++) {
        const struct ir_json *all = ir_json_get(l->contacts, lists[i]);

        for (k = 0; k < ir_json_len(all); k++) {
            const struct ir_json *row = ir_json_at(all, k);
            char *name =
                ir_asprintf("%s/%s", lists[i], ir_json_get_str(row, "id", ""));

            (void)ir_index_put(&l->ids, name, k);
            free(name);
            if (strcmp(lists[i], "people") == 0)
                (void)ir_index_put(&l->members, member_of(row), k);
        }
    }
}

void
ir_contact_lint(const struct ir_json *contacts, int64_t now_ms,
                void (*found)(const struct ir_contact_finding *f, void *arg),
                void *arg)
{
    static const char *const lists[] = {"people",    "roles",       "trees",
                                        "audiences", "authorities", "partners",
                                        "channels"};
    const size_t lists_n = sizeof lists / sizeof lists[0];
    struct lint l = {
        .contacts = contacts, .now_ms = now_ms, .found = found, .arg = arg};
    size_t i, k;

    fill_index(&l, lists, lists_n);
    for (i = 0; i + 1 < lists_n; i++) {
        const struct ir_json *all = ir_json_get(contacts, lists[i]);

        for (k = 0; k < ir_json_len(all); k++) {
            const struct ir_json *row = ir_json_at(all, k);

            if (ir_json_get(row, "channels") != NULL && i != 3)
                check_ways(&l, lists[i], (long)k, row);
            if (i == 0)
                check_member(&l, k, row);
            if (i == 0 || i == 4 || i == 5)
                check_date(&l, lists[i], (long)k, row);
            if (i == 1 && ir_json_len(ir_json_get(row, "holders")) < 2)
                say(&l, "no-deputy", IR_CONTACT_WARNING, lists[i], (long)k,
                    "holders", "%s", _("this role has no deputy"));
            if (i == 2)
                check_tree(&l, (long)k, row);
            if (i == 3)
                check_audience(&l, (long)k, row);
        }
    }
    if (l.mail_n > 0)
        say(&l, "not-set-up", IR_CONTACT_NOTE, "channels", -1, "",
            _("%zu addresses are mail, and no channel \"mail\" is set up: "
              "nothing leaves that way"),
            l.mail_n);
    ir_index_done(&l.ids);
    ir_index_done(&l.members);
}
