/* menu.h: questions: what do you see, when did it begin, which option.
 * All end with a prompt without a newline.
 */
#ifndef IR_VIEW_MENU_H
#define IR_VIEW_MENU_H

#include "view/view.h"

/* Sort plans as the menus show them: by order, then id. */
void ir_view_menu_sort(const struct ir_plan **plans, size_t n);

/* "Flight information. What do you see?": the symptoms, numbered, with the
 * scenario's name. With `more` each one's title, severity and safety line.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_menu_symptoms(const struct ir_view *v, const char *title,
                           const struct ir_plan *const *plans, size_t n,
                           bool more, struct ir_buf *out);

/* "Which system?": objects of type system, numbered.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_menu_systems(const struct ir_view *v,
                          const struct ir_json *const *systems, size_t n,
                          struct ir_buf *out);

/* An incident of this system is open: join it (1..n), or declare another
 * (n+1).
 */
void ir_view_menu_join(const struct ir_view *v,
                       const struct ir_incident *const *inc, size_t n,
                       struct ir_buf *out);

/* The options of a choose step, numbered, with what each means. */
void ir_view_menu_choose(const struct ir_view *v, const struct ir_incident *inc,
                         size_t step, struct ir_buf *out);

/* The question of a variable, its choices numbered, what an answer looks like
 * and that "unknown" is one. `now` is the present value, or NULL.
 */
void ir_view_ask(const struct ir_view *v, const struct ir_var *var,
                 const char *now, struct ir_buf *out);

/* A question of a form, number `no` of `of`, with its help; Enter keeps `now`,
 * or leaves it open where that is NULL or "".
 */
struct ir_view_ask_form {
    const struct ir_var *var;
    const char *now, *help; /* or NULL */
    size_t no, of;
};
void ir_view_ask_form(const struct ir_view *v, const struct ir_view_ask_form *q,
                      struct ir_buf *out);

/* What the answer is for and looks like: "?" at a question. */
void ir_view_ask_more(const struct ir_view *v, const struct ir_var *var,
                      struct ir_buf *out);

/* "When did it begin? (02:40, 20m ago, unknown)> " */
void ir_view_ask_began(const struct ir_view *v, struct ir_buf *out);

/* "Why? ..." for what needs a reason: the reason is recorded. */
enum ir_why {
    IR_WHY_SKIP,
    IR_WHY_FAIL,
    IR_WHY_DECISION,
    IR_WHY_UNAPPROVED,
    IR_WHY_BREAK_GLASS,
    IR_WHY_OVERRIDE,
    IR_WHY_DENY,
    IR_WHY_SEVERITY,
};
void ir_view_ask_why(const struct ir_view *v, enum ir_why why,
                     struct ir_buf *out);

/* "What did you see?" after done: a note may be left empty. */
void ir_view_ask_note(const struct ir_view *v, struct ir_buf *out);

/* A yes-or-no question: " QUESTION (y/n)> ". Reading the answer: 1 yes
 * (y, yes, はい), 0 no (n, no, いいえ), -1 neither.
 */
void ir_view_ask_yes(const struct ir_view *v, const char *question,
                     struct ir_buf *out);
int ir_view_yes(const char *typed);

#endif
