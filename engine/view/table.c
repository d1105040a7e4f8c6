/* table.c: see term.h, "A table being filled". */
#include "base/utf8.h"
#include "view/term.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2       /* columns between cells */
#define ROOM_MIN 4  /* what ir_term_para keeps */
#define LAST_MIN 16 /* the last column is not squeezed below this */

void
ir_table_init(struct ir_table *tb, size_t cols_n, int indent)
{
    *tb = (struct ir_table){.cols_n = cols_n, .indent = indent};
}

void
ir_table_row(struct ir_table *tb, enum ir_style style, const char *const *cells)
{
    size_t i;

    if (tb->rows_n == tb->cap) {
        tb->cap = tb->cap == 0 ? 16 : tb->cap * 2;
        tb->cells =
            ir_realloc(tb->cells, tb->cap * tb->cols_n * sizeof *tb->cells);
        tb->styles = ir_realloc(tb->styles, tb->cap * sizeof *tb->styles);
    }
    for (i = 0; i < tb->cols_n; i++)
        tb->cells[tb->rows_n * tb->cols_n + i] =
            ir_strdup(cells[i] != NULL ? cells[i] : "");
    tb->styles[tb->rows_n++] = style;
}

static void
pad(struct ir_buf *out, int n)
{
    for (; n > 0; n--)
        ir_buf_addc(out, ' ');
}

/* The widest cell of each column; columns that are empty everywhere get 0. */
static void
measure(const struct ir_table *tb, int *w)
{
    size_t r, c;

    for (c = 0; c < tb->cols_n; c++) {
        w[c] = 0;
        for (r = 0; r < tb->rows_n; r++) {
            int x = ir_utf8_width(tb->cells[r * tb->cols_n + c]);

            if (x > w[c])
                w[c] = x;
        }
        if (w[c] > 0 && tb->head[c] != NULL) {
            int x = ir_utf8_width(tb->head[c]);

            if (x > w[c])
                w[c] = x;
        }
    }
}

/* Is there room for the grid? *at gets the column where the last one begins.
 */
static bool
fits(const struct ir_table *tb, const struct ir_term *t, const int *w, int *at)
{
    size_t c, last = tb->cols_n - 1;
    int need = w[last] < LAST_MIN ? w[last] : LAST_MIN;

    *at = tb->indent;
    for (c = 0; c < last; c++)
        if (w[c] > 0)
            *at += w[c] + GAP;
    return *at + (need < ROOM_MIN ? ROOM_MIN : need) <= t->cols;
}

/* A row of the grid: its cells in their columns, the last one wrapped. */
static void
grid_row(const struct ir_table *tb, const struct ir_term *t, size_t r,
         const int *w, int at, struct ir_buf *out)
{
    char *const *cell = tb->cells + r * tb->cols_n;
    const char *last = cell[tb->cols_n - 1];
    struct ir_buf tail = {0};
    size_t c;
    int gap = tb->indent;

    for (c = 0; c + 1 < tb->cols_n; c++) {
        int x = ir_utf8_width(cell[c]);

        if (w[c] == 0)
            continue;
        if (x > 0) {
            pad(out, gap + (tb->right[c] ? w[c] - x : 0));
            ir_term_put(t, out, tb->styles[r], cell[c]);
            gap = GAP + (tb->right[c] ? 0 : w[c] - x);
        } else {
            gap += w[c] + GAP;
        }
    }
    if (*last != '\0') {
        ir_term_para(t, &tail, at, NULL, tb->styles[r], last);
        pad(out, gap);
        ir_buf_adds(out, ir_buf_str(&tail) + at);
    } else {
        ir_buf_addc(out, '\n');
    }
    ir_buf_done(&tail);
}

/* A row where the grid has no room: the cells before the last in a line, the
 * last one below.
 */
static void
stacked_row(const struct ir_table *tb, const struct ir_term *t, size_t r,
            struct ir_buf *out)
{
    char *const *cell = tb->cells + r * tb->cols_n;
    const char *last = cell[tb->cols_n - 1];
    struct ir_buf line = {0};
    size_t c;

    for (c = 0; c + 1 < tb->cols_n; c++) {
        if (cell[c][strspn(cell[c], " ")] == '\0')
            continue;
        ir_buf_adds(&line, line.len > 0 ? "  " : "");
        ir_buf_adds(&line, cell[c]);
    }
    if (line.len > 0)
        ir_term_para(t, out, tb->indent, NULL, tb->styles[r],
                     ir_buf_str(&line));
    if (*last != '\0')
        ir_term_para(t, out, tb->indent + 2, NULL, tb->styles[r], last);
    ir_buf_done(&line);
}

static void
write_head(const struct ir_table *tb, const struct ir_term *t, const int *w,
           struct ir_buf *out)
{
    struct ir_buf line = {0};
    size_t c;

    for (c = 0; c < tb->cols_n; c++)
        if (tb->head[c] == NULL)
            return;
    for (c = 0; c < tb->cols_n; c++) {
        int x = ir_utf8_width(tb->head[c]);

        if (w[c] == 0)
            continue;
        if (tb->right[c])
            pad(&line, w[c] - x);
        ir_buf_adds(&line, tb->head[c]);
        if (c + 1 < tb->cols_n)
            pad(&line, (tb->right[c] ? 0 : w[c] - x) + GAP);
    }
    ir_term_para(t, out, tb->indent, NULL, IR_STYLE_DIM, ir_buf_str(&line));
    ir_buf_done(&line);
}

void
ir_table_write(struct ir_table *tb, const struct ir_term *t, struct ir_buf *out)
{
    int w[IR_TABLE_COLS_MAX] = {0}, at;
    size_t r, i;
    bool grid;

    assert(tb->cols_n > 0 && tb->cols_n <= IR_TABLE_COLS_MAX);
    measure(tb, w);
    grid = fits(tb, t, w, &at);
    if (tb->rows_n > 0 && grid)
        write_head(tb, t, w, out);
    for (r = 0; r < tb->rows_n; r++)
        if (grid)
            grid_row(tb, t, r, w, at, out);
        else
            stacked_row(tb, t, r, out);
    for (i = 0; i < tb->rows_n * tb->cols_n; i++)
        free(tb->cells[i]);
    free(tb->cells);
    free(tb->styles);
    tb->cells = NULL;
    tb->styles = NULL;
    tb->rows_n = tb->cap = 0;
}
