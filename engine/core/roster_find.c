/* roster_find.c: see roster_find.h. */
#include "core/roster_find.h"

#include <stdlib.h>
#include <string.h>

#define SHARED_MAX 100 /* people: what so many share tells nobody apart */

/* Rows with one thing in common. */
struct ir_roster_link {
    size_t row, next; /* next: a place, or 0: the last */
    size_t n;         /* in the first: how many there are */
};

/* Does the row have that address, by whatever means? */
static bool
has_address(const struct ir_json *row, const char *address, bool mail)
{
    const struct ir_json *ways = ir_json_get(row, "channels");
    struct ir_buf want = {0}, have = {0};
    bool found = false, number = !mail && ir_intake_number(address, &want);
    size_t i;

    for (i = 0; i < ir_json_len(ways) && !found; i++) {
        const char *s = ir_json_str(ir_json_at(ir_json_at(ways, i), 1));

        have.len = 0;
        if (s != NULL && number && ir_intake_number(s, &have))
            found = strcmp(ir_buf_str(&have), ir_buf_str(&want)) == 0;
        else if (s != NULL)
            found = strcasecmp(s, address) == 0;
    }
    ir_buf_done(&want);
    ir_buf_done(&have);
    return found;
}

bool
ir_roster_same_name(const struct ir_json *row, const struct ir_intake_person *p)
{
    const struct ir_json *name = ir_json_get(row, "name");

    return strcmp(ir_json_get_str(name, "ja", ""), p->name) == 0 ||
           strcmp(ir_json_get_str(name, "en", ""), p->name) == 0;
}

/* How sure is it that they are the same? 0: not. */
static int
likeness(const struct ir_json *row, const struct ir_intake_person *p)
{
    int sure = ir_roster_same_name(row, p) ? 4 : 0;
    size_t i;

    if (p->id != NULL && strcmp(ir_json_get_str(row, "id", ""), p->id) == 0)
        return 100;
    for (i = 0; i < p->ways_n; i++) {
        const struct ir_intake_way *w = &p->way[i];
        bool mail = strcmp(w->means, "mail") == 0;

        if (mail && has_address(row, w->address, true))
            sure += 8;
        else if (strcmp(w->means, "sms") == 0 &&
                 has_address(row, w->address, false))
            sure += 3; /* a telephone in a pocket is one person's */
    }
    return sure;
}

/* Note that the row has it: "n" a name, "i" an id, "a" an address. */
static void
note(struct ir_roster_find *f, char what, const char *s, size_t row)
{
    char *key = ir_asprintf("%c%s", what, s);
    size_t at = f->links_n, first = at;

    if (s[0] == '\0') {
        free(key);
        return;
    }
    if (f->links_n == f->links_cap) {
        f->links_cap = f->links_cap == 0 ? 64 : 2 * f->links_cap;
        f->links = ir_realloc(f->links, f->links_cap * sizeof *f->links);
    }
    f->links[at] = (struct ir_roster_link){.row = row, .n = 1};
    if (ir_index_put(&f->by, key, at)) {
        f->links_n++;
    } else if (ir_index_get(&f->by, key, &first) &&
               f->links[first].n < SHARED_MAX) {
        f->links[at].next = f->links[first].next;
        f->links[first].next = at;
        f->links[first].n++;
        f->links_n++;
    }
    free(key);
}

void
ir_roster_find_init(struct ir_roster_find *f, const struct ir_json *people)
{
    size_t i, k, n = ir_json_len(people);

    memset(f, 0, sizeof *f);
    f->people = people;
    f->taken = ir_calloc(n + 1, sizeof *f->taken);
    for (i = 0; i < n; i++) {
        const struct ir_json *row = ir_json_at(people, i);
        const struct ir_json *name = ir_json_get(row, "name");
        const struct ir_json *ways = ir_json_get(row, "channels");

        note(f, 'i', ir_json_get_str(row, "id", ""), i);
        note(f, 'n', ir_json_get_str(name, "ja", ""), i);
        note(f, 'n', ir_json_get_str(name, "en", ""), i);
        for (k = 0; k < ir_json_len(ways); k++) {
            const char *s = ir_json_str(ir_json_at(ir_json_at(ways, k), 1));
            struct ir_buf mail = {0}, number = {0};

            ir_intake_plain("mail", s != NULL ? s : "", &mail);
            note(f, 'a', ir_buf_str(&mail), i);
            if (s != NULL && ir_intake_number(s, &number))
                note(f, 'a', ir_buf_str(&number), i);
            ir_buf_done(&mail);
            ir_buf_done(&number);
        }
    }
}

/* The best so far. */
struct best {
    const struct ir_intake_person *p;
    int row, sure;
};

/* Look at those with that in common. */
static void
look(const struct ir_roster_find *f, char what, const char *s, struct best *b)
{
    char *key = ir_asprintf("%c%s", what, s);
    size_t at = 0;
    bool there = ir_index_get(&f->by, key, &at);

    free(key);
    while (there) {
        int row = (int)f->links[at].row;
        int sure = f->taken[row]
                       ? 0
                       : likeness(ir_json_at(f->people, (size_t)row), b->p);

        if (sure > b->sure ||
            (sure == b->sure && b->row >= 0 && row < b->row)) {
            b->row = row;
            b->sure = sure;
        }
        at = f->links[at].next;
        there = at != 0;
    }
}

int
ir_roster_find(const struct ir_roster_find *f, const struct ir_intake_person *p,
               int surely)
{
    struct best b = {p, -1, surely};
    size_t i;

    if (p->id != NULL)
        look(f, 'i', p->id, &b);
    look(f, 'n', p->name, &b);
    for (i = 0; i < p->ways_n; i++) {
        struct ir_buf plain = {0};

        ir_intake_plain(p->way[i].means, p->way[i].address, &plain);
        look(f, 'a', ir_buf_str(&plain), &b);
        ir_buf_done(&plain);
    }
    return b.row;
}

void
ir_roster_find_done(struct ir_roster_find *f)
{
    ir_index_done(&f->by);
    free(f->links);
    free(f->taken);
    memset(f, 0, sizeof *f);
}
