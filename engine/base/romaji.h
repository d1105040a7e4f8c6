/* romaji.h: a name in small Latin letters, for ids.
 */
#ifndef IR_BASE_ROMAJI_H
#define IR_BASE_ROMAJI_H

#include "base/buf.h"

#include <stdbool.h>

/* Append `s` in a-z, 0-9 and single spaces: kana (also halfwidth) by the
 * Hepburn system with every vowel as it is written (さとう: satou), Latin
 * letters without their accents. False, and nothing appended, where anything
 * else is in it (kanji), or nothing is left.
 *
 * Owns:   `out` keeps a copy.
 * Source: Hepburn romanisation; Unicode NFKC.
 */
bool ir_romaji(const char *s, struct ir_buf *out);

#endif
