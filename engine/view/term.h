/* term.h: what a terminal can show, and the few shapes all screens are made
 * of: styled text, rules, paragraphs, rows, tables.
 *
 * Text handed in is already harmless (view.h, ir_view_safe). Every line
 * written here fits the terminal's columns; where a row cannot, its parts go
 * below one another. Nothing is understood by colour alone. A no-break space
 * (U+00A0) keeps the words of a command in one line and is written as a plain
 * one, so that what is copied from the screen works.
 */
#ifndef IR_VIEW_TERM_H
#define IR_VIEW_TERM_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_TERM_COLS_MIN 20
#define IR_TERM_COLS_MAX 500
#define IR_TERM_NARROW                                                         \
    60 /* below this, hanging text and grids are given up                      \
        */
#define IR_TABLE_COLS_MAX 8

struct ir_term {
    int cols, lines; /* lines 0: no limit (not a terminal) */
    bool color;      /* escape sequences for styles may be written */
    bool utf8;       /* else: ASCII marks, other characters as \u{NNNN} */
    bool tty;
    bool plain; /* no rules, no frames: for screen readers and pipes */
};

enum ir_style {
    IR_STYLE_NONE,
    IR_STYLE_BOLD,
    IR_STYLE_DIM,
    IR_STYLE_ACCENT,   /* the one colour: what is now, what is at risk */
    IR_STYLE_ALARM,    /* red: missed, NOT recorded; nothing else */
    IR_STYLE_EXERCISE, /* the exercise banner's own background */
};

/* Find out what the terminal at `fd` can do: its size by TIOCGWINSZ, else
 * COLUMNS and LINES, else 80 by no limit; no colour with `plain`, NO_COLOR
 * set (and not empty), TERM unset or dumb, or no terminal; not utf8 when
 * LC_ALL, LC_CTYPE or LANG names another character set.
 *
 * Units:  columns and lines.
 * Owns:   nothing; `get` is only called here (getenv will do).
 */
void ir_term_detect(int fd, bool plain, char *(*get)(const char *name),
                    struct ir_term *t);

/* Append `s` in a style.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_term_put(const struct ir_term *t, struct ir_buf *out,
                 enum ir_style style, const char *s);

/* Append a line drawn across the screen with `label` (may be NULL) at its
 * right end.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_term_rule(const struct ir_term *t, struct ir_buf *out,
                  const char *label);

/* Append `s` wrapped between `indent` and the last column. `lead` (may be
 * NULL) stands before the first line's text; the lines after it hang below
 * the text, or by two columns where the screen is narrow (under
 * IR_TERM_NARROW columns) and the lead is a word.
 *
 * Units:  columns.
 * Owns:   `out` keeps a copy.
 */
void ir_term_para(const struct ir_term *t, struct ir_buf *out, int indent,
                  const char *lead, enum ir_style style, const char *s);

/* Append one line with `left` at `indent` and `right` (may be NULL) at the
 * right end. When both do not fit, `right` wraps below, indented by 4 more.
 *
 * Units:  columns.
 * Owns:   `out` keeps a copy.
 */
void ir_term_row(const struct ir_term *t, struct ir_buf *out, int indent,
                 enum ir_style lstyle, const char *left, enum ir_style rstyle,
                 const char *right);

/* A table being filled, row by row. Cells are copied. Where it fits it is a
 * grid whose last column wraps; where not, each row becomes a line of its
 * cells with the last one below: columns go, facts never.
 */
struct ir_table {
    size_t cols_n;
    const char *head[IR_TABLE_COLS_MAX]; /* NULL: no heading line */
    bool right[IR_TABLE_COLS_MAX];       /* set right, for numbers */
    int indent;
    char **cells; /* rows_n * cols_n, "" where empty */
    enum ir_style *styles;
    size_t rows_n, cap;
};

/* Begin a table of `cols_n` columns; add a row of exactly that many cells
 * (NULL is empty); write it and free what it holds.
 *
 * Owns:   *tb until ir_table_write; cells are copied; `out` keeps a copy.
 */
void ir_table_init(struct ir_table *tb, size_t cols_n, int indent);
void ir_table_row(struct ir_table *tb, enum ir_style style,
                  const char *const *cells);
void ir_table_write(struct ir_table *tb, const struct ir_term *t,
                    struct ir_buf *out);

#endif
