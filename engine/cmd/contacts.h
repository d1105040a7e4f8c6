/* contacts.h: what the commands about contacts share.
 */
#ifndef IR_CMD_CONTACTS_H
#define IR_CMD_CONTACTS_H

#include "cmd/cmd.h"
#include "cmd/worker.h"

#define IR_CONTACTS_IMPORTED "lib/imported.lua" /* beneath site/runbooks */

/* Open the home with the contacts of the release in force.
 *
 * Errors: IR_ENOTFOUND there is no release.
 */
int ir_contacts_open(struct ir_ctx *c);

/* What to call one of them: name or title, harmless.
 *
 * Owns:   the caller frees with free().
 */
char *ir_contacts_label(struct ir_ctx *c, const struct ir_json *o);

/* The directory of this home that holds contacts.lua.
 *
 * Owns:   the caller frees with free().
 */
char *ir_contacts_site(struct ir_ctx *c);

/* The lists of the contacts among what was compiled, in one object.
 *
 * Owns:   the result is the caller's, ir_json_free; empty where there are
 *         none.
 */
struct ir_json *ir_contacts_of(const struct ir_compiled *comp);

#endif
