/* csv.c: see csv.h. */
#include "core/csv.h"

#include "base/buf.h"
#include "base/i18n.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void
ir_csv_init(struct ir_csv *c, const char *p, size_t n)
{
    static const char seps[] = {',', ';', '\t'};
    size_t count[3] = {0, 0, 0}, i, k, best = 0;
    bool quoted = false;

    for (i = 0; i < n && (quoted || (p[i] != '\n' && p[i] != '\r')); i++) {
        if (p[i] == '"')
            quoted = !quoted;
        for (k = 0; k < 3 && !quoted; k++)
            count[k] += p[i] == seps[k] ? 1 : 0;
    }
    for (k = 1; k < 3; k++)
        if (count[k] > count[best])
            best = k;
    *c = (struct ir_csv){p, n, 0, 1, seps[best]};
}

void
ir_csv_row_done(struct ir_csv_row *row)
{
    size_t i;

    for (i = 0; i < row->cells_n; i++)
        free(row->cell[i]);
    memset(row, 0, sizeof *row);
}

/* Pass over one end of line, of any kind; false where there is none. */
static bool
line_end(struct ir_csv *c)
{
    if (c->at >= c->n || (c->p[c->at] != '\n' && c->p[c->at] != '\r'))
        return false;
    c->at += c->p[c->at] == '\r' && c->at + 1 < c->n && c->p[c->at + 1] == '\n'
                 ? 2
                 : 1;
    c->line++;
    return true;
}

/* What stands between quotes; the cursor is behind the first. */
static int
quoted_part(struct ir_csv *c, struct ir_buf *cell, struct ir_err *err)
{
    int began = c->line;

    while (c->at < c->n && cell->len <= IR_CSV_CELL_MAX) {
        char ch = c->p[c->at];

        if (ch == '"') {
            c->at++;
            if (c->at >= c->n || c->p[c->at] != '"')
                return IR_OK;
        } else if (ch == '\n' || ch == '\r') {
            (void)line_end(c);
            ir_buf_addc(cell, '\n');
            continue;
        }
        ir_buf_addc(cell, c->p[c->at++]);
    }
    if (cell->len > IR_CSV_CELL_MAX)
        return IR_OK; /* the caller says so */
    return ir_fail(err, IR_EPARSE, _("line %d: a quote that nothing closes"),
                   began);
}

static int
cell_of(struct ir_csv *c, struct ir_buf *cell, struct ir_err *err)
{
    int rc = IR_OK;

    ir_buf_add(cell, "", 0);
    if (c->at < c->n && c->p[c->at] == '"') {
        c->at++;
        rc = quoted_part(c, cell, err);
    }
    while (rc == IR_OK && c->at < c->n && c->p[c->at] != c->sep &&
           c->p[c->at] != '\n' && c->p[c->at] != '\r' &&
           cell->len <= IR_CSV_CELL_MAX)
        ir_buf_addc(cell, c->p[c->at++]);
    if (rc == IR_OK && cell->len > IR_CSV_CELL_MAX)
        rc = ir_fail(err, IR_ELIMIT, _("line %d: a cell of over %d bytes"),
                     c->line, IR_CSV_CELL_MAX);
    return rc;
}

int
ir_csv_next(struct ir_csv *c, struct ir_csv_row *row, struct ir_err *err)
{
    int rc = IR_OK;

    memset(row, 0, sizeof *row);
    while (line_end(c))
        ;
    if (c->at >= c->n)
        return 0;
    row->line = c->line;
    for (;;) {
        struct ir_buf cell = {0};

        if (row->cells_n == IR_CSV_CELLS_MAX)
            rc = ir_fail(err, IR_ELIMIT, _("line %d: more than %d cells"),
                         row->line, IR_CSV_CELLS_MAX);
        else
            rc = cell_of(c, &cell, err);
        if (rc != IR_OK) {
            ir_buf_done(&cell);
            ir_csv_row_done(row);
            return rc;
        }
        row->cell[row->cells_n++] = ir_buf_take(&cell);
        if (c->at >= c->n || c->p[c->at] != c->sep)
            break;
        c->at++;
    }
    (void)line_end(c);
    return 1;
}
