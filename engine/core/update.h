/* update.h: words for an audience: which facts it may know, a template filled
 * with what, when, where, who, why and how, and the rhythm in which people are
 * told again.
 *
 * Pure. Need-to-know: every blank of a template stands for a fact; of a fact
 * that an audience may not know no word is filled in, whatever is given: it
 * reads 調査中 / under investigation, as does what nobody knows yet. What is
 * filled in is one line, made harmless, and is not looked at again: it cannot
 * forge a line of the template or another blank.
 */
#ifndef IR_CORE_UPDATE_H
#define IR_CORE_UPDATE_H

#include "core/text.h"

#define IR_UPDATE_VALUE_MAX 400 /* bytes of one answer */

enum ir_fact {
    IR_FACT_WHAT,
    IR_FACT_WHEN,
    IR_FACT_WHERE,
    IR_FACT_IMPACT,
    IR_FACT_MEASURES,
    IR_FACT_CAUSE,
    IR_FACT_PERSONAL,
    IR_FACTS_N
};

/* "personal-data"; and back, -1: no fact is called so.
 *
 * Owns:   static.
 */
const char *ir_fact_word(enum ir_fact f);
int ir_fact_of_word(const char *word);

/* What a fact is called in the reader's language.
 *
 * Owns:   static.
 */
const char *ir_fact_say(enum ir_fact f);

/* The fact a template's blank stands for: what, when, where, who (impact), how
 * (measures), why (cause); -1: there is no such blank.
 */
int ir_fact_of_blank(const char *name, size_t len);

/* The blanks, in the order in which they are asked: "what", ..., NULL.
 *
 * Owns:   static.
 */
extern const char *const ir_update_blanks[];

/* The facts of an audience's "may_know", a bit for each.
 */
unsigned ir_facts_of(const struct ir_json *may_know);

/* Which facts the blanks of `body` stand for. */
unsigned ir_update_uses(const char *body);

/* Does the text hold `value`, however it is written (ir_utf8_says)? What is
 * shorter than four letters, in Japanese than two, is found in any sentence,
 * and is not looked for.
 */
bool ir_update_holds(const char *text, const char *value);

/* Fill `body`. `args` are "NAME=VALUE", or "NAME.ja=VALUE", "NAME.en=VALUE" for
 * one language alone; `may` bounds what is filled in.
 *
 * Owns:   the caller frees with free().
 */
char *ir_update_fill(const char *body, enum ir_lang lang,
                     const char *const *args, size_t n, unsigned may);

/* When an audience is told next. */
struct ir_rhythm_in {
    int64_t from_ms;            /* the first word counts from here */
    int64_t first_ms, every_ms; /* how soon, how often */
    int64_t until_ms, now_ms;   /* it holds until then; 0: without end */
    const int64_t *told;        /* when they were told, oldest first */
    size_t told_n;
};
struct ir_rhythm {
    int64_t last_ms;    /* 0: not told yet */
    int64_t due_ms;     /* 0: nothing is due any more */
    int64_t late_ms;    /* past due by so much; 0: in time */
    int64_t longest_ms; /* between two words, the first counted from from_ms */
    size_t late_n;      /* words that came late, or are late now */
};

/* Units:  milliseconds since 1970; spans in milliseconds. */
void ir_rhythm(const struct ir_rhythm_in *in, struct ir_rhythm *out);

#endif
