/* roster.c: see roster.h. */
#include "core/roster.h"

#include "base/i18n.h"
#include "base/index.h"
#include "base/romaji.h"
#include "base/scan.h"
#include "core/roster_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an import knows; other means of a person are the site's. */
static const char *const means[] = {"phone", "sms", "mail", "fax", NULL};

struct work {
    struct ir_roster_find find;
    struct ir_index imported; /* ids of the file of imports */
    struct ir_index ids;      /* of all rows, old and new */
    struct ir_index bases;    /* of ids with a number: a place in next */
    int *next;                /* number to be tried */
    size_t next_n;
    struct ir_roster *out;
};

static bool
listed(const struct ir_index *x, const char *word)
{
    size_t at;

    return ir_index_get(x, word, &at);
}

/* Words to an id: "ito kazuo" to ito-kazuo; false: no letters in it. */
static bool
as_id(const char *a, const char *b, char id[IR_NAME_MAX + 1])
{
    struct ir_buf out = {0};
    bool fits = a != NULL && ir_romaji(a, &out);
    char *p;

    if (fits && b != NULL) {
        ir_buf_addc(&out, ' ');
        fits = ir_romaji(b, &out);
    }
    if (fits) {
        snprintf(id, IR_NAME_MAX - 3, "%s", ir_buf_str(&out));
        for (p = id; *p != '\0'; p++)
            if (*p == ' ')
                *p = '-';
        fits = ir_name_ok(id);
    }
    ir_buf_done(&out);
    return fits;
}

/* The first word of a reading or a Latin name, which may be the family's. */
static bool
first_word(const char *s, char *out, size_t cap)
{
    size_t n = s != NULL ? strcspn(s, " ") : 0;

    if (n == 0 || n >= cap)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

/* Is the name in letters that a reader of English knows? Then no reading of
 * it (as phones in Japan add) says it better. */
static bool
in_latin(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0xE0) /* beyond Latin, Greek, Cyrillic */
            return false;
    return true;
}

/* The first free of base-2, base-3, ...; of "person" from 1 on. Each number is
 * tried once only. */
static char *
numbered(struct work *w, const char *base)
{
    char id[IR_NAME_MAX + 1];
    size_t at = w->next_n;

    if (ir_index_put(&w->bases, base, at)) {
        w->next = ir_realloc(w->next, (w->next_n + 1) * sizeof *w->next);
        w->next[w->next_n++] = strcmp(base, "person") == 0 ? 1 : 2;
    } else {
        (void)ir_index_get(&w->bases, base, &at);
    }
    do
        snprintf(id, sizeof id, "%.30s-%d", base, w->next[at]++);
    while (listed(&w->ids, id));
    return ir_strdup(id);
}

/* An id of its own: the family name, with the given name, with a number. */
static char *
new_id(struct work *w, const struct ir_intake_person *p)
{
    bool latin = p->family != NULL && in_latin(p->name);
    const char *fam = latin ? p->family : p->kana_family;
    const char *giv = latin ? p->given : p->kana_given;
    const char *all = latin ? p->name : p->kana;
    char word[IR_INTAKE_TEXT_MAX + 1];
    char base[IR_NAME_MAX + 1] = "person", full[IR_NAME_MAX + 1];

    if (p->id != NULL && ir_name_ok(p->id) && !listed(&w->ids, p->id))
        return ir_strdup(p->id);
    if (all == NULL)
        all = p->latin != NULL ? p->latin : p->name;
    if (as_id(fam, NULL, base) || as_id(p->family, NULL, base) ||
        (all == p->kana && first_word(all, word, sizeof word) &&
         as_id(word, NULL, base)) ||
        as_id(all, NULL, base)) {
        if (!listed(&w->ids, base))
            return ir_strdup(base);
        if ((as_id(fam, giv, full) || as_id(p->family, p->given, full) ||
             as_id(all, NULL, full)) &&
            !listed(&w->ids, full))
            return ir_strdup(full);
    }
    return numbered(w, base);
}

