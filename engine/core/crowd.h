/* crowd.h: a list of very many people in parts, so that whoever needs the name
 * of one does not read all of them.
 *
 * Up to IR_CROWD_FROM people the release holds them as one object, "people".
 * Of more, that one holds those whom roles and contact trees name; all others
 * stand in up to 64 objects "people-00" to "people-3f", each by the first six
 * bits of the SHA-256 of their id.
 */
#ifndef IR_CORE_CROWD_H
#define IR_CORE_CROWD_H

#include "base/json.h"

#include <stdbool.h>

#define IR_CROWD_FROM 500
#define IR_CROWD_PARTS 64
#define IR_CROWD_PREFIX "people-"
#define IR_CROWD_NAME 10 /* "people-3f" and its NUL */

/* The object that holds the person of that id, if "people" does not.
 *
 * Source: docs/format.md, section 5.
 */
void ir_crowd_name(const char *id, char name[IR_CROWD_NAME]);

/* Is that an object of people beside "people"?
 *
 * Errors: none.
 */
bool ir_crowd_is(const char *name);

/* Give the people of `contacts` ({"people":[...],"roles":...}) part by part, by
 * name; parts without anybody are left out.
 *
 * Owns:   lists are borrowed for the call.
 */
void ir_crowd_part(const struct ir_json *contacts,
                   void (*give)(const char *name, const struct ir_json *list,
                                void *arg),
                   void *arg);

/* Put the rows of `parts[0..n)`, the first of them "people", into one list:
 * those of the first as they are, the others by id.
 *
 * Owns:   the list is the caller's, its rows are shared with `parts`.
 */
struct ir_json *ir_crowd_join(const struct ir_json *const *parts, size_t n);

#endif
