/* keys.c: see keys.h. */
#include "cmd/keys.h"

#include "base/i18n.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SIGS_N 4
#define CTRL_C 3
#define CTRL_D 4
#define BACKSPACE 8
#define CTRL_U 21
#define ESC 27
#define DEL 127

static const int sigs[SIGS_N] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT};
static struct sigaction was[SIGS_N], was_winch;
static volatile sig_atomic_t caught, resized;

static void
on_signal(int sig)
{
    caught = sig;
}

static void
on_winch(int sig)
{
    (void)sig;
    resized = 1;
}

int
ir_keys_begin(struct ir_keys *k, struct ir_err *err)
{
    struct sigaction catch = {.sa_handler = on_signal};
    struct sigaction winch = {.sa_handler = on_winch};
    struct termios t;
    int i;

    k->n = 0;
    k->line[0] = '\0';
    k->raw = false;
    if (tcgetattr(STDIN_FILENO, &k->was) != 0)
        return ir_fail(err, IR_EIO, _("there is no terminal"));
    caught = resized = 0;
    sigemptyset(&catch.sa_mask);
    sigemptyset(&winch.sa_mask);
    for (i = 0; i < SIGS_N; i++)
        (void)sigaction(sigs[i], &catch, &was[i]);
    (void)sigaction(SIGWINCH, &winch, &was_winch);
    t = k->was;
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
    k->raw = true;
    return IR_OK;
}

void
ir_keys_end(struct ir_keys *k)
{
    int i, again = caught;

    if (!k->raw)
        return;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &k->was);
    for (i = 0; i < SIGS_N; i++)
        (void)sigaction(sigs[i], &was[i], NULL);
    (void)sigaction(SIGWINCH, &was_winch, NULL);
    k->raw = false;
    caught = 0;
    if (again != 0)
        (void)raise(again);
}

/* Take the last character off, all its bytes. */
static void
rub_out(struct ir_keys *k)
{
    while (k->n > 0 && ((unsigned char)k->line[k->n - 1] & 0xC0) == 0x80)
        k->n--;
    if (k->n > 0)
        k->n--;
    k->line[k->n] = '\0';
}

/* The rest of what an arrow or a function key sends. */
static void
pass_over(void)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    char ch;

    while (poll(&p, 1, 20) == 1 && read(STDIN_FILENO, &ch, 1) == 1)
        if (ch != '[' && ch != 'O' && ch >= '@')
            break;
}

static enum ir_keyed
take(struct ir_keys *k, unsigned char ch)
{
    switch (ch) {
    case '\r':
    case '\n':
        return IR_KEY_LINE;
    case CTRL_C:
    case CTRL_D:
        return IR_KEY_QUIT;
    case BACKSPACE:
    case DEL:
        rub_out(k);
        return IR_KEY_TYPED;
    case CTRL_U:
        k->n = 0;
        k->line[0] = '\0';
        return IR_KEY_TYPED;
    case ESC:
        pass_over();
        return IR_KEY_TYPED;
    default:
        if (ch >= ' ' && k->n < IR_KEYS_MAX) {
            k->line[k->n++] = (char)ch;
            k->line[k->n] = '\0';
        }
        return IR_KEY_TYPED;
    }
}

enum ir_keyed
ir_keys_wait(struct ir_keys *k, int ms)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    enum ir_keyed key = IR_KEY_NONE;
    char ch;
    int got;

    if (caught != 0)
        return IR_KEY_QUIT;
    got = poll(&p, 1, ms);
    while (got == 1) {
        ssize_t n = read(STDIN_FILENO, &ch, 1);

        if (n < 0 && errno == EINTR && caught == 0)
            continue;
        if (n <= 0)
            return IR_KEY_QUIT;
        key = take(k, (unsigned char)ch);
        if (key != IR_KEY_TYPED)
            return key;
        got = poll(&p, 1, 0); /* what was typed at once is taken at once */
    }
    if (caught != 0)
        return IR_KEY_QUIT;
    if (resized != 0) {
        resized = 0;
        return IR_KEY_RESIZE;
    }
    return key;
}
