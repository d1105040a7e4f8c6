/* table.c: see term.h, "A table being filled". */
#include "base/utf8.h"
#include "view/term.h"

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

/* Which columns stay in the grid: columns leave, last but one first, until
 * what is left of the line holds the last one. Returns where the last column
 * begins.
 */
static int
choose(const struct ir_table *tb, const struct ir_term *t, const int *w,
       bool *in)
{
    size_t c, last = tb->cols_n - 1;
    int need = w[last] < LAST_MIN ? w[last] : LAST_MIN;

    if (need < ROOM_MIN)
        need = ROOM_MIN;

    for (c = 0; c < tb->cols_n; c++)
        in[c] = w[c] > 0;
    in[last] = true;
    for (;;) {
        int at = tb->indent;

        for (c = 0; c < last; c++)
            if (in[c])
                at += w[c] + GAP;
        if (at + need <= t->cols)
            return at;
        for (c = last; c > 1 && !in[c - 1]; c--)
            ;
        if (c <= 1) { /* the first column alone is too wide: go below it */
            in[0] = false;
            return tb->indent + 2;
        }
        in[c - 1] = false;
    }
}

/* The cells that did not stay, joined, below their row. */
static void
write_rest(const struct ir_table *tb, const struct ir_term *t, size_t r,
           const bool *in, int at, struct ir_buf *out)
{
    struct ir_buf rest = {0};
    size_t c;

    for (c = 1; c + 1 < tb->cols_n; c++) {
        const char *s = tb->cells[r * tb->cols_n + c];

        if (in[c] || *s == '\0')
            continue;
        if (rest.len > 0)
            ir_buf_adds(&rest, "  ");
        ir_buf_adds(&rest, s);
    }
    if (rest.len > 0)
        ir_term_para(t, out, at, NULL, IR_STYLE_DIM, ir_buf_str(&rest));
    ir_buf_done(&rest);
}

static void
write_row(const struct ir_table *tb, const struct ir_term *t, size_t r,
          const int *w, const bool *in, int at, struct ir_buf *out)
{
    char *const *cell = tb->cells + r * tb->cols_n;
    struct ir_buf last = {0};
    size_t c;

    if (!in[0] && tb->cols_n > 1)
        ir_term_para(t, out, tb->indent, NULL, tb->styles[r], cell[0]);
    ir_term_para(t, &last, at, NULL, tb->styles[r], cell[tb->cols_n - 1]);
    if (in[0] && tb->cols_n > 1) { /* the grid's cells before the last */
        struct ir_buf line = {0};
        int col = tb->indent;

        pad(&line, tb->indent);
        for (c = 0; c + 1 < tb->cols_n; c++) {
            int x = ir_utf8_width(cell[c]);

            if (!in[c])
                continue;
            if (tb->right[c])
                pad(&line, w[c] - x);
            ir_term_put(t, &line, tb->styles[r], cell[c]);
            col += w[c] + GAP;
            if (*cell[tb->cols_n - 1] != '\0' || c + 2 < tb->cols_n)
                pad(&line, (tb->right[c] ? 0 : w[c] - x) + GAP);
        }
        while (line.len > 0 && line.p[line.len - 1] == ' ' &&
               *cell[tb->cols_n - 1] == '\0')
            line.p[--line.len] = '\0';
        ir_buf_add(out, line.p, line.len);
        if (*cell[tb->cols_n - 1] != '\0')
            ir_buf_adds(out, ir_buf_str(&last) + at);
        else
            ir_buf_addc(out, '\n');
        ir_buf_done(&line);
    } else if (*cell[tb->cols_n - 1] != '\0') {
        ir_buf_add(out, last.p, last.len);
    }
    write_rest(tb, t, r, in, at, out);
    ir_buf_done(&last);
}

static void
write_head(const struct ir_table *tb, const struct ir_term *t, const int *w,
           const bool *in, struct ir_buf *out)
{
    struct ir_buf line = {0};
    size_t c;

    for (c = 0; c < tb->cols_n; c++)
        if (tb->head[c] == NULL)
            return;
    for (c = 0; c < tb->cols_n; c++) {
        int x = ir_utf8_width(tb->head[c]);

        if (!in[c])
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
    int w[IR_TABLE_COLS_MAX];
    bool in[IR_TABLE_COLS_MAX];
    size_t r, i;
    int at;

    measure(tb, w);
    at = choose(tb, t, w, in);
    if (tb->rows_n > 0 && in[0])
        write_head(tb, t, w, in, out);
    for (r = 0; r < tb->rows_n; r++)
        write_row(tb, t, r, w, in, at, out);
    for (i = 0; i < tb->rows_n * tb->cols_n; i++)
        free(tb->cells[i]);
    free(tb->cells);
    free(tb->styles);
    tb->cells = NULL;
    tb->styles = NULL;
    tb->rows_n = tb->cap = 0;
}
