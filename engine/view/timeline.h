/* timeline.h: entries as sentences, in the order in which things happened.
 */
#ifndef IR_VIEW_TIMELINE_H
#define IR_VIEW_TIMELINE_H

#include "view/view.h"

/* Recorded so much later than it happened is marked as entered late. */
#define IR_VIEW_LATE_MS (5 * 60 * 1000)

enum ir_redacted {
    IR_RED_NO,
    IR_RED_WITHHELD,
    IR_RED_ERASED,
    IR_RED_MISSING, /* a stub nobody gave a reason for: not on this device */
    IR_RED_SEALED,  /* for others to read */
};

struct ir_titem {
    uint8_t id[IR_ID_BYTES];
    int64_t recorded_ms;
    int64_t occurred_ms; /* equals recorded_ms when nothing was said */
    int precision;       /* of occurred, enum ir_precision */
    bool has_occurred, late;
    bool counts; /* false: author unknown, or not allowed to sign this */
    int author;  /* member index, -1 unknown */
    bool node;   /* a device signed it */
    uint8_t key_id[IR_KEYID_BYTES];
    uint64_t kind;
    char *text;              /* a sentence in the reader's language, harmless */
    char *step;              /* step path, or NULL */
    struct ir_ivar *answers; /* what a step or the declaration answered */
    size_t answers_n;
    char *amend; /* the corrections, "" none: text to stand beside */
    bool amended;
    char **left_open; /* it closed the incident: what was open then */
    size_t left_open_n;
    size_t refs_n;
    uint8_t refs[IR_REFS_MAX][IR_ID_BYTES];
    enum ir_redacted redacted;
    int status;
    char *way;   /* an attempt: "Ito (mail)"; else NULL */
    char *to;    /* an attempt: who, by what, where; to compare */
    int outcome; /* of it, enum ir_outcome; else 0 */
    bool begun;  /* a device began that attempt, and its outcome stands below */
};

struct ir_timeline {
    struct ir_titem *items;
    size_t n;
};

/* What an entry says, as one sentence without the author's name: `Note:
 * "..."`, "Isolate the first host: done". Every kind of docs/format.md;
 * other kinds by their number. `inc` (may be NULL) supplies titles.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_entry_text(const struct ir_view *v, const struct ir_entry *e,
                        const struct ir_incident *inc, struct ir_buf *out);

/* Build the timeline of `e[0..n)`, given in fold order (ir_order_sort), and
 * sort it by when things happened, else were recorded; equal ones stay in
 * fold order.
 *
 * Owns:   *tl is the caller's, ir_timeline_done; keeps nothing of `e`.
 */
void ir_timeline_build(const struct ir_view *v, const struct ir_entry *const *e,
                       size_t n, const struct ir_incident *inc,
                       struct ir_timeline *tl);
void ir_timeline_done(struct ir_timeline *tl);

/* The table of docs: happened, recorded, who, what; with `ids` the id too.
 * Witness and receipt entries, which machines make, and that a device began to
 * send what has an outcome, only with `all`. Without `all` and `ids` three and
 * more people to whom an alert was handed over in a row stand in one row.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_timeline(const struct ir_view *v, const struct ir_timeline *tl,
                      bool all, bool ids, struct ir_buf *out);

/* The array of commands.md, all items.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_timeline_json(const struct ir_view *v,
                                      const struct ir_timeline *tl);

#endif
