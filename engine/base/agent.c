/* agent.c: see agent.h. A message is u32 length, u8 type, and fields; strings
 * are u32 length and bytes; all numbers big-endian.
 */
#include "base/agent.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/sshsig.h"
#include "base/utf8.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    AGENT_FAILURE = 5,
    AGENT_LIST = 11,
    AGENT_LIST_ANSWER = 12,
    AGENT_SIGN = 13,
    AGENT_SIGN_ANSWER = 14,
};

#define KEYS_MAX 1024
#define KEY_TYPE "ssh-ed25519"

/* A place in an answer. */
struct cursor {
    const uint8_t *p, *end;
};

static uint32_t
u32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static bool
next_u32(struct cursor *c, uint32_t *v)
{
    if (c->end - c->p < 4)
        return false;
    *v = u32_at(c->p);
    c->p += 4;
    return true;
}

static bool
next_string(struct cursor *c, struct cursor *s)
{
    uint32_t n;

    if (!next_u32(c, &n) || n > (size_t)(c->end - c->p))
        return false;
    s->p = c->p;
    s->end = c->p + n;
    c->p += n;
    return true;
}

static bool
equals(const struct cursor *s, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(s->end - s->p) == n && memcmp(s->p, text, n) == 0;
}

/* Read the whole of `c` as two strings: KEY_TYPE and `n` bytes. */
static bool
typed_bytes(struct cursor c, uint8_t *out, size_t n)
{
    struct cursor type, bytes;

    if (!next_string(&c, &type) || !equals(&type, KEY_TYPE) ||
        !next_string(&c, &bytes) || c.p != c.end ||
        (size_t)(bytes.end - bytes.p) != n)
        return false;
    memcpy(out, bytes.p, n);
    return true;
}

static void
put_u32(struct ir_buf *b, size_t v)
{
    const uint8_t be[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
                           (uint8_t)(v >> 8), (uint8_t)v};

    ir_buf_add(b, be, sizeof be);
}

static void
put_string(struct ir_buf *b, const void *p, size_t n)
{
    put_u32(b, n);
    ir_buf_add(b, p, n);
}

static int
no_agent(struct ir_err *err, const char *why)
{
    ir_fail(err, IR_ESIG, _("no ssh-agent: %s"), why);
    ir_err_hint(err, _("Start one and add the key (ssh-add), or use a key file "
                       "with a passphrase."));
    return IR_ESIG;
}

static int
connect_agent(int *fd, struct ir_err *err)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    const char *path = getenv("SSH_AUTH_SOCK");
    int s, e;

    if (path == NULL || path[0] == '\0')
        return no_agent(err, _("SSH_AUTH_SOCK is not set"));
    if (strlen(path) >= sizeof sa.sun_path)
        return no_agent(err, _("SSH_AUTH_SOCK is too long"));
    memcpy(sa.sun_path, path, strlen(path) + 1);
    s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* a unix socket connects at once or says EAGAIN when its queue is full */
    if (s < 0 || connect(s, (struct sockaddr *)&sa, sizeof sa) != 0) {
        e = errno;
        if (s >= 0)
            close(s);
        return no_agent(err, strerror(e));
    }
    *fd = s;
    return IR_OK;
}

/* Send or receive all of `p[0..n)` before `until_ms`. */
static int
transfer(int fd, bool out, uint8_t *p, size_t n, int64_t until_ms,
         struct ir_err *err)
{
    while (n > 0) {
        struct pollfd pfd = {.fd = fd, .events = out ? POLLOUT : POLLIN};
        int64_t left = until_ms - ir_clock_mono_ms();
        ssize_t done;

        if (left <= 0)
            return ir_fail(err, IR_ETIMEOUT, _("the ssh-agent did not answer"));
        if (poll(&pfd, 1, (int)left) <= 0)
            continue;
        done = out ? send(fd, p, n, MSG_NOSIGNAL) : recv(fd, p, n, 0);
        if (done == 0)
            return no_agent(err, _("it hung up"));
        if (done < 0 && errno != EAGAIN && errno != EINTR)
            return no_agent(err, strerror(errno));
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return IR_OK;
}

static int
not_protocol(struct ir_err *err)
{
    return ir_fail(err, IR_EPARSE,
                   _("the ssh-agent's answer is not its protocol's"));
}

/* Send `fields` as a message of type `ask`; *type and `answer` get what comes
 * back (without its type).
 */
static int
talk(int ask, const struct ir_buf *fields, int *type, struct ir_buf *answer,
     struct ir_err *err)
{
    int64_t until_ms = ir_clock_mono_ms() + IR_AGENT_WAIT_MS;
    struct ir_buf message = {0};
    uint8_t head[5] = {0}, *body = NULL;
    size_t len = 0;
    int fd = -1, rc;

