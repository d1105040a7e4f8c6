/* fuzz_agent.c: answers of an ssh-agent, which may be anybody's program. The
 * first byte says what is asked; the rest is sent back, length field and all.
 * No signature may pass: nobody has the secret of the key that is asked for.
 */
#include "base/agent.h"
#include "base/path.h"
#include "fuzz.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
    int listener;
    const uint8_t *p;
    size_t n;
    sem_t done; /* the answer was given: `p` may go */
} agent;

static char dir[64];

static void
clean(void)
{
    (void)ir_path_remove_tree(dir, NULL);
}

/* Answer one question each time, and hang up. */
static void *
serve(void *arg)
{
    uint8_t question[1024];

    (void)arg;
    for (;;) {
        int fd = accept(agent.listener, NULL, NULL);

        MUST(fd >= 0);
        if (read(fd, question, sizeof question) > 0)
            (void)!send(fd, agent.p, agent.n, MSG_NOSIGNAL);
        close(fd);
        MUST(sem_post(&agent.done) == 0);
    }
    return NULL;
}

static void
start(void)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    struct ir_err err = {0};
    pthread_t thread;

    snprintf(dir, sizeof dir, "/tmp/ir-fuzz-agent-XXXXXX");
    MUST(mkdtemp(dir) != NULL && atexit(clean) == 0);
    MUST(ir_crypt_init(&err) == IR_OK && sem_init(&agent.done, 0, 0) == 0);
    snprintf(sa.sun_path, sizeof sa.sun_path, "%s/a", dir);
    agent.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    MUST(bind(agent.listener, (struct sockaddr *)&sa, sizeof sa) == 0);
    MUST(listen(agent.listener, 4) == 0);
    setenv("SSH_AUTH_SOCK", sa.sun_path, 1);
    MUST(pthread_create(&thread, NULL, serve, NULL) == 0);
    pthread_detach(thread);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t mine[IR_PUBKEY_BYTES] =
        "01234567890123456789012345678901";
    uint8_t pub[IR_PUBKEY_BYTES], sig[IR_SIG_BYTES], was[IR_SIG_BYTES];
    struct ir_err err = {0};
    int rc;

    if (dir[0] == '\0')
        start();
    if (size < 1)
        return 0;
    agent.p = data + 1;
    agent.n = size - 1;
    memset(was, 7, sizeof was);
    memset(pub, 7, sizeof pub);
    memset(sig, 7, sizeof sig);
    switch (data[0] % 4) {
    case 0:
        rc = ir_agent_find(NULL, pub, &err);
        break;
    case 1:
        rc = ir_agent_find("kato", pub, &err);
        break;
    case 2:
        rc = ir_agent_has(mine, &err);
        break;
    default:
        rc = ir_agent_sign(mine, "message", 7, sig, &err);
        MUST(rc != IR_OK && memcmp(sig, was, sizeof was) == 0);
    }
    MUST(rc == IR_OK || (err.code == rc && err.msg[0] != '\0'));
    MUST(rc == IR_OK || memcmp(pub, was, sizeof pub) == 0);
    while (sem_wait(&agent.done) != 0) {
    }
    return 0;
}
