/* utf8.c: see utf8.h. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define TAB_COLUMNS 8
#define ELLIPSIS "\xE2\x80\xA6"

int32_t
ir_utf8_next(const char *s, size_t len, size_t *step)
{
    utf8proc_int32_t cp = -1;
    utf8proc_ssize_t n;
    size_t most = len < 4 ? len : 4;

    n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)most,
                         &cp);
    if (n <= 0 || cp < 0) {
        *step = 1;
        return -1;
    }
    *step = (size_t)n;
    return cp;
}

bool
ir_utf8_valid(const char *s, size_t len)
{
    for (size_t i = 0, step = 1; i < len; i += step) {
        step = 1;
        if (s[i] > 0 && s[i] < 0x7F) /* most of what comes */
            continue;
        if (ir_utf8_next(s + i, len - i, &step) <= 0)
            return false;
    }
    return true;
}

bool
ir_utf8_harmful(int32_t cp)
{
    static const struct {
        int32_t from, to;
    } set[] = {
        {INT32_MIN, 0x1F},  {0x7F, 0x9F},       {0xAD, 0xAD},
        {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x17B4, 0x17B5},   {0x180E, 0x180E},   {0x200B, 0x200B},
        {0x200E, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
        {0x2800, 0x2800},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF},
    };
    size_t i = 0;

    while (i < sizeof set / sizeof set[0] - 1 && cp > set[i].to)
        i++;
    return cp >= set[i].from && cp <= set[i].to;
}

void
ir_utf8_repair(struct ir_buf *b, const char *s, size_t len)
{
    for (size_t i = 0, step; i < len; i += step) {
        if (ir_utf8_next(s + i, len - i, &step) > 0)
            ir_buf_add(b, s + i, step);
        else
            ir_buf_adds(b, "\xEF\xBF\xBD");
    }
}

void
ir_utf8_narrow(struct ir_buf *b, const char *s)
{
    size_t len = strlen(s);

    for (size_t i = 0, step; i < len; i += step) {
        int32_t cp = ir_utf8_next(s + i, len - i, &step);

        if (cp >= 0xFF01 && cp <= 0xFF5E)
            ir_buf_addc(b, cp - 0xFF01 + '!');
        else if (cp == 0x3000)
            ir_buf_addc(b, ' ');
        else
            ir_buf_add(b, s + i, step);
    }
}

/* Columns of one code point; bytes that are no UTF-8 take one. */
static int
columns_of(int32_t cp)
{
    if (cp < 0 || cp == 0xFF9E || cp == 0xFF9F)
        return 1; /* the halfwidth voice marks combine, but take a column */
    return utf8proc_charwidth(cp);
}

void
ir_utf8_escape(struct ir_buf *b, const char *s, size_t len, bool keep_lines)
{
    int column = 0;

    for (size_t i = 0, step; i < len; i += step) {
        int32_t cp = ir_utf8_next(s + i, len - i, &step);
        unsigned char c = (unsigned char)s[i];
        size_t before = b->len;

        if (keep_lines && c == '\r' && i + 1 < len && s[i + 1] == '\n')
            continue;
        if (keep_lines && c == '\n') {
            ir_buf_addc(b, '\n');
            column = 0;
            continue;
        }
        if (keep_lines && c == '\t') {
            ir_buf_addf(b, "%*s", TAB_COLUMNS - column % TAB_COLUMNS, "");
        } else if (cp < 0x20 || cp == 0x7F) {
            ir_buf_addf(b, "\\x%02x", c);
        } else if (ir_utf8_harmful(cp)) {
            ir_buf_addf(b, "\\u{%04x}", (unsigned)cp);
        } else {
            ir_buf_add(b, s + i, step);
            column += columns_of(cp);
            continue;
        }
        column += (int)(b->len - before);
    }
}

int
ir_utf8_width(const char *s)
{
    size_t len = strlen(s);
    int columns = 0;

    for (size_t i = 0, step; i < len; i += step)
        columns += columns_of(ir_utf8_next(s + i, len - i, &step));
    return columns;
}

