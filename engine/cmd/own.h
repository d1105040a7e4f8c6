/* own.h: the keys that lie in this home, and what has become of them: revoked
 * by somebody, or at work elsewhere as well.
 */
#ifndef IR_CMD_OWN_H
#define IR_CMD_OWN_H

#include "cmd/cmd.h"

struct ir_own_key {
    uint8_t id[IR_KEYID_BYTES];
    bool node;       /* the device's */
    bool agent;      /* an ssh-agent has it, and may have it elsewhere too */
    char handle[41]; /* whose it is, or who answers for the device; "" nobody's
                        as far as is known */
};

/* The device's key and those of people; one under a passphrase is known by what
 * it has signed here.
 *
 * Owns:   *v is the caller's, free().
 */
size_t ir_own_keys(struct ir_ctx *c, struct ir_own_key **v);

/* One sentence for each of them that is revoked, and the way back in; given to
 * `fn`. One that has a successor waiting beside it is passed over. Returns how
 * many.
 */
size_t ir_own_revoked(struct ir_ctx *c,
                      void (*fn)(const char *text, const char *hint, void *arg),
                      void *arg);

/* The same as lines of c->talk. */
void ir_own_revoked_say(struct ir_ctx *c);

/* An array of {"key", "handle", "node", "by", "at"}.
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_own_revoked_json(struct ir_ctx *c);

/* Entries signed with keys of this home (but for an agent's) that came from
 * elsewhere and were not here: then it is an older copy.
 */
struct ir_own_back {
    struct ir_own_key *keys;
    size_t keys_n;
    size_t key;             /* the one that was met last */
    int64_t n;              /* entries since it was told last */
    int64_t from_ms, to_ms; /* recorded then, by their clock */
};

/* Begin with the keys that lie here now.
 *
 * Owns:   *b is the caller's, ir_own_back_done.
 */
void ir_own_back_begin(struct ir_ctx *c, struct ir_own_back *b);

/* Let go of what it holds. */
void ir_own_back_done(struct ir_own_back *b);

/* An entry by `author` came that was not here. */
void ir_own_back_add(struct ir_own_back *b,
                     const uint8_t author[IR_KEYID_BYTES], uint64_t hlc);

/* Say what that means, in one sentence and what to do, given to `fn`; does
 * nothing where none came since.
 */
void ir_own_back_tell(struct ir_ctx *c, struct ir_own_back *b,
                      void (*fn)(const char *text, const char *hint, void *arg),
                      void *arg);

#endif
