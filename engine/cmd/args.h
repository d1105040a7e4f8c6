/* args.h: options of a command: `--name VALUE`, `--name=VALUE`, `-r VALUE`,
 * flags, anywhere among the words; `--` ends them.
 */
#ifndef IR_CMD_ARGS_H
#define IR_CMD_ARGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_ARGS_REPEAT_MAX 64

struct ir_opt {
    const char *name;   /* without "--"; NULL ends the list */
    char letter;        /* 0: none */
    const char **value; /* takes a value, borrowed from argv */
    bool *flag;         /* takes none */
    const char **list;  /* may be repeated: IR_ARGS_REPEAT_MAX values */
    size_t *list_n;
};

/* Take the options out of argv[1..argc); what is left are the operands, moved
 * to argv[1] and on; argv[0] stays. Returns their number through *n.
 *
 * Errors: IR_EUSAGE unknown option (nearest in the hint), missing value.
 */
int ir_args(int argc, char **argv, const struct ir_opt *opts, int *n,
            struct ir_err *err);

/* Make one operand of argv[from..n], with spaces between them, in argv[from]:
 * words that nobody put into quotes. *n becomes `from`.
 *
 * Owns:   the caller frees what is returned (NULL: there was nothing to join)
 *         once argv[from] is not needed any more.
 */
char *ir_args_join(char **argv, int from, int *n);

/* Are there between min and max operands? The hint shows the usage line of
 * `command` ("role take").
 *
 * Errors: IR_EUSAGE.
 */
int ir_args_count(int n, int min, int max, const char *command,
                  struct ir_err *err);

/* Split a line into words, in place, NULL-ended: white space parts them, and
 * "..." and '...' keep it. Of more than `max` - 1 words the rest is left out.
 * Returns how many.
 *
 * Owns:   argv points into `line`.
 */
int ir_args_split(char *line, char **argv, int max);

#endif
