/* term.c: see term.h. */
#include "view/term.h"

#include "base/scan.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ROOM_MIN 4  /* columns a paragraph keeps, whatever its indent */
#define LEAD_MARK 4 /* a lead up to this wide is a mark, not a word */

/* Does a locale's name ask for a character set that is not UTF-8? */
static bool
other_charset(const char *locale)
{
    const char *dot = locale != NULL ? strchr(locale, '.') : NULL;

    return dot != NULL && strncasecmp(dot, ".utf-8", 6) != 0 &&
           strncasecmp(dot, ".utf8", 5) != 0;
}

static const char *
env_of(char *(*get)(const char *), const char *name)
{
    const char *s = get(name);

    return s != NULL && *s != '\0' ? s : NULL;
}

static int
env_size(char *(*get)(const char *), const char *name, int lo, int dflt)
{
    const char *s = env_of(get, name);
    int64_t v;

    if (s == NULL || ir_scan_int(s, lo, IR_TERM_COLS_MAX, &v, NULL) != IR_OK)
        return dflt;
    return (int)v;
}

void
ir_term_detect(int fd, bool plain, char *(*get)(const char *name),
               struct ir_term *t)
{
    const char *term = env_of(get, "TERM"), *loc;
    struct winsize ws = {0};
    int cols = 80, lines = 0;

    *t = (struct ir_term){.plain = plain, .tty = isatty(fd) == 1};
    if (t->tty) {
        lines = 24;
        if (ioctl(fd, TIOCGWINSZ, &ws) == 0) {
            if (ws.ws_col >= IR_TERM_COLS_MIN)
                cols = ws.ws_col;
            if (ws.ws_row > 0)
                lines = ws.ws_row;
        }
    }
    cols = env_size(get, "COLUMNS", IR_TERM_COLS_MIN, cols);
    t->cols = cols > IR_TERM_COLS_MAX ? IR_TERM_COLS_MAX : cols;
    t->lines = env_size(get, "LINES", 1, lines);
    t->color = t->tty && !plain && env_of(get, "NO_COLOR") == NULL &&
               term != NULL && strcmp(term, "dumb") != 0;
    loc = env_of(get, "LC_ALL");
    if (loc == NULL)
        loc = env_of(get, "LC_CTYPE");
    if (loc == NULL)
        loc = env_of(get, "LANG");
    t->utf8 = !other_charset(loc);
}

/* Copy text; no-break spaces have done their work and become plain. */
static void
put_text(struct ir_buf *out, const char *s)
{
    const char *nb;

    while ((nb = strstr(s, "\xc2\xa0")) != NULL) {
        ir_buf_add(out, s, (size_t)(nb - s));
        ir_buf_addc(out, ' ');
        s = nb + 2;
    }
    ir_buf_adds(out, s);
}

void
ir_term_put(const struct ir_term *t, struct ir_buf *out, enum ir_style style,
            const char *s)
{
    static const char *const code[] = {
        [IR_STYLE_BOLD] = "\033[1m",      [IR_STYLE_DIM] = "\033[2m",
        [IR_STYLE_ACCENT] = "\033[1;36m", [IR_STYLE_ALARM] = "\033[1;31m",
        [IR_STYLE_EXERCISE] = "\033[7m",
    };

    if (!t->color || style == IR_STYLE_NONE || *s == '\0') {
        put_text(out, s);
        return;
    }
    ir_buf_adds(out, code[style]);
    put_text(out, s);
    ir_buf_adds(out, "\033[0m");
}

static void
spaces(struct ir_buf *out, int n)
{
    for (; n > 0; n--)
        ir_buf_addc(out, ' ');
}

void
ir_term_rule(const struct ir_term *t, struct ir_buf *out, const char *label)
{
    int w = label != NULL ? ir_utf8_width(label) : 0;
    int dashes = t->cols - 1 - (w > 0 ? w + 1 : 0);
    struct ir_buf line = {0};

    if (t->plain) {
        if (w > 0)
            ir_term_para(t, out, 1, NULL, IR_STYLE_NONE, label);
        else
            ir_buf_addc(out, '\n');
        return;
    }
    if (dashes < 3 && w > 0) {
        ir_term_para(t, out, 1, NULL, IR_STYLE_NONE, label);
        return;
    }
    for (; dashes > 0; dashes--)
        ir_buf_addc(&line, '-');
    ir_buf_addc(out, ' ');
    ir_term_put(t, out, IR_STYLE_DIM, ir_buf_str(&line));
    if (w > 0) {
        ir_buf_addc(out, ' ');
        ir_buf_adds(out, label);
    }
    ir_buf_addc(out, '\n');
    ir_buf_done(&line);
}

/* The paragraph proper: the first line from column `indent`, the others from
 * column `hang`.
 */
static void
wrap(const struct ir_term *t, struct ir_buf *out, int indent, int hang,
     enum ir_style style, const char *s)
{
    int at = indent;

    do {
        size_t skip = 0, n = ir_utf8_wrap(s, t->cols - at, &skip);
        char *line = ir_strndup(s, n);

        assert(*s == '\0' || n + skip > 0);
        if (*line != '\0')
            spaces(out, at);
        ir_term_put(t, out, style, line);
        ir_buf_addc(out, '\n');
        free(line);
        at = hang;
        s += n + skip;
    } while (*s != '\0');
}

void
ir_term_para(const struct ir_term *t, struct ir_buf *out, int indent,
             const char *lead, enum ir_style style, const char *s)
{
    int lw = lead != NULL ? ir_utf8_width(lead) : 0, hang;
    char *whole;

    if (indent > t->cols - ROOM_MIN)
        indent = t->cols - ROOM_MIN;
    if (lw == 0) {
        wrap(t, out, indent, indent, style, s);
        return;
    }
    hang = indent + lw;
    if (lw > LEAD_MARK && (t->cols < IR_TERM_NARROW || lw > t->cols / 3))
        hang = indent + 2;
    if (hang > t->cols - ROOM_MIN)
        hang = t->cols - ROOM_MIN;
    whole = ir_asprintf("%s%s", lead, s);
    wrap(t, out, indent, hang, style, whole);
    free(whole);
}

void
ir_term_row(const struct ir_term *t, struct ir_buf *out, int indent,
            enum ir_style lstyle, const char *left, enum ir_style rstyle,
            const char *right)
{
    int lw = ir_utf8_width(left);
    int rw = right != NULL ? ir_utf8_width(right) : 0;

    if (rw == 0) {
        ir_term_para(t, out, indent, NULL, lstyle, left);
        return;
    }
    if (indent + lw + 2 + rw <= t->cols) {
        spaces(out, indent);
        ir_term_put(t, out, lstyle, left);
        spaces(out, t->cols - indent - lw - rw);
        ir_term_put(t, out, rstyle, right);
        ir_buf_addc(out, '\n');
        return;
    }
    ir_term_para(t, out, indent, NULL, lstyle, left);
    ir_term_para(t, out, indent + 4, NULL, rstyle, right);
}
