/* card_html.c: the card as a page to be printed; see card.h. */
#include "base/i18n.h"
#include "view/card_in.h"
#include "view/qr.h"

#include <string.h>

static const char style[] =
    "@page{size:A4;margin:15mm}"
    "body{margin:0;font-family:\"Noto Sans CJK JP\",\"IPAexGothic\","
    "sans-serif;color:#000;background:#fff}"
    ".card{box-sizing:border-box;width:85.6mm;height:54mm;padding:2mm 2.5mm;"
    "border:.2mm dashed #777;overflow:hidden;font-size:6.4pt;"
    "line-height:1.25;position:relative;page-break-inside:avoid}"
    ".card+.card{border-top:0}"
    "h1{font-size:8pt;margin:0 0 .6mm}"
    "p{margin:0 0 .7mm}"
    "ol{margin:.3mm 0 .7mm;padding-left:4mm;font-size:7.2pt}"
    "ol b{white-space:nowrap}"
    "ul{margin:0 0 .7mm;padding-left:3mm}"
    ".foot{position:absolute;left:2.5mm;bottom:1mm;font-size:5pt}"
    ".qr{float:right;width:17mm;height:17mm;margin:0 0 .5mm 1mm}";

/* Text as it stands between tags or in an attribute. */
static void
put(struct ir_buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        switch (*s) {
        case '&':
            ir_buf_adds(b, "&amp;");
            break;
        case '<':
            ir_buf_adds(b, "&lt;");
            break;
        case '>':
            ir_buf_adds(b, "&gt;");
            break;
        case '"':
            ir_buf_adds(b, "&quot;");
            break;
        case '\'':
            ir_buf_adds(b, "&#39;");
            break;
        default:
            ir_buf_addc(b, *s);
        }
    }
}

static void
tag(struct ir_buf *b, const char *name, const char *text)
{
    ir_buf_addf(b, "<%s>", name);
    put(b, text);
    ir_buf_addf(b, "</%s>\n", name);
}

static void
foot(struct ir_buf *b, const struct ir_card_words *w)
{
    ir_buf_adds(b, "<div class=\"foot\">");
    put(b, w->foot);
    ir_buf_adds(b, "</div>\n</div>\n");
}

static void
front(struct ir_buf *b, const struct ir_card_words *w)
{
    struct ir_buf numbers = {0};
    size_t i;

    for (i = 0; i < w->calls_n; i++)
        ir_buf_addf(&numbers, "%zu %s %s\n", i + 1, w->call[i].name,
                    w->call[i].reach);
    ir_buf_adds(b, "<div class=\"card\">\n");
    ir_view_qr_svg(ir_buf_str(&numbers), "qr", b);
    tag(b, "h1", w->head);
    tag(b, "p", w->when);
    ir_buf_adds(b, "<ol>\n");
    for (i = 0; i < w->calls_n; i++) {
        ir_buf_adds(b, "<li>");
        put(b, w->call[i].name);
        ir_buf_adds(b, " <b>");
        put(b, w->call[i].reach);
        ir_buf_adds(b, "</b></li>\n");
    }
    ir_buf_adds(b, "</ol>\n");
    tag(b, "p", w->say);
    foot(b, w);
    ir_buf_done(&numbers);
}

static void
back(struct ir_buf *b, const struct ir_card_words *w)
{
    size_t i;

    ir_buf_adds(b, "<div class=\"card\">\n");
    tag(b, "p", w->exercise);
    tag(b, "p", w->answer);
    tag(b, "p", w->check);
    tag(b, "p", w->mail);
    if (w->places_n > 0) {
        tag(b, "p", w->come);
        ir_buf_adds(b, "<ul>\n");
        for (i = 0; i < w->places_n; i++)
            tag(b, "li", w->place[i]);
        ir_buf_adds(b, "</ul>\n");
    }
    foot(b, w);
}

void
ir_view_card_html(const struct ir_view *v, const struct ir_card *c,
                  struct ir_buf *out)
{
    struct ir_card_words w;

    ir_card_words(v, c, &w);
    ir_buf_addf(out,
                "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
                "<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\""
                "default-src &#39;none&#39;; style-src "
                "&#39;unsafe-inline&#39;\">\n<title>",
                ir_lang_code(ir_i18n_lang()));
    put(out, w.head);
    ir_buf_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
    front(out, &w);
    back(out, &w);
    ir_buf_adds(out, "</body>\n</html>\n");
    ir_card_words_done(&w);
}
