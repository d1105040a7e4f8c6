/* walker.h: the walk while it runs: what is on the screen, and looking again.
 * Only walk.c, walk_show.c and walk_update.c include this.
 */
#ifndef IR_CMD_WALKER_H
#define IR_CMD_WALKER_H

#include "cmd/alerts.h"
#include "cmd/case.h"

struct walker {
    struct ir_ctx *c;
    uint8_t declare[IR_ID_BYTES];
    char incident[2 * IR_ID_BYTES + 1];
    struct ir_case k;
    int focus;   /* -1: as the view decides */
    char *typed; /* the line as it was typed */
    char *next;  /* typed while a long answer was shown, or NULL */
    bool quit;
    bool stale; /* others have recorded something since the screen was drawn */
    struct ir_rung rung;
};

/* Draw the screen and ask, with what waits for who acts above it. */
void ir_walker_show(struct walker *w);

/* Load what has been recorded meanwhile; the step in focus stays, if it can.
 *
 * Errors: as ir_case_load.
 */
int ir_walker_reload(struct walker *w);

/* One line at the walk's own prompt; while it waits, what others record is
 * looked at, and a new alert is shown with the bell.
 *
 * Owns:   the caller frees with free(); NULL at the end of input.
 */
char *ir_walker_line(struct walker *w);

/* Run one command line in the walk's incident, and show what it says. */
int ir_walker_run(struct walker *w, int argc, char **argv);

/* `update` alone, or with options only, at a step that informs an audience:
 * the words of the command with the step's audience and template. Returns how
 * many, 0: it is not that.
 *
 * Owns:   v borrows from the step and argv.
 */
int ir_walker_update_words(const struct ir_istep *is, int argc, char **argv,
                           char **v);

/* Before step `is` is done: it informs an audience, and no words to that have
 * been written since it became ready? Then offer to write them.
 */
void ir_walker_offer_update(struct walker *w, const struct ir_istep *is);

#endif
