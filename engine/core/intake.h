/* intake.h: people out of an address book of another program, as far as what
 * stands there can be used to reach them. What is left out is said, with the
 * line and the reason.
 */
#ifndef IR_CORE_INTAKE_H
#define IR_CORE_INTAKE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/index.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_INTAKE_BYTES_MAX (8 * 1024 * 1024) /* of a file */
#define IR_INTAKE_PEOPLE_MAX 20000            /* of one file */
#define IR_INTAKE_WAYS_MAX 12                 /* of one person */
#define IR_INTAKE_TEXT_MAX 200                /* bytes of a name, an address */
#define IR_INTAKE_NOTES_MAX 1000

struct ir_intake_way {
    char *means; /* "phone" "sms" "mail" "fax" "radio" */
    char *address;
    int rank; /* the smaller, the sooner it is tried */
};

struct ir_intake_person {
    char *id;                              /* as given, or NULL */
    char *name;                            /* as shown; never empty */
    char *family, *given;                  /* parts of it, or NULL */
    char *kana_family, *kana_given, *kana; /* how it is read, or NULL */
    char *latin;                /* in Latin letters, as given, or NULL */
    char *title, *organisation; /* or NULL */
    enum ir_lang lang;
    struct ir_intake_way way[IR_INTAKE_WAYS_MAX];
    size_t ways_n;
    int line;
};

struct ir_intake_note {
    int line;      /* 0: the file as a whole */
    char *who;     /* name, or "" */
    char *what;    /* a sentence; both not yet harmless */
    bool left_out; /* else something to know */
};

struct ir_intake {
    struct ir_intake_person *person;
    size_t n, cap;
    struct ir_intake_note *note;
    size_t notes_n, notes_cap;
    size_t notes_more;    /* that were not kept */
    struct ir_index ways; /* who has which, by name and address */
    const char *charset;
};

/* Read vCards, or a table with a heading row in English or Japanese; which of
 * them it is stands in its first line.
 *
 * Owns:   *out is the caller's, ir_intake_done; empty on error.
 * Errors: IR_EPARSE it is neither, or broken as a whole; IR_ELIMIT too large,
 *         too many people.
 * Source: docs/man/ir-contacts.1.
 */
int ir_intake_read(const void *p, size_t n, struct ir_intake *out,
                   struct ir_err *err);
void ir_intake_done(struct ir_intake *in);

/* A telephone number as it is compared: digits only, with "+" before those of
 * another country; +81 and 0081 are the 0 of Japan. Extensions are left out.
 * False: it is no number.
 *
 * Owns:   `out` keeps a copy, nothing unless true.
 */
bool ir_intake_number(const char *s, struct ir_buf *out);

/* An address in the one form in which two of a means are compared: the digits
 * of a number, of all else small letters.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_intake_plain(const char *means, const char *address,
                     struct ir_buf *out);

/* For the two readers (intake_vcard.c, intake_csv.c) alone. */
int ir_intake_vcard(const char *p, size_t n, struct ir_intake *in,
                    struct ir_err *err);
int ir_intake_csv(const char *p, size_t n, struct ir_intake *in,
                  struct ir_err *err);

/* Add a note; the words are a printf format.
 *
 * Owns:   keeps copies.
 */
void ir_intake_say(struct ir_intake *in, int line, const char *who,
                   bool left_out, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Add a way to reach `p`, with what is wrong with it said and left out. A
 * telephone that can take text messages becomes two ways.
 *
 * Owns:   keeps copies.
 */
void ir_intake_way(struct ir_intake *in, struct ir_intake_person *p,
                   const char *means, const char *address, int rank);

/* Put text into *field where it can be used (trimmed, narrowed, no control
 * characters, no formula, not too long) and nothing stands there; says so
 * where not.
 *
 * Owns:   *field keeps a copy.
 */
void ir_intake_field(struct ir_intake *in, const struct ir_intake_person *p,
                     char **field, const char *what, const char *s);

/* Take a person in, or say why not.
 *
 * Owns:   takes *p, which is empty afterwards.
 * Errors: IR_ELIMIT too many people.
 */
int ir_intake_take(struct ir_intake *in, struct ir_intake_person *p,
                   struct ir_err *err);

#endif
