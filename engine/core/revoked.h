/* revoked.h: what of the entries of revoked keys counts where some entries are
 * folded: an incident's, the alerts. Internal to folding.
 */
#ifndef IR_CORE_REVOKED_H
#define IR_CORE_REVOKED_H

#include "core/anc.h"
#include "core/trust.h"

/* Clear in `counts` the entries `e[0..n)` by revoked keys that are not
 * accepted. As `t` was told by who has all entries (t->refused_known); else
 * those that are not among the accepted ones, and that none of those here
 * builds on.
 *
 * Units:  `anc` is the graph of the same entries.
 * Source: docs/format.md section 6, rule 6.
 */
void ir_revoked_judge(const struct ir_trust *t, const struct ir_anc *anc,
                      const struct ir_entry *const *e, size_t n, bool *counts);

#endif
