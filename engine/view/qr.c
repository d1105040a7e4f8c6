/* qr.c: see qr.h. libqrencode is loaded when it is needed: one command draws
 * such a code, and every other one would load it for nothing.
 */
#include "view/qr.h"

#include <dlfcn.h>
#include <qrencode.h>
#include <string.h>

#define MARGIN 4 /* light modules around it */
#define LIBRARY "libqrencode.so.4"

static bool
dark(const uint8_t *modules, int width, int x, int y)
{
    if (x < 0 || y < 0 || x >= width || y >= width)
        return false;
    return (modules[y * width + x] & 1) != 0;
}

/* The rows y and y + 1 as half blocks; `ink`: what is dark is drawn. */
static void
put_rows(const uint8_t *modules, int width, int y, bool ink, struct ir_buf *out)
{
    int x;

    for (x = -MARGIN; x < width + MARGIN; x++) {
        bool up = dark(modules, width, x, y) == ink;
        bool down =
            y + 1 < width + MARGIN && dark(modules, width, x, y + 1) == ink;

        ir_buf_adds(out, up && down ? "\u2588"
                         : up       ? "\u2580"
                         : down     ? "\u2584"
                                    : " ");
    }
}

void
ir_view_modules(const struct ir_term *t, const uint8_t *modules, int width,
                struct ir_buf *out)
{
    int y;

    if (!t->utf8 || width + 2 * MARGIN > t->cols)
        return;
    /* light is drawn: on a dark terminal that is how it must be, and where
     * there are colours they are said */
    for (y = -MARGIN; y < width + MARGIN; y += 2) {
        if (t->color)
            ir_buf_adds(out, "\033[40;97m");
        put_rows(modules, width, y, false, out);
        ir_buf_adds(out, t->color ? "\033[0m\n" : "\n");
    }
    ir_buf_addc(out, '\n');
}

/* The two functions that are used of it. */
struct library {
    void *handle;
    QRcode *(*encode)(const char *s, int version, QRecLevel level,
                      QRencodeMode hint, int cased);
    void (*done)(QRcode *code);
};

static bool
find(void *handle, const char *name, void *fn, size_t n)
{
    void *p = dlsym(handle, name);

    if (p == NULL)
        return false;
    memcpy(fn, &p, n); /* ISO C converts no object pointer to a function */
    return true;
}

static bool
load(struct library *l)
{
    l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    return l->handle != NULL &&
           find(l->handle, "QRcode_encodeString", &l->encode,
                sizeof l->encode) &&
           find(l->handle, "QRcode_free", &l->done, sizeof l->done);
}

void
ir_view_qr(const struct ir_term *t, const char *text, struct ir_buf *out)
{
    struct library l = {0};
    QRcode *code;

    if (load(&l)) {
        code = l.encode(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        if (code != NULL) {
            ir_view_modules(t, code->data, code->width, out);
            l.done(code);
        }
    }
    if (l.handle != NULL)
        dlclose(l.handle);
}

/* Each run of dark modules of a row is a box. */
static void
put_paths(const uint8_t *modules, int width, struct ir_buf *out)
{
    int x, y, n;

    for (y = 0; y < width; y++)
        for (x = 0; x<width; x += n> 0 ? n : 1) {
            for (n = 0; dark(modules, width, x + n, y); n++)
                ;
            if (n > 0)
                ir_buf_addf(out, "M%d %dh%dv1h-%dz", x + MARGIN, y + MARGIN, n,
                            n);
        }
}

void
ir_view_qr_svg(const char *text, const char *name, struct ir_buf *out)
{
    struct library l = {0};
    QRcode *code = NULL;

    if (load(&l))
        code = l.encode(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    if (code != NULL) {
        ir_buf_addf(out,
                    "<svg class=\"%s\" viewBox=\"0 0 %d %d\" "
                    "shape-rendering=\"crispEdges\"><path d=\"",
                    name, code->width + 2 * MARGIN, code->width + 2 * MARGIN);
        put_paths(code->data, code->width, out);
        ir_buf_adds(out, "\"/></svg>\n");
        l.done(code);
    }
    if (l.handle != NULL)
        dlclose(l.handle);
}

void
ir_view_qr_ink(int cols, const char *text, struct ir_buf *out)
{
    struct library l = {0};
    QRcode *code;
    int y;

    if (load(&l)) {
        code = l.encode(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
        for (y = -MARGIN; code != NULL && code->width + 2 * MARGIN <= cols &&
                          y < code->width + MARGIN;
             y += 2) {
            put_rows(code->data, code->width, y, true, out);
            ir_buf_addc(out, '\n');
        }
        if (code != NULL)
            l.done(code);
    }
    if (l.handle != NULL)
        dlclose(l.handle);
}
