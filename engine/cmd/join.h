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

/* What became of the requests in a directory. */
struct ir_join_done {
    size_t let_in;  /* certified now */
    size_t again;   /* certified before: the answer was written once more */
    size_t there;   /* certified before, and their answers lie there */
    size_t refused; /* each is named in c->talk, with the reason */
    size_t others;  /* for invitations that were not made here */
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
