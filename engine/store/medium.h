/* medium.h: what the files on sticks were found to hold, so that a file that
 * was read is not read again. A help that may be lost at any time: nothing is
 * synced for it. Whether a file is still what it was is the caller's to say.
 */
#ifndef IR_STORE_MEDIUM_H
#define IR_STORE_MEDIUM_H

#include "store/store.h"

#define IR_MEDIUM_KEY_BYTES 8
#define IR_MEDIUM_IDS_MAX 65536                /* of a file; more: not kept */
#define IR_MEDIUM_ALL_MAX ((int64_t)256 << 20) /* bytes of ids of all files */
#define IR_MEDIUM_KEEP_MS                                                      \
    ((int64_t)30 * 24 * 3600 * 1000) /* not read since                         \
                                      */

struct ir_medium_file {
    const char *name;
    int64_t size, mtime_ms;
    uint8_t sample[IR_HASH_BYTES];    /* of some of its bytes */
    uint8_t key[IR_MEDIUM_KEY_BYTES]; /* which key opened it */
    int64_t read_ms;                  /* when it was read whole */
    const uint8_t (*ids)[32];         /* what it holds */
    size_t ids_n;
};

/* What is known of the file `name`: given to `fn`, borrowed for the call.
 *
 * Errors: IR_ENOTFOUND nothing; IR_ESTORE.
 */
int ir_medium_get(struct ir_store *st, const char *name,
                  void (*fn)(const struct ir_medium_file *f, void *arg),
                  void *arg, struct ir_err *err);

/* Remember it, in place of what was known; what was not read for
 * IR_MEDIUM_KEEP_MS is forgotten. Not within a transaction.
 *
 * Errors: IR_ELIMIT it holds too much; IR_EBUSY, IR_ESTORE.
 */
int ir_medium_put(struct ir_store *st, const struct ir_medium_file *f,
                  struct ir_err *err);

/* Between these commits need not be on disk before they are done: for what may
 * be lost. Not within a transaction.
 */
void ir_medium_lax(struct ir_store *st, bool lax);

#endif
