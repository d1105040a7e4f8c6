/* csv.h: a table as other programs write it: cells parted by a comma, a
 * semicolon or a tab, quotes around what has one of these, a newline or a
 * quote in it. A cursor over UTF-8.
 */
#ifndef IR_CORE_CSV_H
#define IR_CORE_CSV_H

#include "base/err.h"

#include <stddef.h>

#define IR_CSV_CELLS_MAX 200  /* in a row */
#define IR_CSV_CELL_MAX 10000 /* bytes of one */

struct ir_csv {
    const char *p; /* borrowed */
    size_t n, at;
    int line; /* of what comes next, from 1 */
    char sep;
};

struct ir_csv_row {
    char *cell[IR_CSV_CELLS_MAX]; /* cells_n of them */
    size_t cells_n;
    int line; /* in which it begins */
};

/* Begin with the text `p[0..n)`; what parts the cells is what its first line
 * has most of.
 *
 * Owns:   `p` is borrowed until the last row.
 */
void ir_csv_init(struct ir_csv *c, const char *p, size_t n);

/* The next row: 1, or 0 at the end. Empty lines are passed over.
 *
 * Owns:   *row is the caller's, ir_csv_row_done; empty unless 1.
 * Errors: IR_EPARSE a quote that nothing closes, IR_ELIMIT; with the line.
 * Source: RFC 4180; text behind a closing quote belongs to the cell, as
 *         Python's csv has it.
 */
int ir_csv_next(struct ir_csv *c, struct ir_csv_row *row, struct ir_err *err);
void ir_csv_row_done(struct ir_csv_row *row);

#endif
