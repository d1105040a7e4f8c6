/* roster.h: people taken in (intake.h) put beside those a site has: who is
 * the same person, which id, what changes. And people as rows of Lua.
 *
 * A row is what the compiler makes of one in contacts.lua: {"id","name":{"en",
 * "ja"},"title","organisation","language","verified","member","hours",
 * "working","outside","channels":[[means, address], ...]}.
 */
#ifndef IR_CORE_ROSTER_H
#define IR_CORE_ROSTER_H

#include "base/json.h"
#include "core/intake.h"

enum ir_roster_what {
    IR_ROSTER_NEW,
    IR_ROSTER_CHANGED,
    IR_ROSTER_SAME,
    IR_ROSTER_OWN, /* the site wrote this one by hand: it is left alone */
};

struct ir_roster_change {
    enum ir_roster_what what;
    char *id;
    char *detail;    /* what changes: "phone 050-... -> 050-..."; "" */
    bool unverified; /* a number changed: nobody has dialled it yet */
};

struct ir_roster {
    struct ir_json *rows; /* of the file of imports: all it shall hold */
    struct ir_roster_change *change; /* one for each person taken in */
    size_t n;
    size_t kept; /* rows of former imports that are not in this one */
};

/* Put the people of `in` beside `people` (the site's list, or NULL), of which
 * the ids in `imported` (an array of strings, or NULL) stand in the file of
 * imports. Nobody is taken away. What the import does not know of somebody
 * (verified, member, hours, working, outside, other means) stays as it was;
 * where a number changes, `verified` goes.
 *
 * Owns:   *out is the caller's, ir_roster_done.
 */
void ir_roster_join(const struct ir_intake *in, const struct ir_json *people,
                    const struct ir_json *imported, struct ir_roster *out);
void ir_roster_done(struct ir_roster *r);

/* Append one row as Lua, indented by two, with its comma.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_roster_lua(const struct ir_json *row, struct ir_buf *out);

/* Append the whole file of imports, lib/imported.lua. */
void ir_roster_file(const struct ir_json *rows, struct ir_buf *out);

/* The ids in a file that ir_roster_file wrote.
 *
 * Owns:   the result is the caller's: an array of strings.
 */
struct ir_json *ir_roster_ids(const char *text, size_t n);

#endif