static void
set_text(struct ir_json *row, const char *key, const char *en, const char *ja)
{
    struct ir_json *t = ir_json_set_take(row, key, ir_json_new_obj());

    ir_json_set_str(t, "en", en);
    ir_json_set_str(t, "ja", ja);
}

/* "ito kazuo" to "Ito Kazuo". */
static char *
capitalised(const char *s)
{
    char *out = ir_strdup(s), *p;

    for (p = out; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z' && (p == out || p[-1] == ' '))
            *p = (char)(*p - 'a' + 'A');
    return out;
}

/* The name for readers of English, of the reading where there is one. */
static char *
english_name(const struct ir_intake_person *p)
{
    struct ir_buf b = {0};
    char *out = NULL;

    if (p->latin != NULL)
        return ir_strdup(p->latin);
    if (in_latin(p->name))
        return ir_strdup(p->name);
    if (p->kana_family != NULL && ir_romaji(p->kana_family, &b)) {
        if (p->kana_given != NULL) {
            ir_buf_addc(&b, ' ');
            if (!ir_romaji(p->kana_given, &b))
                b.p[--b.len] = 0;
        }
        out = capitalised(ir_buf_str(&b));
    } else if (p->kana != NULL && ir_romaji(p->kana, &b)) {
        out = capitalised(ir_buf_str(&b));
    }
    ir_buf_done(&b);
    return out != NULL ? out : ir_strdup(p->name);
}

/* Name, title and organisation: as they were where only their wording in the
 * other language is the site's. */
static void
put_words(struct ir_json *row, const struct ir_json *old,
          const struct ir_intake_person *p)
{
    static const char *const keys[] = {"title", "organisation"};
    const char *words[] = {p->title, p->organisation};
    const struct ir_json *t;
    char *en = english_name(p);
    size_t i;

    if (old != NULL && ir_roster_same_name(old, p)) {
        t = ir_json_get(old, "name");
        set_text(row, "name", ir_json_get_str(t, "en", p->name),
                 ir_json_get_str(t, "ja", p->name));
    } else {
        set_text(row, "name", en, p->name);
    }
    for (i = 0; i < 2; i++) {
        t = ir_json_get(old, keys[i]);
        if (t != NULL && (words[i] == NULL ||
                          strcmp(ir_json_get_str(t, "ja", ""), words[i]) == 0 ||
                          strcmp(ir_json_get_str(t, "en", ""), words[i]) == 0))
            set_text(row, keys[i], ir_json_get_str(t, "en", ""),
                     ir_json_get_str(t, "ja", ""));
        else if (words[i] != NULL)
            set_text(row, keys[i], words[i], words[i]);
    }
    free(en);
}

/* One way, with the hours for which the site said that it is. */
static void
put_way(struct ir_json *list, const char *how, const char *address,
        const struct ir_json *was)
{
    struct ir_json *w = ir_json_add_take(list, ir_json_new_arr());
    size_t i;

    ir_json_add_str(w, how);
    ir_json_add_str(w, address);
    for (i = 0; i < ir_json_len(was); i++) {
        const struct ir_json *x = ir_json_at(was, i);
        const char *h = ir_json_str(ir_json_at(x, 0));
        const char *a = ir_json_str(ir_json_at(x, 1));
        const char *hours = ir_json_str(ir_json_at(x, 2));

        if (h != NULL && a != NULL && hours != NULL && strcmp(h, how) == 0 &&
            strcmp(a, address) == 0) {
            ir_json_add_str(w, hours);
            return;
        }
    }
}

static bool
known_means(const char *s)
{
    size_t i;

    for (i = 0; means[i] != NULL; i++)
        if (strcmp(means[i], s) == 0)
            return true;
    return false;
}

/* The ways of the import, then those of other means that the site added. */
static void
put_ways(struct ir_json *row, const struct ir_json *old,
         const struct ir_intake_person *p)
{
    struct ir_json *list = ir_json_set_take(row, "channels", ir_json_new_arr());
    const struct ir_json *was = ir_json_get(old, "channels");
    size_t i, k;

    for (i = 0; i < p->ways_n; i++)
        put_way(list, p->way[i].means, p->way[i].address, was);
    for (i = 0; i < ir_json_len(was); i++) {
        const char *how = ir_json_str(ir_json_at(ir_json_at(was, i), 0));
        const char *address = ir_json_str(ir_json_at(ir_json_at(was, i), 1));
        bool there = how == NULL || address == NULL || known_means(how);

        for (k = 0; !there && k < p->ways_n; k++)
            there = strcmp(p->way[k].means, how) == 0 &&
                    strcmp(p->way[k].address, address) == 0;
        if (!there)
            put_way(list, how, address, was);
    }
}

/* "phone 050-1, mail a@b" of those the import knows. */
static char *
ways_text(const struct ir_json *row)
{
    const struct ir_json *ways = ir_json_get(row, "channels");
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++)
        ir_buf_addf(&b, "%s%s %s", i > 0 ? ", " : "",
                    ir_json_str(ir_json_at(ir_json_at(ways, i), 0)),
                    ir_json_str(ir_json_at(ir_json_at(ways, i), 1)));
    return ir_buf_take(&b);
}