    put_u32(&message, fields->len + 1);
    ir_buf_addc(&message, ask);
    ir_buf_add(&message, fields->p, fields->len);
    rc = connect_agent(&fd, err);
    if (rc == IR_OK)
        rc = transfer(fd, true, message.p, message.len, until_ms, err);
    if (rc == IR_OK)
        rc = transfer(fd, false, head, sizeof head, until_ms, err);
    if (rc != IR_OK)
        goto out;
    len = u32_at(head);
    if (len < 1 || len > IR_AGENT_ANSWER_MAX) {
        rc = not_protocol(err);
        goto out;
    }
    len--;
    body = ir_malloc(len);
    rc = transfer(fd, false, body, len, until_ms, err);
    if (rc == IR_OK) {
        *type = head[4];
        ir_buf_add(answer, body, len);
    }
out:
    if (fd >= 0)
        close(fd);
    free(body);
    ir_buf_done(&message);
    return rc;
}

static int
no_key(struct ir_err *err)
{
    ir_fail(err, IR_ESIG,
            _("the ssh-agent does not have the key, or refused to sign"));
    ir_err_hint(err, _("See ssh-add -l; add the key with ssh-add."));
    return IR_ESIG;
}

/* What an agent that signs sends back. */
static int
check_signature(int type, const struct ir_buf *answer,
                const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
                uint8_t sig[IR_SIG_BYTES], struct ir_err *err)
{
    struct cursor c = {answer->p, answer->p + answer->len}, blob;
    uint8_t got[IR_SIG_BYTES];

    if (type == AGENT_FAILURE)
        return no_key(err);
    if (type != AGENT_SIGN_ANSWER || !next_string(&c, &blob) || c.p != c.end ||
        !typed_bytes(blob, got, sizeof got))
        return not_protocol(err);
    if (!ir_verify(pub, p, n, got))
        return ir_fail(err, IR_ESIG,
                       _("the ssh-agent's signature does not verify"));
    memcpy(sig, got, sizeof got);
    return IR_OK;
}

int
ir_agent_sign(const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
              uint8_t sig[IR_SIG_BYTES], struct ir_err *err)
{
    struct ir_buf key = {0}, fields = {0}, answer = {0};
    int type = 0, rc;

    if (n > IR_AGENT_DATA_MAX)
        return ir_fail(err, IR_ELIMIT, _("%zu bytes to sign, limit %d"), n,
                       IR_AGENT_DATA_MAX);
    put_string(&key, KEY_TYPE, strlen(KEY_TYPE));
    put_string(&key, pub, IR_PUBKEY_BYTES);
    put_string(&fields, key.p, key.len);
    put_string(&fields, p, n);
    put_u32(&fields, 0); /* flags: none */
    rc = talk(AGENT_SIGN, &fields, &type, &answer, err);
    if (rc == IR_OK)
        rc = check_signature(type, &answer, pub, p, n, sig, err);
    ir_buf_done(&key);
    ir_buf_done(&fields);
    ir_buf_done(&answer);
    return rc;
}

/* Read the list of keys; count those meant, and keep the last in `pub`. */
static int
search(const struct ir_buf *answer, const char *want, const uint8_t *want_pub,
       uint8_t pub[IR_PUBKEY_BYTES], size_t *found, struct ir_err *err)
{
    struct cursor c = {answer->p, answer->p + answer->len};
    uint32_t n;

    *found = 0;
    if (!next_u32(&c, &n) || n > KEYS_MAX)
        return not_protocol(err);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t key[IR_PUBKEY_BYTES];
        struct cursor blob, comment;

        if (!next_string(&c, &blob) || !next_string(&c, &comment))
            return not_protocol(err);
        if (!typed_bytes(blob, key, sizeof key))
            continue; /* a key of another type */
        if (want_pub != NULL ? memcmp(want_pub, key, sizeof key) != 0
                             : want != NULL && !equals(&comment, want))
            continue;
        if (*found > 0 && memcmp(pub, key, sizeof key) == 0)
            continue; /* the same key twice */
        memcpy(pub, key, sizeof key);
        (*found)++;
    }
    return c.p == c.end ? IR_OK : not_protocol(err);
}

/* Ask for the list, and search it. */
static int
listed(const char *want, const uint8_t *want_pub, uint8_t pub[IR_PUBKEY_BYTES],
       size_t *found, struct ir_err *err)
{
    struct ir_buf none = {0}, answer = {0};
    int type = 0, rc = talk(AGENT_LIST, &none, &type, &answer, err);

    if (rc == IR_OK && type != AGENT_LIST_ANSWER)
        rc = type == AGENT_FAILURE ? no_agent(err, _("it refuses to list keys"))
                                   : not_protocol(err);
    if (rc == IR_OK)
        rc = search(&answer, want, want_pub, pub, found, err);
    ir_buf_done(&answer);
    return rc;
}

int
ir_agent_has(const uint8_t pub[IR_PUBKEY_BYTES], struct ir_err *err)
{
    uint8_t got[IR_PUBKEY_BYTES];
    size_t found = 0;
    int rc = listed(NULL, pub, got, &found, err);

    return rc == IR_OK && found == 0 ? no_key(err) : rc;
}

int
ir_agent_find(const char *want, uint8_t pub[IR_PUBKEY_BYTES],
              struct ir_err *err)
{
    uint8_t want_pub[IR_PUBKEY_BYTES], got[IR_PUBKEY_BYTES];
    bool is_key = false;
    size_t found = 0;
    int rc;

    if (want != NULL &&
        strncmp(want, KEY_TYPE " ", strlen(KEY_TYPE) + 1) == 0) {
        rc = ir_sshsig_pubkey_parse(want, want_pub, err);
        if (rc != IR_OK)
            return rc;
        is_key = true;
    }
    rc = listed(want, is_key ? want_pub : NULL, got, &found, err);
    if (rc != IR_OK)
        return rc;
    if (found == 0) {
        ir_fail(err, IR_ENOTFOUND,
                _("the ssh-agent has no such ssh-ed25519 "
                  "key"));
        ir_err_hint(err, _("See ssh-add -l; add the key with ssh-add."));
        return IR_ENOTFOUND;
    }
    if (found > 1) {
        ir_fail(err, IR_EUSAGE, _("the ssh-agent has %zu such keys"), found);
        ir_err_hint(err, _("Name one by its comment or its whole public key "
                           "(ssh-add -L)."));
        return IR_EUSAGE;
    }
    memcpy(pub, got, sizeof got);
    return IR_OK;
}
