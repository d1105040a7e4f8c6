/* contact_lint.h: what is wrong with contact data although every field fits:
 * who cannot be reached, or by one way only; whose data nobody has tried for
 * long. A pure function of the lists and a day.
 *
 * check          level    what
 * loop           error    an audience within itself
 * member-twice   error    two people are the same member
 * one-way        warning  a person with one address (a note: partners,
 *                         authorities)
 * mail-only      warning  a person, or a place in a tree, with mail alone
 * no-deputy      warning  a role with one holder
 * unreachable    warning  an audience with nobody, no address and no words on
 *                         how
 * unknown-means  warning  neither a channel of the list nor done by hand
 * not-set-up     note     mail, and no channel sends it
 * unverified     note     nobody has said that they tried it
 * stale          note     that was over 183 days ago
 */
#ifndef IR_CORE_CONTACT_LINT_H
#define IR_CORE_CONTACT_LINT_H

#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_CONTACT_STALE_DAYS 183 /* half a year: lists are kept current */

enum ir_contact_level {
    IR_CONTACT_ERROR,   /* nothing can be compiled from it */
    IR_CONTACT_WARNING, /* stands in the files as they are */
    IR_CONTACT_NOTE,    /* may be meant so, or changes with the day */
};

struct ir_contact_finding {
    const char *check; /* one of the words above */
    enum ir_contact_level level;
    const char *list, *id; /* "people", "ito"; id "" for the list as a whole */
    long item;             /* of the list, from 0; -1 as a whole */
    const char *field;     /* of it, with lists from 1: "members[2]"; or "" */
    const char *message;   /* in the reader's language; quotes what is there */
};

/* Look at the lists in `contacts`, an object of arrays by the names that
 * contacts.lua has. `now_ms` 0: what depends on the day is not looked at.
 *
 * Owns:   what `found` is given is borrowed for the call.
 * Source: docs/man/ir-contacts.1.
 */
void ir_contact_lint(const struct ir_json *contacts, int64_t now_ms,
                     void (*found)(const struct ir_contact_finding *f,
                                   void *arg),
                     void *arg);

/* Is it a means that people use by hand: phone, radio, fax, ...?
 *
 * Errors: none.
 */
bool ir_contact_by_hand(const char *means);

/* Has nobody said since that day ("2026-10-01", or NULL) that it is true?
 *
 * Units:  milliseconds.
 */
bool ir_contact_stale(const char *verified, int64_t now_ms);

#endif
