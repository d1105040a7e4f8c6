/* qr.h: a short text as a square code that a camera reads, for a terminal. */
#ifndef IR_VIEW_QR_H
#define IR_VIEW_QR_H

#include "view/term.h"

/* Append `text` as a QR code in half-block characters, with a blank line after
 * it. Nothing is appended where the terminal shows no such characters, is too
 * narrow or too low, or where libqrencode is not installed: whoever calls this
 * shows the text as well.
 *
 * Owns:   `out` keeps a copy.
 * Source: ISO/IEC 18004, by libqrencode.
 */
void ir_view_qr(const struct ir_term *t, const char *text, struct ir_buf *out);

/* The same of a square of `width` modules, each a byte whose lowest bit says
 * dark; with the light margin of four that a camera wants.
 */
void ir_view_modules(const struct ir_term *t, const uint8_t *modules, int width,
                     struct ir_buf *out);

/* Append `text` as a QR code in SVG, with its light margin, of the class
 * `name`. Nothing where libqrencode is not installed, or the text is too long.
 *
 * Owns:   `out` keeps a copy.
 * Source: ISO/IEC 18004, by libqrencode; SVG 1.1 paths.
 */
void ir_view_qr_svg(const char *text, const char *name, struct ir_buf *out);

/* The code of `text` as ink on paper: dark modules are drawn. Nothing where it
 * would be wider than `cols` or libqrencode is not installed.
 *
 * Units:  characters; square where they are half as wide as high.
 * Owns:   `out` keeps a copy.
 */
void ir_view_qr_ink(int cols, const char *text, struct ir_buf *out);

#endif
