/* carry.h: what `ir carry out` and `ir carry in` share: the medium, the keys it
 * is opened with, and what is said at the end.
 */
#ifndef IR_CMD_CARRY_H
#define IR_CMD_CARRY_H

#include "carrier/dir.h"
#include "cmd/grants.h"
#include "store/ids.h"
#include "view/carry.h"

struct ir_carry {
    struct ir_ctx *c;
    struct ir_dir *dir;
    struct ir_dir_entry *files;
    size_t files_n;
    struct ir_epoch_key *keys;
    size_t keys_n;
    const struct ir_epoch_key *newest; /* to write with; of `keys` */
    uint8_t self[IR_KEYID_BYTES];
    struct ir_carry_report r;
};

/* Open `path` and list it; the store must be open. With `make` for writing:
 * DIR/ir is made and this device must have the newest carrier key.
 *
 * Owns:   ir_carry_done frees what it holds, also after an error; `path` is
 *         borrowed.
 * Errors: IR_EREFUSED no key, and as ir_dir_open.
 */
int ir_carry_open(struct ir_ctx *c, const char *path, bool make,
                  struct ir_carry *k);
void ir_carry_done(struct ir_carry *k);

/* How many words there must be: one, DIR. Where it is missing the hint names
 * what is mounted under /media, /run/media and /mnt.
 *
 * Errors: IR_EUSAGE.
 */
int ir_carry_words(struct ir_ctx *c, int n, const char *command);

/* Put into the report what the files were. */
void ir_carry_count_files(struct ir_carry *k);

#endif
