/* signed.h: leaving out what is not signed by whom it names, before something
 * is done because of it. Reading takes rows as they are kept, which is quick;
 * `ir verify` names what is wrong with them.
 */
#ifndef IR_CMD_SIGNED_H
#define IR_CMD_SIGNED_H

#include "core/trust.h"
#include "store/store.h"

/* Take entries out of `log` whose signature is not that of the certified key
 * or admin they name; tells how many. What an unknown author wrote stays: it
 * counts for nothing. Notes and the like, which decide nothing, are looked at
 * with `all` only: for what is shown as the record.
 *
 * Units:  about 0.1 ms an entry.
 */
size_t ir_signed_only(const struct ir_trust *t, const uint8_t site[IR_ID_BYTES],
                      bool all, struct ir_log *log);

#endif
