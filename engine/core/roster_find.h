/* roster_find.h: which row of a site is that person of an address book? Looked
 * up by what two have in common (id, name, address): a site may have thousands.
 */
#ifndef IR_CORE_ROSTER_FIND_H
#define IR_CORE_ROSTER_FIND_H

#include "base/index.h"
#include "base/json.h"
#include "core/intake.h"

struct ir_roster_link;

struct ir_roster_find {
    const struct ir_json *people; /* borrowed */
    bool *taken;                  /* of people: not to be found any more */
    struct ir_index by;           /* what they have to a place in links */
    struct ir_roster_link *links;
    size_t links_n, links_cap;
};

/* Begin with `people` (rows, roster.h; or NULL), none taken.
 *
 * Owns:   borrows `people`; ir_roster_find_done.
 */
void ir_roster_find_init(struct ir_roster_find *f,
                         const struct ir_json *people);
void ir_roster_find_done(struct ir_roster_find *f);

/* The row that is this person, more surely than that (a name counts 4, a mail
 * address 8, a mobile telephone 3, an id all), or -1. */
int ir_roster_find(const struct ir_roster_find *f,
                   const struct ir_intake_person *p, int surely);

/* Are they called the same, in either language?
 */
bool ir_roster_same_name(const struct ir_json *row,
                         const struct ir_intake_person *p);

#endif
