/* line.c: see line.h. */
#include "view/line.h"

#include "base/utf8.h"

void
ir_line_add(const struct ir_term *t, struct ir_line *l, enum ir_style style,
            const char *s)
{
    ir_term_put(t, &l->b, style, s);
    l->width += ir_utf8_width(s);
}

void
ir_line_to(struct ir_line *l, int to)
{
    if (l->width > 0 && l->width >= to)
        to = l->width + 1;
    for (; l->width < to; l->width++)
        ir_buf_addc(&l->b, ' ');
}

bool
ir_line_fits(const struct ir_term *t, const struct ir_line *l,
             const struct ir_line *right)
{
    int r = right != NULL && right->width > 0 ? right->width + 2 : 0;

    return l->width + r <= t->cols;
}

void
ir_line_write(const struct ir_term *t, struct ir_line *l, struct ir_line *right,
              struct ir_buf *out)
{
    if (right != NULL && right->width > 0) {
        ir_line_to(l, t->cols - right->width);
        ir_buf_add(&l->b, right->b.p, right->b.len);
    }
    ir_buf_adds(out, ir_buf_str(&l->b));
    ir_buf_addc(out, '\n');
    ir_line_done(l);
    if (right != NULL)
        ir_line_done(right);
}

void
ir_line_done(struct ir_line *l)
{
    ir_buf_done(&l->b);
    *l = (struct ir_line){0};
}
