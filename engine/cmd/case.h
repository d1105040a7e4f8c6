/* case.h: one incident with its log, loaded and folded, and recording in it.
 */
#ifndef IR_CMD_CASE_H
#define IR_CMD_CASE_H

#include "cmd/cmd.h"
#include "core/alert.h"

struct ir_case {
    struct ir_log log;
    const struct ir_entry **e; /* in fold order */
    size_t n;
    struct ir_incident *inc;
    const struct ir_json *site, *system; /* of its manifest */
    int64_t version;                     /* of the store when it was loaded */
};

/* Load and fold an incident by the id of its declare entry, at `now_ms` (0:
 * now), and point c->view at its site, contacts and system.
 *
 * Owns:   *k is the caller's, ir_case_done; it must not outlive `c`.
 * Errors: IR_ENOTFOUND, IR_ESTORE.
 */
int ir_case_load(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES],
                 int64_t now_ms, struct ir_case *k);
void ir_case_done(struct ir_case *k);

/* The incident the words mean: --incident, else the one in use, else the only
 * open one.
 *
 * Errors: IR_ENOTFOUND none, IR_EUSAGE several (named in the hint).
 */
int ir_case_current(struct ir_ctx *c, int64_t now_ms, struct ir_case *k);

/* The same for what is only written down in it: of an incident that --incident
 * or `ir use` names the entry that declares it is read, and k->inc holds its
 * ids, name and status, nothing else; where neither names one it is as above.
 */
int ir_case_bare(struct ir_ctx *c, struct ir_case *k);

/* Find an incident by "IR-7K4Q", "7k4q" or the beginning of its id.
 *
 * Errors: IR_ENOTFOUND, IR_EUSAGE.
 */
int ir_case_find(struct ir_ctx *c, const char *name,
                 uint8_t declare[IR_ID_BYTES]);

/* Where it is closed, tell what was open then: ir_incident_tell_left. */
void ir_case_tell_left(struct ir_ctx *c, struct ir_case *k);

/* Let go of the entries and keep what was folded of them, for lists.
 *
 * Owns:   the incident is borrowed from `k`.
 */
const struct ir_incident *ir_case_slim(struct ir_case *k);

/* Take in entries that were just recorded: they are read back, the rest is
 * not, and the incident is folded again.
 *
 * Errors: as ir_store_load_id; then `k` is empty.
 */
int ir_case_grow(struct ir_ctx *c, struct ir_case *k,
                 const uint8_t (*ids)[IR_ID_BYTES], size_t n);

/* Ids of the incidents that are not closed, oldest first. What was found to be
 * closed before, and has not changed since, is not folded again.
 *
 * Owns:   *ids is the caller's, free().
 * Errors: IR_ESTORE.
 */
int ir_case_not_closed(struct ir_ctx *c, uint8_t (**ids)[IR_ID_BYTES],
                       size_t *n);

/* Is it closed? Folds it unless that is known, and remembers it in `c`. */
bool ir_case_is_over(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES]);

/* Write down which incidents were found to be closed: inside a transaction
 * that is open for something else, or (`leave`) in one of its own, when the
 * command has said all it has to say and nobody else is writing.
 *
 * Errors: IR_ESTORE; with `leave` it is no failure, for views can be made
 *         again.
 */
int ir_case_keep_over(struct ir_ctx *c, bool leave);

/* Where the record is: counts for the screens. */
void ir_case_record(struct ir_ctx *c, const struct ir_case *k,
                    struct ir_view_record *r);

/* Take the right to write before it is decided whether something may happen,
 * so that nobody decides the same at the same time: begins the transaction
 * which the next ir_batch_commit ends. What others have recorded since `k` was
 * loaded is taken in, as it was loaded (c->signed_only). `i` is the place of
 * the step in question, found again.
 *
 * Errors: IR_EREFUSED the step is no longer as it was; IR_ENOTFOUND, IR_EBUSY,
 *         IR_ESTORE, IR_ESIG. Then nothing is held, and `k` may be empty.
 */
int ir_case_hold(struct ir_ctx *c, struct ir_case *k, size_t *i);

/* Let go of it when nothing was recorded; else does nothing. */
void ir_case_drop(struct ir_ctx *c);

/* Drafts to be recorded together, in one transaction. */
#define IR_BATCH_MAX 12
struct ir_batch {
    struct ir_draft d[IR_BATCH_MAX];
    size_t n;
    /* d[i] refers to an earlier draft of the batch: its index + 1, else 0;
     * put into refs[0] once that one has its id */
    size_t refers[IR_BATCH_MAX];
    size_t names[IR_BATCH_MAX];  /* the same, put behind the refs it has */
    bool in_first[IR_BATCH_MAX]; /* belongs to the incident d[0] declares */
    bool use_first; /* the incident d[0] declares is the one in use from now */
    uint8_t ids[IR_BATCH_MAX][IR_ID_BYTES]; /* filled by ir_batch_record */
    /* an object kept in the same transaction (captured output, plan) */
    const char *object_type;
    const void *object;
    size_t object_len;
    /* what else is appended in the same transaction, or NULL */
    int (*also)(struct ir_ctx *c, const struct ir_signer *who,
                const struct ir_now *now, void *arg);
    void *also_arg;
};

/* A new draft of `kind` in the incident of `k` (NULL: outside incidents),
 * with its status.
 *
 * Owns:   the draft is borrowed from the batch.
 */
struct ir_draft *ir_batch_add(struct ir_batch *b, const struct ir_case *k,
                              uint64_t kind);

/* A new draft about the alert: it refers to it, in its incident, actual or an
 * exercise as that is.
 *
 * Owns:   the draft is borrowed from the batch.
 */
struct ir_draft *ir_batch_about(struct ir_batch *b, const struct ir_alert *a,
                                uint64_t kind);

/* Say so when a moment that was stated lies ahead of this device's clock: a
 * slip, or a clock that is wrong; either way it is recorded.
 */
void ir_warn_ahead(struct ir_ctx *c, int64_t ms);

/* Set when it happened, as typed ("02:40", "20m ago").
 *
 * Errors: IR_EPARSE.
 */
int ir_draft_at(struct ir_ctx *c, struct ir_draft *d, const char *at);

/* Unlock the key, record everything in one transaction, and say so ("recorded
 * ..."), or say that it was NOT recorded. With --json the first draft's id is
 * printed. `again` is what the person may type later, or NULL.
 *
 * Owns:   the drafts' bodies are taken.
 * Errors: IR_ESTORE, IR_EBUSY, IR_ESIG ...; then nothing is recorded.
 */
int ir_batch_record(struct ir_ctx *c, struct ir_case *k, struct ir_batch *b,
                    const char *again);

/* The same without saying anything; for commands that say it their way. */
int ir_batch_commit(struct ir_ctx *c, struct ir_batch *b);

/* Say of each recorded draft what it is (ir_batch_record does). */
void ir_batch_say(struct ir_ctx *c, struct ir_case *k,
                  const struct ir_batch *b);

/* Free what an unrecorded batch holds. */
void ir_batch_done(struct ir_batch *b);

/* The reason a command needs: -r, else asked for, else refused.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EUSAGE no reason.
 */
int ir_reason(struct ir_ctx *c, const char *given, int why, char **out);

#endif
