/* entry.h: one signed entry, parsed from and written to its frozen bytes.
 *
 * Parsing needs no context and refuses for ever; whether an entry counts is
 * decided by folding (trust.h, incident.h). Bytes are verified as received,
 * never re-encoded.
 * Source: docs/format.md sections 1 and 2.
 */
#ifndef IR_CORE_ENTRY_H
#define IR_CORE_ENTRY_H

#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "core/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_ID_BYTES 32
#define IR_INCIDENT_BYTES 8
#define IR_HEADER_MAX 512 /* bytes of P */
#define IR_BODY_MAX 65536 /* bytes of B */
#define IR_DEPS_MAX 8
#define IR_REFS_MAX 3
#define IR_ENTRY_MAX (IR_HEADER_MAX + IR_BODY_MAX + IR_SIG_BYTES + 16)
#define IR_M_MAX (IR_ID_BYTES + IR_HEADER_MAX + IR_HASH_BYTES)

enum ir_status { IR_ACTUAL = 0, IR_EXERCISE = 1, IR_TEST = 2 };

/* Header P, decoded. Absent fields are 0 with their has_/n saying so. */
struct ir_header {
    uint8_t author[IR_KEYID_BYTES];
    uint64_t hlc; /* milliseconds << 16 | counter */
    uint64_t seq;
    uint64_t kind;
    bool has_incident, has_prev, has_prio, has_occurred, sealed;
    uint8_t incident[IR_INCIDENT_BYTES];
    uint8_t prev[IR_ID_BYTES];
    size_t deps_n, refs_n;
    uint8_t deps[IR_DEPS_MAX][IR_ID_BYTES];
    uint8_t refs[IR_REFS_MAX][IR_ID_BYTES];
    uint64_t ttl_s;
    uint8_t prio;   /* effective: the lane's default when absent */
    uint8_t status; /* enum ir_status */
    uint64_t audience;
    int64_t occurred_ms;
    uint8_t occurred_prec; /* enum ir_precision (base/time.h) */
};

/* One entry. `p`, `b`, are borrowed from the bytes it was parsed from, or
 * from whoever filled it.
 */
struct ir_entry {
    struct ir_header h;
    const uint8_t *p; /* header bytes */
    size_t p_len;
    const uint8_t *b; /* body bytes; NULL in a stub */
    size_t b_len;
    const uint8_t *open; /* what a sealed body held, where it was opened */
    size_t open_len;
    uint8_t body_digest[IR_HASH_BYTES];
    uint8_t sig[IR_SIG_BYTES];
    uint8_t id[IR_ID_BYTES]; /* filled by ir_entry_id */
};

/* The plain body, a map: what `b` is, or held; NULL of a stub, and of a sealed
 * one that was not opened.
 *
 * Owns:   borrowed as `b` is.
 */
const uint8_t *ir_entry_plain(const struct ir_entry *e, size_t *n);

/* Decode header bytes.
 *
 * Errors: IR_EPARSE, IR_ELIMIT; *h untouched.
 */
int ir_header_decode(const uint8_t *p, size_t len, struct ir_header *h,
                     struct ir_err *err);

/* Encode a header in its only form. Fields equal to their default are left
 * out. Deps and refs are written as given (sorted, unique is the caller's).
 *
 * Owns:   appends to `out`.
 */
void ir_header_encode(const struct ir_header *h, struct ir_buf *out);

/* Parse one entry or stub from exactly `bytes[0..len)`. Does not know the
 * site: the id is not computed, the signature not checked.
 *
 * Owns:   *e borrows from `bytes`.
 * Errors: IR_EPARSE, IR_ELIMIT.
 */
int ir_entry_parse(const uint8_t *bytes, size_t len, struct ir_entry *e,
                   struct ir_err *err);

/* The suite of what claims to be an entry of any suite, 0 where it is none: to
 * tell what needs a newer program from what is broken.
 *
 * Source: docs/format.md, "What may change, and how".
 */
uint64_t ir_entry_suite(const uint8_t *bytes, size_t len);

/* Is the body of the strict form, and the right outermost container?
 *
 * Errors: IR_EPARSE.
 */
int ir_entry_body_check(const struct ir_entry *e, struct ir_err *err);

/* Append the wire form: entry, or stub when there is no body.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_entry_encode(const struct ir_entry *e, struct ir_buf *out);

/* M = site | P | H(B).
 *
 * Units:  `m` of IR_M_MAX; returns its length.
 */
size_t ir_entry_m(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
                  uint8_t *m);

/* Fill e->id from `site` (32 zero bytes for the root entry itself). */
void ir_entry_id(struct ir_entry *e, const uint8_t site[IR_ID_BYTES]);

/* Check the signature with `pub`; is the author's key id that of `pub`? */
bool ir_entry_verify(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
                     const uint8_t pub[IR_PUBKEY_BYTES]);

/* The 103-byte blob a key signs for this entry (sshsig.h). */
void ir_entry_blob(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
                   uint8_t *blob);

/* Milliseconds since 1970 in an hlc, and the hlc that follows `last` at wall
 * time `now_ms`.
 *
 * Units:  UTC milliseconds.
 */
int64_t ir_hlc_ms(uint64_t hlc);
uint64_t ir_hlc_next(uint64_t last, int64_t now_ms);

/* When an entry was recorded, by the wall clock that stood in it (body field
 * 34 where the device's clock had gone back, else the hlc).
 *
 * Units:  UTC milliseconds.
 */
int64_t ir_entry_recorded_ms(const struct ir_entry *e);

#endif
