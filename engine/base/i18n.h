/* i18n.h: sentences a person reads, through gettext.
 *
 * Catalogues: engine/po/ja/<area>.po, merged at build into one ir.mo. LANG is
 * not trusted to name an installed locale: the character set is C.UTF-8 and
 * the language goes into LANGUAGE.
 */
#ifndef IR_BASE_I18N_H
#define IR_BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(s) dgettext("ir", s)
#define N_(s) s

enum ir_lang { IR_LANG_EN = 0, IR_LANG_JA = 1 };

/* Set the language of everything said from now on.
 *
 * Thread: before threads start; also changes it later.
 */
void ir_i18n_set(enum ir_lang lang);
enum ir_lang ir_i18n_lang(void);

/* What the environment asks for: `flag` ("ja", "en" or NULL) first, then
 * IR_LANG, LC_ALL, LC_MESSAGES, LANG; `site` decides when they say nothing
 * (unset, C, POSIX with UTF-8). Japanese is given up for English where the
 * terminal cannot draw it: TERM=linux or dumb-without-UTF-8 on a tty, or a
 * LANG with a character set other than UTF-8 (then *fell_back is true),
 * unless `flag` insists.
 */
enum ir_lang ir_i18n_choose(const char *flag, enum ir_lang site, bool tty,
                            bool *fell_back);

/* "en" or "ja". */
const char *ir_lang_code(enum ir_lang lang);

#endif
