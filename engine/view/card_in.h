/* card_in.h: what stands on a card, in words; shared by card.c and
 * card_html.c. */
#ifndef IR_VIEW_CARD_IN_H
#define IR_VIEW_CARD_IN_H

#include "view/card.h"
#include "view/pool.h"

struct ir_card_call {
    const char *id, *name, *reach; /* harmless */
};

/* All of it lives in `pool`. */
struct ir_card_words {
    struct ir_pool pool;
    const char *head, *date, *release; /* organisation; days */
    struct ir_card_call call[IR_CARD_CALLS_MAX];
    size_t calls_n;
    const char *place[IR_CARD_PLACES_MAX];
    size_t places_n;
    /* sentences */
    const char *when, *say, *come, *exercise, *answer, *check, *mail, *foot;
};

/* Put the words of a card together, in the process's language.
 *
 * Owns:   *w is the caller's, ir_card_words_done.
 */
void ir_card_words(const struct ir_view *v, const struct ir_card *c,
                   struct ir_card_words *w);
void ir_card_words_done(struct ir_card_words *w);

#endif
