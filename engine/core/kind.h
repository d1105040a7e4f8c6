/* kind.h: every kind of entry, one row each: its name, lane, what its body
 * holds and who may sign it. The rows are docs/format.md section 3.
 */
#ifndef IR_CORE_KIND_H
#define IR_CORE_KIND_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ir_lane {
    IR_LANE_T = 0, /* trust, 1-7 and 64-95: travels first */
    IR_LANE_F = 1, /* flash, 8-10 and 96-127 */
    IR_LANE_I = 2, /* incident, 11-39 and 128-191 */
    IR_LANE_S = 3, /* slow, 40-63, 192 and above */
};

enum ir_kind_no {
    IR_KIND_ROOT = 1,
    IR_KIND_MEMBER = 2,
    IR_KIND_DEVICE = 3,
    IR_KIND_REVOKE = 4,
    IR_KIND_APPROVAL = 5,
    IR_KIND_RELEASE = 6,
    IR_KIND_GRANT = 7,
    IR_KIND_ALERT = 8,
    IR_KIND_ACK = 9,
    IR_KIND_CANCEL = 10,
    IR_KIND_RECEIPT = 11,
    IR_KIND_INCIDENT = 16,
    IR_KIND_STEP = 17,
    IR_KIND_NOTE = 18,
    IR_KIND_DECISION = 19,
    IR_KIND_ROLE = 20,
    IR_KIND_CLOCK = 21,
    IR_KIND_MEASURE = 22,
    IR_KIND_AMEND = 23,
    IR_KIND_REDACT = 24,
    IR_KIND_REQUEST = 25,
    IR_KIND_ATTEMPT = 26,
    IR_KIND_EVIDENCE = 27,
    IR_KIND_CUSTODY = 28,
    IR_KIND_WITNESS = 29,
    IR_KIND_EXCEPTION = 30,
    IR_KIND_TOLD = 31,
    IR_KIND_SERVICE = 32,
    IR_KIND_REPORT = 33,
    IR_KIND_CHANNEL = 34,
    IR_KIND_DRILL = 40,
    IR_KIND_INJECT = 41,
    IR_KIND_SCORE = 42,
    IR_KIND_ACTION = 43,
    IR_KIND_ATTEST = 44,
    IR_KIND_ADMINS = 64,
};

enum ir_field_type {
    IR_FT_UINT,
    IR_FT_INT,
    IR_FT_TEXT,
    IR_FT_BYTES,  /* any length */
    IR_FT_ID8,    /* 8 bytes */
    IR_FT_HASH,   /* 32 bytes */
    IR_FT_TEXTS,  /* array of text */
    IR_FT_HASHES, /* array of 32-byte strings */
    IR_FT_PAIRS,  /* array of [name, value], both text, sorted by name */
    IR_FT_CLOCK,  /* [0/1, offset us, max error us] */
    IR_FT_ANY,    /* text or bytes */
    IR_FT_HANDLE, /* text [a-z0-9][a-z0-9._-]*, at most IR_HANDLE_MAX */
};

#define IR_HANDLE_MAX 40 /* bytes: a handle names files and ssh principals */
#define IR_ADMINS_MAX 64 /* keys in an admins entry */
#define IR_LIST_MAX                                                            \
    2048 /* elements of an array in a body; more than as many                  \
            32-byte strings as fit */

struct ir_field {
    uint8_t key;
    uint8_t type; /* enum ir_field_type */
    bool required;
    int16_t max;      /* UINT: highest value, 0 any; BYTES: length, 0 any */
    const char *name; /* as in --json and docs/format.md */
    int16_t min;      /* UINT: lowest value */
};

struct ir_kind {
    uint16_t no;
    bool state_bearing; /* never sealed, withheld or erased */
    bool node_may_sign;
    const char *name;
    const struct ir_field *fields; /* its own; and see ir_kind_common */
    size_t fields_n;
};

/* The row of kind `no`, or NULL when it is not known.
 *
 * Owns:   static.
 */
const struct ir_kind *ir_kind_get(uint64_t no);

/* Is kind `no` of the closed list of which parsing refuses stubs and sealed
 * bodies? Of later kinds that bear state they parse, and do not count.
 *
 * Source: docs/format.md section 1, "Parsing", 5.
 */
bool ir_kind_whole(uint64_t no);

/* The lane of any kind number, known or not.
 *
 * Source: docs/format.md section 2, "Lanes".
 */
enum ir_lane ir_kind_lane(uint64_t no);

/* The priority a lane has when the header does not say. */
int ir_lane_prio(enum ir_lane lane);

/* Fields that every body of lanes I and S carries (salt and clocks). */
const struct ir_field *ir_kind_common(size_t *n);

/* Does the plain body `b[0..len)` (a checked CBOR map) fit kind `no`? Folding
 * asks this, parsing never does. Unknown fields are allowed, unknown kinds
 * fit anything.
 *
 * Errors: IR_EPARSE naming the field.
 */
int ir_kind_check(uint64_t no, const uint8_t *b, size_t len,
                  struct ir_err *err);

#endif
