/* release.h: making a release of site/: compile, keep the objects, record. */
#ifndef IR_CMD_RELEASE_H
#define IR_CMD_RELEASE_H

#include "cmd/cmd.h"
#include "cmd/worker.h"

/* Compile site/ and record a release. Findings are printed to talk.
 *
 * Errors: IR_ENO with errors in site/, IR_EREFUSED in the middle of a merge,
 *         and what recording says.
 */
int ir_release_make(struct ir_ctx *c, const char *text);

/* Compile site/ and keep its objects and manifest without recording a
 * release: what `ir start --unapproved` walks when there is none.
 *
 * Errors: as above.
 */
int ir_release_compile(struct ir_ctx *c, uint8_t manifest[32]);

/* Print findings, one line each: FILE:LINE: FIELD: MESSAGE.
 *
 * Owns:   nothing.
 */
void ir_release_findings(struct ir_ctx *c, const struct ir_compiled *comp,
                         struct ir_buf *out);

/* The manifest of compiled objects as canonical JSON.
 *
 * Owns:   the caller frees with free().
 */
char *ir_release_manifest(const struct ir_compiled *comp, size_t *len);

#endif