/* What is different between two rows, in words. */
static char *
difference(const struct ir_json *a, const struct ir_json *b)
{
    static const char *const keys[] = {"name", "title", "organisation"};
    char *was = ways_text(a), *is = ways_text(b);
    struct ir_buf out = {0};
    size_t i;

    for (i = 0; i < 3; i++) {
        const char *x = ir_json_get_str(ir_json_get(a, keys[i]), "ja", "");
        const char *y = ir_json_get_str(ir_json_get(b, keys[i]), "ja", "");

        if (strcmp(x, y) != 0)
            ir_buf_addf(&out, "%s%s -> %s", out.len > 0 ? "; " : "",
                        x[0] != '\0' ? x : "-", y);
    }
    if (strcmp(was, is) != 0)
        ir_buf_addf(&out, "%s%s -> %s", out.len > 0 ? "; " : "", was, is);
    free(was);
    free(is);
    return ir_buf_take(&out);
}

/* Keep what the import does not know. */
static void
keep(struct ir_json *row, const struct ir_json *old, bool verified)
{
    static const char *const keys[] = {"verified", "member", "hours", "working",
                                       "outside"};
    size_t i;

    for (i = verified ? 0 : 1; i < 5; i++) {
        const struct ir_json *v = ir_json_get(old, keys[i]);
        char *text = v != NULL ? ir_json_text(v, 0) : NULL;
        struct ir_json *copy = NULL;

        if (text != NULL && ir_json_is_str(v))
            ir_json_set_str(row, keys[i], ir_json_str(v));
        else if (text != NULL && ir_json_is_bool(v))
            ir_json_set_bool(row, keys[i], ir_json_bool(v));
        else if (text != NULL &&
                 ir_json_parse(text, strlen(text), &copy, NULL) == IR_OK)
            ir_json_set_take(row, keys[i], copy);
        free(text);
    }
}

static void
add_change(struct ir_roster *r, enum ir_roster_what what, const char *id,
           char *detail, bool unverified)
{
    r->change = ir_realloc(r->change, (r->n + 1) * sizeof *r->change);
    r->change[r->n++] =
        (struct ir_roster_change){what, ir_strdup(id), detail, unverified};
}