/* One user-perceived character. */
struct grapheme {
    size_t len;    /* bytes, 0 at the end */
    int columns;   /* that all its code points take */
    int32_t first; /* its base, -1 if no UTF-8 */
};

static struct grapheme
grapheme_at(const char *s, size_t len)
{
    struct grapheme g = {0, 0, -1};
    utf8proc_int32_t state = 0;
    int32_t last = -1;

    while (g.len < len) {
        size_t step;
        int32_t cp = ir_utf8_next(s + g.len, len - g.len, &step);

        if (g.len > 0 && (last < 0 || cp < 0 ||
                          utf8proc_grapheme_break_stateful(last, cp, &state)))
            break;
        if (g.len == 0)
            g.first = cp;
        g.len += step;
        g.columns += columns_of(cp);
        last = cp;
    }
    return g;
}

int
ir_utf8_cut(struct ir_buf *b, const char *s, int columns)
{
    size_t len = strlen(s), at = 0;
    int used = 0, all;

    if (columns <= 0)
        return 0;
    all = ir_utf8_width(s);
    if (all <= columns) {
        ir_buf_add(b, s, len);
        return all;
    }
    for (;;) {
        struct grapheme g = grapheme_at(s + at, len - at);

        if (g.len == 0 || used + g.columns > columns - 1)
            break;
        at += g.len;
        used += g.columns;
    }
    ir_buf_add(b, s, at);
    ir_buf_adds(b, ELLIPSIS);
    return used + 1;
}

void
ir_utf8_pad(struct ir_buf *b, const char *s, int columns)
{
    int used = ir_utf8_cut(b, s, columns);

    if (used < columns)
        ir_buf_addf(b, "%*s", columns - used, "");
}

void
ir_utf8_show(const char *s, char *out, size_t cap)
{
    struct ir_buf b = {0};
    size_t n = 0, room = cap - sizeof ELLIPSIS;

    /* more than fits is never looked at, however long the text is */
    ir_utf8_escape(&b, s, strnlen(s, cap), false);
    if (b.len < cap) {
        memcpy(out, ir_buf_str(&b), b.len + 1);
        ir_buf_done(&b);
        return;
    }
    for (;;) {
        struct grapheme g = grapheme_at(ir_buf_str(&b) + n, b.len - n);

        if (g.len == 0 || n + g.len > room)
            break;
        n += g.len;
    }
    memcpy(out, ir_buf_str(&b), n);
    memcpy(out + n, ELLIPSIS, sizeof ELLIPSIS);
    ir_buf_done(&b);
}

/* Is `cp` one of the code points of `set`, a UTF-8 string? */
static bool
among(int32_t cp, const char *set)
{
    size_t len = strlen(set);

    for (size_t i = 0, step; i < len; i += step)
        if (ir_utf8_next(set + i, len - i, &step) == cp)
            return true;
    return false;
}

/* May no line begin with it: closing marks, small kana, sound marks. */
static bool
no_start(int32_t cp)
{
    static const char set[] =
        "、。，．・：；？！‥…ー〜～’”）］｝〕〉》」』】〙〗々〻ゝゞヽヾ゛゜"
        "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
        "｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ％‰℃°)]},.:;?!%";

    return (cp >= 0x31F0 && cp <= 0x31FF) || among(cp, set);
}

/* May no line end with it: opening marks. */
static bool
no_end(int32_t cp)
{
    return among(cp, "‘“（［｛〔〈《「『【〘〖｢￥＄([{");
}

/* Is it written without spaces between words, so that a line may break beside
 * it? Wide characters are, except Hangul; and halfwidth kana.
 */
static bool
is_cjk(int32_t cp)
{
    if (cp < 0 || (cp >= 0x1100 && cp <= 0x11FF) ||
        (cp >= 0xAC00 && cp <= 0xD7A3))
        return false;
    return (cp >= 0xFF61 && cp <= 0xFF9F) || utf8proc_charwidth(cp) == 2;
}

static bool
may_break(int32_t before, int32_t after)
{
    return (is_cjk(before) || is_cjk(after)) && !no_end(before) &&
           !no_start(after);
}

static bool
is_space(int32_t cp)
{
    return cp == ' ' || cp == 0x3000;
}

