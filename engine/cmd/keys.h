/* keys.h: a line typed beneath a picture that is drawn anew meanwhile: the
 * terminal passes on each key, and the line is kept here.
 */
#ifndef IR_CMD_KEYS_H
#define IR_CMD_KEYS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define IR_KEYS_MAX 400 /* bytes of a line */

enum ir_keyed {
    IR_KEY_NONE, /* nothing came */
    IR_KEY_TYPED,
    IR_KEY_LINE,   /* Enter: keys->line holds it */
    IR_KEY_RESIZE, /* the terminal has another size */
    IR_KEY_QUIT,   /* Ctrl-C, Ctrl-D, end of input, or a signal */
};

struct ir_keys {
    struct termios was;
    bool raw;
    char line[IR_KEYS_MAX + 1];
    size_t n;
};

/* Take the terminal at standard input, and give it back. A signal that would
 * have ended the process meanwhile is raised again by ir_keys_end.
 *
 * Owns:   the terminal's settings until ir_keys_end.
 * Errors: IR_EIO no terminal.
 * Thread: one at a time in a process.
 */
int ir_keys_begin(struct ir_keys *k, struct ir_err *err);
void ir_keys_end(struct ir_keys *k);

/* Wait for a key. After IR_KEY_LINE the next call begins a new line.
 *
 * Units:  milliseconds, at most.
 * Blocks: as long as that.
 */
enum ir_keyed ir_keys_wait(struct ir_keys *k, int ms);

#endif
