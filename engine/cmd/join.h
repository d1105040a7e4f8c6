/* join.h: letting a new device in, on both sides: answering requests that lie
 * in a directory, and what they are called there.
 *
 * Source: docs/man/ir-mesh.1; docs/format.md section 13.
 */
#ifndef IR_CMD_JOIN_H
#define IR_CMD_JOIN_H

#include "cmd/cmd.h"
#include "store/invite.h"

/* In DIR: ir-join/<id of the invitation>.request and .answer, both sealed. */
#define IR_JOIN_DIR "ir-join"
#define IR_JOIN_REQUEST ".request"
#define IR_JOIN_ANSWER ".answer"

/* "ir-join/0011223344556677.request".
 *
 * Owns:   the caller frees with free().
 */
char *ir_join_path(const uint8_t id[IR_JOIN_ID_BYTES], const char *suffix);

/* The code from the terminal. A slip costs a question, not the command: it is
 * found here, and asked for again, twice. NULL as ir_ctx_ask.
 *
 * Owns:   the caller frees with free().
 */
char *ir_join_code_ask(struct ir_ctx *c);

/* Where this machine can be called, for `mesh join --at`: at most four
 * addresses of interfaces that are up, "" where there are none.
 *
 * Owns:   the caller frees with free().
 */
char *ir_join_addresses(void);

/* What became of the requests in a directory. */
struct ir_join_done {
    size_t let_in;  /* certified now */
    size_t again;   /* certified before: the answer was written once more */
    size_t there;   /* certified before, and their answers lie there */
    size_t refused; /* each is named in c->talk, with the reason */
    size_t others;  /* for invitations that were not made here */
    bool kept;      /* the directory is the home, where ird left them: no
                       answer is written, and a request goes when it has been
                       judged */
    bool ask_first; /* the caller says the first refusal itself */
    struct ir_err first;  /* of those refused the first, with whose it is */
    struct ir_json *list; /* NULL, or an array to be filled: --json */
};

/* Answer a request that came under one of this device's invitations: certify
 * its keys, hand it the keys of the carriers, and append the sealed answer. Of
 * one that was answered before nothing is certified again.
 *
 * Owns:   *v is the invitation that was found: ir_invite_done, also on error.
 * Errors: IR_ENOTFOUND no such invitation here; IR_EREFUSED used, run out,
 *         withdrawn, or what it asks for is not what was offered; IR_ESIG not
 *         made with its code, or changed; and what recording says.
 */
int ir_join_answer(struct ir_ctx *c, const uint8_t id[IR_JOIN_ID_BYTES],
                   const void *req, size_t n, struct ir_invite *v,
                   struct ir_buf *answer, bool *again);

/* The same without signing anything: may it be answered, as far as can be said
 * before? `*no` is a word for the reason of IR_EREFUSED, IR_ESIG: used,
 * withdrawn, ran-out, code, handle, member, keys.
 *
 * Owns:   *v as above; *no is static.
 * Errors: as above.
 */
int ir_join_check(struct ir_ctx *c, const uint8_t id[IR_JOIN_ID_BYTES],
                  const void *req, size_t n, struct ir_invite *v, bool *again,
                  const char **no);

/* Bring a request to who invited, over HTTPS: to HOST:PORT, or (`at` NULL) to
 * who answers on the LAN. *waiting: it is there, and a person must look at it
 * first.
 *
 * Owns:   appends to `answer`; *where, the place that answered, is the
 *         caller's, also on error (may stay NULL).
 * Errors: IR_ENOTFOUND nobody answers who made it, IR_EBUSY it is there and
 *         cannot, IR_EREFUSED it was refused; each with what to do. IR_EIO.
 * Blocks: until it is settled: 4 s on the LAN, and as long as the answer takes.
 */
int ir_join_net(struct ir_ctx *c, const uint8_t secret[IR_JOIN_SECRET_BYTES],
                const struct ir_buf *request, const char *at,
                struct ir_buf *answer, char **where, bool *waiting);

/* Walk the requests that came over the network and that nobody could sign for
 * without a person: they lie in the home, in IR_JOIN_DIR.
 *
 * Owns:   `fn` borrows the invitation.
 * Errors: IR_EIO, IR_ESTORE.
 */
int ir_join_kept_each(struct ir_ctx *c,
                      void (*fn)(const struct ir_invite *v, void *arg),
                      void *arg);

/* Answer every request in `dir`; does nothing where there are none. What
 * happened is said in c->out and c->talk; a request that is refused is no
 * error of the whole.
 *
 * Errors: IR_EIO the directory cannot be read or written; and what recording
 *         says.
 */
int ir_join_answer_dir(struct ir_ctx *c, const char *dir);
int ir_join_answer_all(struct ir_ctx *c, const char *dir,
                       struct ir_join_done *done);

#endif
