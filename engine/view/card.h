/* card.h: the card in everybody's wallet: whom to call in which order, where to
 * come, what a message means and how to check it. For people without ir, on
 * the day when nothing else works.
 */
#ifndef IR_VIEW_CARD_H
#define IR_VIEW_CARD_H

#include "view/view.h"

#define IR_CARD_CALLS_MAX 6  /* people on it: more nobody calls in turn */
#define IR_CARD_PLACES_MAX 3 /* assembly points */
#define IR_CARD_COLS 80      /* as text it fits a screen of this by 24 lines */

struct ir_card {
    const char *tree;    /* contact tree, or NULL: the tree "command", else the
                            role "commander" */
    const char *release; /* what it was made from, "3f2a91c0" */
    int64_t released_ms;
};

/* The card as text for a terminal, of at most 24 lines at 80 columns.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_card(const struct ir_view *v, const struct ir_card *c,
                  struct ir_buf *out);

/* The same as one page of HTML to be printed: front and back, each of the size
 * of a credit card (85.6 by 54 mm, ISO/IEC 7810 ID-1), with the numbers as a
 * QR code where libqrencode is installed. Nothing is loaded from elsewhere.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_card_html(const struct ir_view *v, const struct ir_card *c,
                       struct ir_buf *out);

/* The same for --json.
 *
 * Owns:   the result is the caller's.
 */
struct ir_json *ir_view_card_json(const struct ir_view *v,
                                  const struct ir_card *c);

#endif
