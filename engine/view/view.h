/* view.h: what every screen needs to know: the terminal, the moment, the
 * people. Screens are pure: they write text into a buffer or build JSON, and
 * read no clock, no file and no database.
 */
#ifndef IR_VIEW_VIEW_H
#define IR_VIEW_VIEW_H

#include "base/json.h"
#include "core/incident.h"
#include "view/term.h"

/* An approval of an alert is a cosignature, or lets its words leave. */
enum ir_approves { IR_APPROVES_OTHER, IR_APPROVES_ALERT, IR_APPROVES_WORDS };

struct ir_view {
    struct ir_term term;
    int64_t now_ms;
    const struct ir_trust *trust; /* may be NULL */
    /* A list of the contacts, by name, or NULL; borrowed. May be NULL. */
    const struct ir_json *(*contacts)(const char *list, void *arg);
    /* Its element `id` (*row, NULL: none) without reading all of it; false:
     * read it. May be NULL. */
    bool (*contact)(const char *list, const char *id,
                    const struct ir_json **row, void *arg);
    void *contacts_arg;
    const struct ir_json *site;   /* the site object, may be NULL */
    const struct ir_json *system; /* the system in view, may be NULL */
    /* a system by its id, where several incidents are shown; may be NULL */
    const struct ir_json *(*system_of)(const char *id, void *arg);
    void *system_arg;
    /* what an approval is of, in `inc` (may be NULL); may be NULL: not known */
    enum ir_approves (*approves)(const struct ir_entry *e,
                                 const struct ir_incident *inc, void *arg);
    void *approves_arg;
    int me; /* member index, -1: nobody */
};

/* Where the record is. */
struct ir_view_record {
    size_t entries, this_device_only, witnessed;
    size_t devices;    /* other devices known to hold all of it */
    int64_t oldest_ms; /* of what only this device has; 0 unknown */
    int64_t newest_ms;
    const char *save; /* command that takes it elsewhere, or NULL: none */
    bool sending;     /* it is on its way to others */
    size_t same;      /* connected devices that say they hold the same */
};

/* Foreign text on one line, harmless, as the terminal can show it.
 *
 * Owns:   the caller frees with free(); NULL in gives "".
 */
char *ir_view_safe(const struct ir_view *v, const char *s);
char *ir_view_safe_n(const struct ir_view *v, const char *s, size_t n);

/* `s` with ${var} filled in from `inc` (may be NULL). What is not known is
 * "<var>", or with `say` ir_view_unknown. Not yet harmless.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_expand(const struct ir_incident *inc, const char *s, bool say);

/* What a question asks for, in few words of the reader's language: "which
 * server showed it first" of "Which server showed it first (FS1, FS2, ...)?";
 * of a Japanese one the noun it is about, where it has one (*noun).
 *
 * Owns:   the caller frees with free(); "" where nothing is asked.
 */
char *ir_view_asked(const struct ir_text *ask, bool *noun);

/* The variable of that name in a plan that `inc` (may be NULL) walks, or NULL.
 *
 * Owns:   borrowed from the plan.
 */
const struct ir_var *ir_view_var(const struct ir_incident *inc,
                                 const char *name);

/* A variable's value as people read it: of a choice its title, of a moment the
 * time, of a person the name; the word for unknown. `var` may be NULL.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_value(const struct ir_view *v, const struct ir_var *var,
                    const char *value);

/* What stands for a variable that is not known, made of its question so that
 * nobody takes it for a value: "[not known: which server showed it first]".
 * ir_view_label: the same words without saying so; the variable's own name
 * where no plan of the incident asks for it.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_unknown(const struct ir_incident *inc, const char *name);
char *ir_view_label(const struct ir_incident *inc, const char *name);

/* The text in the reader's language with ${var} filled in from `inc` (may be
 * NULL) and made harmless; "" when absent. Where no incident is walked, a
 * variable is "<var>".
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_fill(const struct ir_view *v, const struct ir_incident *inc,
                   const struct ir_text *t);

/* The name to show for a member: as in the contacts (the reader's language),
 * else as certified, else the handle; `full` or the part that the handle is
 * ("Ito" of "Ito Kazuo", handle ito). For -1 the word for nobody.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_member(const struct ir_view *v, int member, bool full);
/* The same for a person of the contacts who may be no member. */
char *ir_view_person(const struct ir_view *v, const char *id, bool full);
/* The title of a role in the contacts, else its id. */
char *ir_view_role(const struct ir_view *v, const char *role);
/* An owner may be a role or a person: the role's title, else the name. */
char *ir_view_owner(const struct ir_view *v, const char *id);
/* The title of an operation of the system in view, else its id. */
char *ir_view_operation(const struct ir_view *v, const char *id);