static void
take(struct work *w, const struct ir_intake_person *p, int at)
{
    const struct ir_json *old =
        at >= 0 ? ir_json_at(w->find.people, (size_t)at) : NULL;
    char *id =
        old != NULL ? ir_strdup(ir_json_get_str(old, "id", "")) : new_id(w, p);
    struct ir_json *row = ir_json_new_obj();
    char *was = old != NULL ? ways_text(old) : NULL, *is, *diff;
    bool moved;

    ir_json_set_str(row, "id", id);
    put_words(row, old, p);
    ir_json_set_str(row, "language",
                    old != NULL ? ir_json_get_str(old, "language", "ja")
                                : ir_lang_code(p->lang));
    put_ways(row, old, p);
    is = ways_text(row);
    moved = was != NULL && strcmp(was, is) != 0;
    keep(row, old, !moved);
    diff = old != NULL ? difference(old, row) : ir_strdup(is);
    if (old != NULL && !listed(&w->imported, id)) {
        add_change(w->out, IR_ROSTER_OWN, id, diff, false);
        ir_json_free(row);
    } else {
        add_change(w->out,
                   old == NULL       ? IR_ROSTER_NEW
                   : diff[0] != '\0' ? IR_ROSTER_CHANGED
                                     : IR_ROSTER_SAME,
                   id, diff, moved && ir_json_get(old, "verified") != NULL);
        ir_json_add_take(w->out->rows, row);
        (void)ir_index_put(&w->ids, id, 0);
    }
    free(id);
    free(was);
    free(is);
}

static int
by_id(const void *a, const void *b)
{
    return strcmp(ir_json_get_str(*(struct ir_json *const *)a, "id", ""),
                  ir_json_get_str(*(struct ir_json *const *)b, "id", ""));
}

/* Rows in the order of their ids, so that the file shows what changed. */
static void
sort_rows(struct ir_roster *r)
{
    size_t i, n = ir_json_len(r->rows);
    struct ir_json **v = ir_calloc(n + 1, sizeof(struct ir_json *));
    struct ir_json *sorted = ir_json_new_arr();

    for (i = 0; i < n; i++)
        v[i] = ir_json_at(r->rows, i);
    qsort(v, n, sizeof(struct ir_json *), by_id);
    for (i = 0; i < n; i++)
        ir_json_add_same(sorted, v[i]);
    ir_json_free(r->rows);
    r->rows = sorted;
    free(v);
}

static void
work_init(struct work *w, const struct ir_json *people,
          const struct ir_json *imported)
{
    size_t i;

    ir_roster_find_init(&w->find, people);
    for (i = 0; i < ir_json_len(people); i++)
        (void)ir_index_put(&w->ids,
                           ir_json_get_str(ir_json_at(people, i), "id", ""), i);
    for (i = 0; i < ir_json_len(imported); i++) {
        const char *id = ir_json_str(ir_json_at(imported, i));

        if (id != NULL)
            (void)ir_index_put(&w->imported, id, i);
    }
}

void
ir_roster_join(const struct ir_intake *in, const struct ir_json *people,
               const struct ir_json *imported, struct ir_roster *out)
{
    struct work w = {.out = out};
    size_t i, n = ir_json_len(people);
    int *at, pass;

    memset(out, 0, sizeof *out);
    out->rows = ir_json_new_arr();
    work_init(&w, people, imported);
    at = ir_calloc(in->n + 1, sizeof *at);
    for (pass = 0; pass < 2; pass++) /* whoever shares a telephone comes last */
        for (i = 0; i < in->n; i++) {
            if (pass == 0 || at[i] < 0)
                at[i] =
                    ir_roster_find(&w.find, &in->person[i], pass == 0 ? 3 : 2);
            if (at[i] >= 0)
                w.find.taken[at[i]] = true;
        }
    for (i = 0; i < in->n; i++)
        take(&w, &in->person[i], at[i]);
    free(at);
    for (i = 0; i < n; i++) {
        const struct ir_json *row = ir_json_at(people, i);

        if (w.find.taken[i] ||
            !listed(&w.imported, ir_json_get_str(row, "id", "")))
            continue;
        ir_json_add_same(out->rows, row);
        out->kept++;
    }
    sort_rows(out);
    ir_roster_find_done(&w.find);
    ir_index_done(&w.imported);
    ir_index_done(&w.ids);
    ir_index_done(&w.bases);
    free(w.next);
}

void
ir_roster_done(struct ir_roster *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        free(r->change[i].id);
        free(r->change[i].detail);
    }
    free(r->change);
    ir_json_free(r->rows);
    memset(r, 0, sizeof *r);
}
