/* parties.h: those outside whom a test of the ways is made with by hand:
 * audiences outside, authorities, partners; and when whom was last reached by a
 * test, as the log says it.
 *
 * In entries they are "party:LIST/ID" ("party:partners/telecom"): in tests
 * alone, so that none of them is ever taken for word to an audience.
 */
#ifndef IR_CMD_PARTIES_H
#define IR_CMD_PARTIES_H

#include "cmd/cmd.h"
#include "core/order.h"

#define IR_PARTY_LISTS 3
extern const char *const ir_party_lists[IR_PARTY_LISTS];

/* The row of the contacts that a word "party:LIST/ID" names, or NULL.
 *
 * Owns:   borrowed from the contacts.
 */
const struct ir_json *ir_party_row(const struct ir_view *v, const char *word);

/* Its name, or title, in the reader's language.
 *
 * Owns:   borrowed from `row`.
 */
const char *ir_party_name(const struct ir_json *row);

/* The word for what is typed: ID, or LIST/ID where several have that id.
 *
 * Owns:   *word is the caller's, free().
 * Errors: IR_ENOTFOUND, IR_EUSAGE several.
 */
int ir_party_find(struct ir_ctx *c, const char *typed, char **word);

/* The words of all of them whom a test can be made with: who has a way, or for
 * whom it is said how.
 *
 * Owns:   *words and what is in it are the caller's.
 */
void ir_party_all(struct ir_ctx *c, char ***words, size_t *n);

/* When a test by hand or an answer to one last reached whom: by contact. */
struct ir_tested {
    struct ir_tested_one {
        char *contact; /* id of a person, or "party:LIST/ID" */
        int64_t at_ms;
    } * v;
    size_t n;
};

/* Fold it from what stands in the log outside of incidents.
 *
 * Owns:   *t is the caller's, ir_tested_done.
 * Errors: IR_ESTORE.
 */
int ir_tested_load(struct ir_ctx *c, struct ir_tested *t);
void ir_tested_done(struct ir_tested *t);

/* The day on which row `row` of `list` was last verified, by the contacts or by
 * the log: the later; NULL: never. */
const char *ir_tested_day(const struct ir_tested *t, const char *list,
                          const struct ir_json *row, char day[11]);

/* How many people, authorities and partners there are, and how many of them
 * were not verified for longer than is allowed (core/contact_lint.h).
 *
 * Errors: as ir_tested_load.
 */
int ir_tested_old(struct ir_ctx *c, size_t *old, size_t *all);

#endif
