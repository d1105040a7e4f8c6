/* roster_lua.c: people as rows of Lua; see roster.h. */
#include "base/scan.h"
#include "core/roster.h"

#include <stdlib.h>
#include <string.h>

#define ROW "  { id = \"" /* how a row begins: ir_roster_ids looks for it */

/* A Lua string: nothing that harms is in it, but it need not be trusted. */
static void
put_str(struct ir_buf *b, const char *s)
{
    ir_buf_addc(b, '"');
    for (; *s != '\0'; s++) {
        unsigned char ch = (unsigned char)*s;

        if (ch == '"' || ch == '\\')
            ir_buf_addf(b, "\\%c", ch);
        else if (ch < 0x20 || ch == 0x7F)
            ir_buf_addf(b, "\\%03d", ch);
        else
            ir_buf_addc(b, ch);
    }
    ir_buf_addc(b, '"');
}

static void
put_text(struct ir_buf *b, const struct ir_json *row, const char *key)
{
    const struct ir_json *t = ir_json_get(row, key);

    if (t == NULL)
        return;
    ir_buf_addf(b, ",\n    %s = { en = ", key);
    put_str(b, ir_json_get_str(t, "en", ""));
    ir_buf_adds(b, ", ja = ");
    put_str(b, ir_json_get_str(t, "ja", ""));
    ir_buf_adds(b, " }");
}

static void
put_word(struct ir_buf *b, const struct ir_json *row, const char *key)
{
    const char *s = ir_json_get_str(row, key, NULL);

    if (s == NULL)
        return;
    ir_buf_addf(b, ", %s = ", key);
    put_str(b, s);
}

static void
put_working(struct ir_buf *b, const struct ir_json *row)
{
    const struct ir_json *w = ir_json_get(row, "working");
    const struct ir_json *days = ir_json_get(w, "days");
    size_t i;

    if (w == NULL)
        return;
    ir_buf_adds(b, ",\n    working = { days = {");
    for (i = 0; i < ir_json_len(days); i++) {
        const char *day = ir_json_str(ir_json_at(days, i));

        ir_buf_adds(b, i > 0 ? ", " : " ");
        put_str(b, day != NULL ? day : "");
    }
    ir_buf_adds(b, " }");
    put_word(b, w, "from");
    put_word(b, w, "to");
    ir_buf_adds(b, " }");
}

void
ir_roster_lua(const struct ir_json *row, struct ir_buf *out)
{
    const struct ir_json *ways = ir_json_get(row, "channels");
    size_t i;

    ir_buf_adds(out, ROW);
    ir_buf_addf(out, "%s\"", ir_json_get_str(row, "id", ""));
    put_text(out, row, "name");
    put_text(out, row, "title");
    put_text(out, row, "organisation");
    ir_buf_adds(out, ",\n    language = ");
    put_str(out, ir_json_get_str(row, "language", "ja"));
    put_word(out, row, "verified");
    put_word(out, row, "member");
    if (ir_json_get_bool(row, "outside", false))
        ir_buf_adds(out, ", outside = true");
    put_text(out, row, "hours");
    put_working(out, row);
    ir_buf_adds(out, ",\n    channels = {");
    for (i = 0; i < ir_json_len(ways); i++) {
        const char *how = ir_json_str(ir_json_at(ir_json_at(ways, i), 0));
        const char *to = ir_json_str(ir_json_at(ir_json_at(ways, i), 1));
        const char *when = ir_json_str(ir_json_at(ir_json_at(ways, i), 2));

        ir_buf_adds(out, i > 0 ? ",\n                 { " : " { ");
        put_str(out, how != NULL ? how : "");
        ir_buf_adds(out, ", ");
        put_str(out, to != NULL ? to : "");
        if (when != NULL) {
            ir_buf_adds(out, ", ");
            put_str(out, when);
        }
        ir_buf_adds(out, " }");
    }
    ir_buf_adds(out, " } },\n");
}

void
ir_roster_file(const struct ir_json *rows, struct ir_buf *out)
{
    size_t i;

    ir_buf_adds(
        out,
        "-- People taken out of an address book: ir contacts import --write.\n"
        "--\n"
        "-- Each import writes this file anew. It changes names, titles and\n"
        "-- numbers and removes nobody. It keeps verified, member, hours,\n"
        "-- working, outside and means it knows nothing of (radio). Where a\n"
        "-- number changes, verified goes: dial it, then put the day back.\n"
        "-- Whoever is written by hand stands in contacts.lua.\n"
        "\n"
        "local people = {\n");
    for (i = 0; i < ir_json_len(rows); i++)
        ir_roster_lua(ir_json_at(rows, i), out);
    ir_buf_adds(out,
                "}\n"
                "\n"
                "local imported = {}\n"
                "\n"
                "-- The site's own people with those above behind them.\n"
                "function imported.with(own)\n"
                "  for _, person in ipairs(people) do own[#own + 1] = person "
                "end\n"
                "  return own\n"
                "end\n"
                "\n"
                "-- The ids of those above with `own` before them, for an\n"
                "-- audience of all of them: members = imported.ids {}.\n"
                "function imported.ids(own)\n"
                "  for _, person in ipairs(people) do own[#own + 1] = "
                "person.id end\n"
                "  return own\n"
                "end\n"
                "\n"
                "return imported\n");
}

struct ir_json *
ir_roster_ids(const char *text, size_t n)
{
    struct ir_json *list = ir_json_new_arr();
    size_t at = 0;

    while (at < n) {
        const char *nl = memchr(text + at, '\n', n - at);
        size_t len = nl != NULL ? (size_t)(nl - text) - at : n - at;
        char id[IR_NAME_MAX + 1];
        size_t i, head = sizeof ROW - 1;

        if (len > head && memcmp(text + at, ROW, head) == 0) {
            for (i = 0; i < IR_NAME_MAX && head + i < len &&
                        text[at + head + i] != '"';
                 i++)
                id[i] = text[at + head + i];
            id[i] = '\0';
            if (ir_name_ok(id))
                ir_json_add_str(list, id);
        }
        at += len + 1;
    }
    return list;
}
