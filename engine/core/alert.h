/* alert.h: alerts between people, folded from the entries that make and
 * answer them. A pure function: the same set of entries gives the same
 * alerts, whatever order they came in; of more entries than are needed the
 * others are passed over. No clock decides anything.
 *
 * What counts. An alert (8) by a person, with either a text or a template,
 *   whose status is that of its incident, whose declare entry is here. Of what
 *   is said about it (refs; for receipts the ids in the body): only what bears
 *   the alert's status and, where it names an incident, the alert's.
 * Cosignatures. An approval (5) with verdict 1 that names the alert in refs and
 *   digest, by a member other than its author; each member once. An alert that
 *   needs k waits until k members have given one.
 * Cancels (10). One by any member ends it. Reason 3 names in its second ref the
 *   alert that takes its place.
 * Answers (9). A person's word for themselves replaces what they said before:
 *   what it names in refs, and what the same key signed with a lower seq. Where
 *   two words stand (given on two devices apart), done outweighs decline,
 *   decline accept, accept seen. What somebody says on behalf of a contact
 *   stands beside, under the name of who says it.
 * Receipts (11). Stored: by a device's key, or a person's. Displayed: by the
 *   person's own key.
 * Of a revoked key counts what stays accepted, and what that builds on: as far
 *   as the entries between are given.
 */
#ifndef IR_CORE_ALERT_H
#define IR_CORE_ALERT_H

#include "core/trust.h"

#define IR_ALERT_TO_MAX 32     /* addressees named in one alert */
#define IR_ALERT_TEXT_MAX 2000 /* bytes that are written; more is read */

enum ir_alert_state {
    IR_ALERT_WAITING, /* for cosignatures */
    IR_ALERT_OUT,
    IR_ALERT_CANCELLED,
    IR_ALERT_CORRECTED, /* another one takes its place */
};

enum ir_ack_code {
    IR_ACK_SEEN = 1,
    IR_ACK_ACCEPT,
    IR_ACK_DECLINE,
    IR_ACK_DONE
};

enum ir_cancel_reason {
    IR_CANCEL_OVER = 1,
    IR_CANCEL_MISTAKEN,
    IR_CANCEL_CORRECTED,
};

/* A device that has witnessed an entry (kind 29). */
struct ir_alert_seen {
    uint8_t device[IR_KEYID_BYTES];
    int custodian; /* member index */
};

/* One thing said about an alert. */
struct ir_alert_said {
    uint8_t entry[IR_ID_BYTES], key[IR_KEYID_BYTES];
    uint64_t kind;       /* 5, 9, 10 or 11 */
    int by;              /* member: who signed, or the device's custodian */
    bool node;           /* a device signed */
    int code;            /* verdict, code, reason, state */
    char *text;          /* or NULL */
    char *contact, *how; /* ack: on behalf of whom, and how known; or NULL */
    bool stands;         /* ack: nothing the same person said replaces it */
    bool has_other;
    uint8_t other[IR_ID_BYTES]; /* cancel: what takes the alert's place */
    uint64_t seq, hlc;
    int64_t at_ms;
    struct ir_alert_seen *seen; /* witnesses, by device */
    size_t seen_n;
};

struct ir_alert {
    uint8_t id[IR_ID_BYTES], key[IR_KEYID_BYTES];
    bool has_incident;
    uint8_t incident[IR_INCIDENT_BYTES];
    int by; /* member index */
    int64_t at_ms;
    uint64_t hlc, severity, needed, ack_within_s, audience, template_no;
    int status;     /* enum ir_status */
    bool mesh_only; /* to devices alone, by no channel */
    bool any_hour;  /* routine, and yet at any hour */
    char *text;     /* "" when a template stands for it */
    char **args;    /* for its blanks */
    size_t args_n;
    char **to; /* handles, "role:ID", "audience:ID"; none: all */
    size_t to_n;
    size_t refs_n; /* the alert whose place it takes, notes that go with it */
    uint8_t refs[IR_REFS_MAX][IR_ID_BYTES];
    enum ir_alert_state state;
    size_t given;               /* cosignatures of members */
    struct ir_alert_said *said; /* by (hlc, id) */
    size_t said_n;
    struct ir_alert_seen *seen;
    size_t seen_n;
};

struct ir_alerts {
    struct ir_alert *v; /* by (hlc, id): oldest first */
    size_t n, not_counted_n;
};

/* Fold `e[0..n)`, in any order: alerts and what is about them, approvals,
 * receipts, witnesses, the declare entries of their incidents; whatever else
 * is given serves to tell what builds on what.
 *
 * Owns:   *out is the caller's, ir_alerts_done; keeps nothing of `e`.
 */
void ir_alerts_fold(const struct ir_trust *t, const struct ir_entry *const *e,
                    size_t n, struct ir_alerts *out);
void ir_alerts_done(struct ir_alerts *a);

/* Whom words like "role:network" mean: is member `who` one of them? For an
 * incident (NULL: none).
 */
typedef bool ir_alert_means(const char *to, const uint8_t *incident, int who,
                            void *arg);

/* Is it addressed to member `who`? All means every other active member. */
bool ir_alert_is_for(const struct ir_alert *a, const struct ir_trust *t,
                     int who, ir_alert_means *means, void *arg);

/* What member `who` has answered for themselves, or NULL. */
const struct ir_alert_said *ir_alert_answer(const struct ir_alert *a, int who);

/* The first receipt of that state by `who` (a device of theirs, or they), or
 * NULL. What was displayed was stored.
 */
const struct ir_alert_said *ir_alert_receipt(const struct ir_alert *a, int who,
                                             int state);

/* The site asks for `least` cosignatures, whatever its author wrote: an alert
 * with fewer waits.
 */
void ir_alert_ask_for(struct ir_alert *a, uint64_t least);

/* Has member `who` cosigned it? */
bool ir_alert_is_cosigned(const struct ir_alert *a, int who);

/* The cancel that stands for all: a correction before others, else the first;
 * NULL: none.
 */
const struct ir_alert_said *ir_alert_cancel(const struct ir_alert *a);

#endif
