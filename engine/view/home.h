/* home.h: `ir` with nothing behind it: what is going on, what to do next. */
#ifndef IR_VIEW_HOME_H
#define IR_VIEW_HOME_H

#include "view/walk.h"

struct ir_home {
    bool site;        /* false: no home here yet: how to begin */
    bool drill;       /* `use` has chosen an exercise */
    const char *path; /* of the home */
    const char *self; /* how the program was called; NULL: ir */
    const struct ir_incident *const *open; /* open ones, newest first */
    size_t open_n;
    const struct ir_home_line *for_you, *overdue;
    size_t for_you_n, overdue_n;
    struct ir_view_record record;
    const char *next_due; /* a sentence, or NULL */
    const char *mail;     /* that it is not to be relied on, or NULL */
    int mail_state;       /* as ir_incident.mail */
    bool no_release;      /* no approved release yet */
};

/* Owns:   `out` keeps a copy. */
void ir_view_home(const struct ir_view *v, const struct ir_home *h,
                  struct ir_buf *out);

/* {"open":[incident],"for_you":[{"text","command"}],"overdue":[...],
 * "record":{...}}
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_home_json(const struct ir_view *v,
                                  const struct ir_home *h);

#endif