/* A list of the contacts, or NULL: "people", "roles", "trees", "audiences",
 * "authorities", "partners"; and its element of that id, or NULL.
 *
 * Owns:   borrowed from the contacts.
 */
const struct ir_json *ir_view_contacts(const struct ir_view *v,
                                       const char *list);
const struct ir_json *ir_view_contact(const struct ir_view *v, const char *list,
                                      const char *id);

/* The word for a way to reach people ("phone"), else as it stands. */
char *ir_view_channel(const struct ir_view *v, const char *kind);

/* Does a way of that name carry mail: mail itself, or a channel of the contacts
 * that does? And does a text name mail as a way ("by phone or e-mail")?
 */
bool ir_view_is_mail(const struct ir_view *v, const char *kind);
bool ir_view_names_mail(const char *text);

/* Ways to reach somebody in one line: "phone 050-0000-0101, radio channel 3".
 * Mail is left out, and said to be, while it is down or not trusted.
 *
 * Owns:   the caller frees with free(); "" when there is none.
 */
char *ir_view_ways(const struct ir_view *v, const struct ir_json *who,
                   int mail);

/* Is mail all that leads to them here? And what to tell whoever reaches for it
 * while others may read it; NULL: mail is not distrusted.
 */
bool ir_view_mail_alone(const struct ir_view *v, const struct ir_json *who);
const char *ir_view_no_mail(const struct ir_view *v, const struct ir_json *who,
                            int mail);

/* The way to reach somebody now in few words: phone, else radio, else the
 * first that is not mail.
 *
 * Owns:   the caller frees with free(); "" when there is none.
 */
char *ir_view_phone(const struct ir_view *v, const struct ir_json *who);

/* What stands between things told in one line: " · ".
 *
 * Owns:   static.
 */
const char *ir_view_sep(const struct ir_view *v);

/* Times for people: "03:12", "Sat 03:12", "3 min left", "12 min late"; a
 * span of milliseconds: "45 s", "48 min", "1 h 5 min", "3 days 4 h"; the
 * stamp is RFC 3339. A moment no calendar has (a hostile one) is "?".
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_span(int64_t ms);
char *ir_view_stamp(int64_t ms);
char *ir_view_time(const struct ir_view *v, int64_t ms);
char *ir_view_weektime(const struct ir_view *v, int64_t ms);
char *ir_view_left(const struct ir_view *v, int64_t due_ms);

/* "14 entries", "1 entry".
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_entries(uint64_t n);

/* Words of --json: they never change with the language. */
const char *ir_view_step_word(enum ir_step_state s);
const char *ir_view_clock_word(enum ir_clock_state s);
const char *ir_view_mail_word(int mail);
const char *ir_view_state_word(enum ir_incident_state s);
const char *ir_view_status_word(int status);
const char *ir_view_prec_word(int precision);
/* The same for people, translated. */
const char *ir_view_step_say(enum ir_step_state s);
const char *ir_view_clock_say(const struct ir_iclock *c);
const char *ir_view_state_say(enum ir_incident_state s);

/* Member for --json: the handle, else null. Author: the handle, else the key
 * id in hex. Times: RFC 3339 with the zone's offset, 0 is null.
 *
 * Owns:   `obj` keeps a copy.
 */
void ir_view_set_member(const struct ir_view *v, struct ir_json *obj,
                        const char *key, int member);
void ir_view_set_time(struct ir_json *obj, const char *key, int64_t ms);

#endif