/* Bytes of the spaces at `s`, and of one newline after them. */
static size_t
blank_len(const char *s, size_t len)
{
    size_t n = 0, step;

    while (n < len && is_space(ir_utf8_next(s + n, len - n, &step)))
        n += step;
    return n + (n < len && s[n] == '\n');
}

size_t
ir_utf8_wrap(const char *s, int columns, size_t *skip)
{
    size_t len = strlen(s), at = 0, brk = 0, brk_skip = 0;
    int32_t before = ' ';
    bool words = false;
    int used = 0;

    while (at < len) {
        struct grapheme g = grapheme_at(s + at, len - at);

        if (s[at] == '\n') {
            *skip = 1;
            return at;
        }
        if (is_space(g.first) && words && !is_space(before)) {
            brk = at;
            brk_skip = blank_len(s + at, len - at);
        } else if (words && !is_space(g.first) && !is_space(before) &&
                   may_break(before, g.first)) {
            brk = at;
            brk_skip = 0;
        }
        if (used + g.columns > columns && at > 0) {
            *skip = brk > 0 ? brk_skip : 0;
            return brk > 0 ? brk : at;
        }
        words = words || !is_space(g.first);
        before = g.first;
        used += g.columns;
        at += g.len;
    }
    *skip = 0;
    return at;
}

bool
ir_utf8_compose(struct ir_buf *b, const char *s)
{
    utf8proc_uint8_t *n = utf8proc_NFKC((const utf8proc_uint8_t *)s);

    if (n == NULL)
        return false;
    ir_buf_adds(b, (const char *)n);
    free(n);
    return true;
}

int32_t
ir_utf8_base(int32_t cp)
{
    utf8proc_int32_t d[8];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        cp, d, 8, UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);

    return n == 1 ? d[0] : 0;
}

/* Letters and digits of `s` in one form; a NUL in `starts` for each byte at
 * which nothing begins.
 */
static void
letters(const char *s, struct ir_buf *b, struct ir_buf *starts)
{
    utf8proc_uint8_t *form = NULL;
    bool apart = true, ascii = false;
    size_t i, k, step, n;

    if (utf8proc_map((const utf8proc_uint8_t *)s, 0, &form,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT |
                         UTF8PROC_COMPOSE | UTF8PROC_IGNORE |
                         UTF8PROC_CASEFOLD) < 0)
        return;
    n = strlen((const char *)form);
    for (i = 0; i < n; i += step) {
        const char *at = (const char *)form + i;
        int32_t cp = ir_utf8_next(at, n - i, &step);
        utf8proc_category_t of = utf8proc_category(cp);
        bool letter =
            (of >= UTF8PROC_CATEGORY_LU && of <= UTF8PROC_CATEGORY_NO);

        if (cp == 0x30FC)
            continue; /* the long vowel mark */
        if (!letter) {
            apart = true;
            continue;
        }
        for (k = 0; k < step; k++)
            ir_buf_addc(starts,
                        k == 0 && (apart || cp >= 0x80 || !ascii) ? 1 : 0);
        ir_buf_add(b, at, step);
        ascii = cp < 0x80;
        apart = false;
    }
    free(form);
}

bool
ir_utf8_says(const char *text, const char *words)
{
    struct ir_buf t = {0}, w = {0}, starts = {0}, none = {0};
    bool says = false;
    size_t i;

    letters(text, &t, &starts);
    letters(words, &w, &none);
    for (i = 0; w.len > 0 && i + w.len <= t.len && !says; i++)
        says = starts.p[i] != 0 && memcmp(t.p + i, w.p, w.len) == 0;
    ir_buf_done(&t);
    ir_buf_done(&w);
    ir_buf_done(&starts);
    ir_buf_done(&none);
    return says;
}

size_t
ir_utf8_letters(const char *s)
{
    struct ir_buf b = {0}, starts = {0};
    size_t i, n = 0;

    letters(s, &b, &starts);
    for (i = 0; i < b.len; i++)
        n += (b.p[i] & 0xC0) != 0x80;
    ir_buf_done(&b);
    ir_buf_done(&starts);
    return n;
}
