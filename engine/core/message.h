/* message.h: an alert as text for people, on any channel and in their own
 * language, with what lets them check that it is genuine.
 *
 * Every message begins with 訓練 / EXERCISE where its incident is one; that
 * word is put here and nowhere else, so no channel can leave it out. What it is
 * not: sent, or escaped for mail, markup or a terminal; who sends it does that.
 */
#ifndef IR_CORE_MESSAGE_H
#define IR_CORE_MESSAGE_H

#include "base/i18n.h"
#include "core/entry.h"

#define IR_MESSAGE_SHORT_MAX 134  /* UTF-16 units: an SMS of two parts */
#define IR_MESSAGE_SUBJECT_MAX 60 /* columns of the text in a subject */
#define IR_CHECK_CODE_MAX 10      /* "K7QM-2F9X" and its NUL */
#define IR_REPLY_NUMBER_MAX 99    /* then it begins at 1 again */

enum ir_message_what {
    IR_MESSAGE_ALERT,
    IR_MESSAGE_CANCEL,  /* it is over, or was a mistake */
    IR_MESSAGE_CORRECT, /* takes the place of another */
    IR_MESSAGE_MISSED,  /* a summary of what somebody missed while a channel
                           was down; it has the code of the newest */
};

struct ir_message_in {
    enum ir_message_what what;
    const uint8_t *alert;                 /* id: IR_ID_BYTES */
    int status;                           /* enum ir_status of the alert */
    uint64_t severity;                    /* 0: not said */
    const char *site, *incident, *author; /* or NULL */
    const char *text;
    const char *when; /* in words, or NULL */
    uint64_t number;  /* a reply names it: "1a"; 0: none is asked for */
    uint64_t missed;  /* of a summary: so many, `text` being the newest's */
};

struct ir_message {
    char *subject; /* one line */
    char *title;   /* one line: the first of `body` */
    char *body;    /* lines, ends with a newline */
    char *brief;   /* one line for an SMS, IR_MESSAGE_SHORT_MAX */
    char *spoken;  /* the same whole, to be read out by telephone */
};

/* The word that stands first in everything that is not actual: 訓練 / EXERCISE,
 * 試験 / TEST; "" of what is. Messages, sheets, and screens have it from here.
 *
 * Owns:   static.
 */
const char *ir_message_mark(int status, enum ir_lang lang);

/* Write the message in `lang`. Text is made harmless (base/utf8.h) and, in what
 * is one line, its line ends become spaces.
 *
 * Owns:   *out is the caller's, ir_message_done.
 * Thread: changes the process's language and puts it back.
 */
void ir_message_make(const struct ir_message_in *in, enum ir_lang lang,
                     struct ir_message *out);
void ir_message_done(struct ir_message *m);

/* The check code of an alert: 40 bits of SHA-256("ir-check@v1" | id) as eight
 * characters of Crockford's base 32, "K7QM-2F9X". Who has not seen the alert
 * cannot make it for another text, for the log holds none of that id.
 */
void ir_check_code(const uint8_t alert[IR_ID_BYTES],
                   char out[IR_CHECK_CODE_MAX]);

/* A code as somebody read it back: small letters, without the dash, O for 0, I
 * and L for 1, full width; to the form above.
 *
 * Errors: IR_EPARSE it is none.
 */
int ir_check_code_parse(const char *typed, char out[IR_CHECK_CODE_MAX],
                        struct ir_err *err);

/* What a reply claims: "4a" or "4d", with anything behind it; full width,
 * capitals, spaces and opening brackets make no difference ("４ Ａ", "「4a
 * 了解」"). Returns 'a' or 'd', or 0: it says nothing of the kind; *number is
 * the one it names, 0 when it names none.
 */
int ir_reply_read(const char *text, uint64_t *number);

/* Is `typed` what was sent: the text itself, of an exercise with the word for
 * that before it, or a whole message of it as it stands on a telephone or in a
 * mail, in either language, with any number for replies? White space, full
 * width and capitals make no difference, but for space between two letters or
 * two digits; a word more or less does.
 *
 * Thread: as ir_message_make.
 */
bool ir_check_text(const struct ir_message_in *in, const char *typed);

#endif
