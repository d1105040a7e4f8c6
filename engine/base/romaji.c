/* romaji.c: see romaji.h. */
#include "base/romaji.h"

#include "base/utf8.h"

#include <string.h>

#define FIRST 0x3041 /* small a; katakana stand 0x60 further on */
#define LONG_MARK 0x30FC

static const char *const syllables[] = {
    "a",   "a",  "i",   "i",  "u",  "u",  "e",  "e",  "o",  "o",  "ka",
    "ga",  "ki", "gi",  "ku", "gu", "ke", "ge", "ko", "go", "sa", "za",
    "shi", "ji", "su",  "zu", "se", "ze", "so", "zo", "ta", "da", "chi",
    "ji",  "",   "tsu", "zu", "te", "de", "to", "do", "na", "ni", "nu",
    "ne",  "no", "ha",  "ba", "pa", "hi", "bi", "pi", "fu", "bu", "pu",
    "he",  "be", "pe",  "ho", "bo", "po", "ma", "mi", "mu", "me", "mo",
    "ya",  "ya", "yu",  "yu", "yo", "yo", "ra", "ri", "ru", "re", "ro",
    "wa",  "wa", "i",   "e",  "o",  "n",  "vu", "ka", "ke"};
#define SYLLABLES_N ((int)(sizeof syllables / sizeof syllables[0]))

/* Small letters change what stands before them. */
static const char small_vowels[] = "\x00\x02\x04\x06\x08"; /* a i u e o */
static const char small_y[] = "\x42\x44\x46";              /* ya yu yo */
#define DOUBLING 0x22

struct work {
    struct ir_buf *out;
    size_t from;
    bool twice; /* the next consonant doubles */
};

static bool
is_one_of(int at, const char *set, size_t n)
{
    return memchr(set, at, n) != NULL;
}

static void
add_syllable(struct work *w, int at)
{
    const char *s = syllables[at];
    struct ir_buf *b = w->out;
    bool after = b->len > w->from && b->p[b->len - 1] != ' ';

    if (at == DOUBLING) {
        w->twice = true;
        return;
    }
    if (after && is_one_of(at, small_y, 3) && b->p[b->len - 1] == 'i') {
        b->len--;
        if (b->len > w->from &&
            (b->p[b->len - 1] == 'h' || b->p[b->len - 1] == 'j'))
            s++; /* sha, cha, ja */
    } else if (after && is_one_of(at, small_vowels, 5) &&
               b->len >= w->from + 2 &&
               strchr("aiueo ", b->p[b->len - 2]) == NULL &&
               strchr("aiueo", b->p[b->len - 1]) != NULL) {
        b->len--; /* fa, ti, che */
    }
    if (w->twice && strchr("aiueo", s[0]) == NULL)
        ir_buf_addc(b, s[0] == 'c' ? 't' : s[0]);
    w->twice = false;
    ir_buf_adds(b, s);
}

/* A Latin letter without its accents, or 0. */
static int
plain_letter(int32_t cp)
{
    if (cp >= 0x80)
        cp = ir_utf8_base(cp);
    if (cp >= 'A' && cp <= 'Z')
        return cp - 'A' + 'a';
    return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') ? cp : 0;
}

static bool
add_point(struct work *w, int32_t cp)
{
    int letter = plain_letter(cp);

    if (cp >= FIRST + 0x60 && cp < FIRST + 0x60 + SYLLABLES_N)
        cp -= 0x60;
    if (letter != 0) {
        ir_buf_addc(w->out, letter);
    } else if (cp >= FIRST && cp < FIRST + SYLLABLES_N) {
        add_syllable(w, cp - FIRST);
    } else if (cp == ' ' || cp == '-' || cp == '.' || cp == ',' ||
               cp == 0x30FB) {
        if (w->out->len > w->from && w->out->p[w->out->len - 1] != ' ')
            ir_buf_addc(w->out, ' ');
    } else if (cp != '\'' && cp != 0x2019 && cp != LONG_MARK) {
        return false;
    }
    return true;
}

bool
ir_romaji(const char *s, struct ir_buf *out)
{
    struct work w = {out, out->len, false};
    struct ir_buf n = {0};
    bool fits = ir_utf8_compose(&n, s);
    const char *p = ir_buf_str(&n);
    size_t step, at;

    for (at = 0; fits && at < n.len; at += step)
        fits = add_point(&w, ir_utf8_next(p + at, n.len - at, &step));
    while (out->len > w.from && out->p[out->len - 1] == ' ')
        out->len--;
    ir_buf_done(&n);
    if (!fits || out->len == w.from) {
        out->len = w.from;
        fits = false;
    }
    if (out->p != NULL)
        out->p[out->len] = 0;
    return fits;
}
