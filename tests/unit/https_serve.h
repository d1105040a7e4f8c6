/* https_serve.h: an HTTPS carrier that serves, while a child process does what
 * a test wants done to it.
 */
#ifndef IR_TESTS_HTTPS_SERVE_H
#define IR_TESTS_HTTPS_SERVE_H

#include "carrier/cert.h"
#include "carrier/https.h"
#include "carrier_make.h"
#include "https_make.h"
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

#define PATIENCE_MS 400

static struct ir_key *server_key, *client_key, *other_key;

/* Run `harm` in a child while the server runs; its answer. */
static inline int
meanwhile(struct side *v, size_t n, int (*harm)(int port, const void *arg),
          const void *arg)
{
    int port = ir_https_port(&v[0].c), status = 0;
    int64_t end = ir_clock_mono_ms() + 20000;
    pid_t pid = fork();

    if (pid == 0)
        _exit(harm(port, arg));
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (ir_clock_mono_ms() > end)
            kill(pid, SIGKILL);
        turn(v, n, 5, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 999;
}

static inline void
serve(struct side *s, const struct ir_key *key, const struct ir_key *welcome)
{
    struct ir_https_conf conf = {.node = key,
                                 .listen = "127.0.0.1",
                                 .hold_ms = 1000,
                                 .patience_ms = PATIENCE_MS,
                                 .retry_ms = 50};
    struct ir_err err = {0};

    memset(s, 0, sizeof *s);
    s->salt = 1;
    if (ir_https_new(&conf, &s->c, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_https_keys(&s->c, welcome->pub, 1);
}

static inline int
setup(void **state)
{
    (void)state;
    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    server_key = ir_key_new();
    client_key = ir_key_new();
    other_key = ir_key_new();
    return 0;
}

static inline int
teardown(void **state)
{
    (void)state;
    ir_key_free(server_key);
    ir_key_free(client_key);
    ir_key_free(other_key);
    return 0;
}

#endif
