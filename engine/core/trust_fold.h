/* trust_fold.h: the parts of the trust fold, for trust*.c only. */
#ifndef IR_CORE_TRUST_FOLD_H
#define IR_CORE_TRUST_FOLD_H

#include "core/trust.h"

/* Fill t->releases from release and approval entries in fold order; members
 * and keys must be folded already.
 *
 * Owns:   what it adds belongs to `t`.
 */
void ir_trust_fold_releases(struct ir_trust *t, const struct ir_entry **e,
                            size_t n);

#endif
