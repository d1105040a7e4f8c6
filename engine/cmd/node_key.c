/* node_key.c: see node_key.h. */
#include "cmd/node_key.h"

#include "cmd/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

struct ir_signer
ir_node_signer(const struct ir_key *node)
{
    struct ir_signer s = {.sign = sign, .arg = (void *)(uintptr_t)node};

    memcpy(s.pub, node->pub, IR_PUBKEY_BYTES);
    return s;
}

int
ir_ctx_node_key(struct ir_ctx *c, struct ir_key **node)
{
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    rc = ir_keyring_node(fd, node, &c->err);
    close(fd);
    return rc;
}
