/* ask.c: questions on the terminal, see cmd.h. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "view/menu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192
#define PAGE_MIN 5 /* lines: below that nothing is paged */
#define IDLE_MS 1000
#define PASTE_MS 250  /* lines of one paste come closer together */
#define FORGET_MAX 80 /* looks */

bool
ir_ctx_can_ask(const struct ir_ctx *c)
{
    return !c->no_input && isatty(STDIN_FILENO);
}

/* A signal while the echo is off: it waits until the echo is on again. */
static volatile sig_atomic_t caught;

static void
on_signal(int sig)
{
    caught = sig;
}

/* Wait until something can be read, and look up now and then. */
static void
wait_idle(struct ir_ctx *c, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    while (poll(&p, 1, IDLE_MS) == 0)
        c->idle(c->idle_arg);
}

/* One line from `fd`, without its newline; NULL at the end of input. */
static char *
read_line(int fd, bool secret)
{
    char *line = ir_malloc(LINE_MAX_BYTES);
    size_t n = 0;
    bool any = false;

    for (;;) {
        char ch;
        ssize_t got = read(fd, &ch, 1);

        if (got < 0 && errno == EINTR && caught == 0)
            continue;
        if (got <= 0)
            break;
        any = true;
        if (ch == '\n')
            break;
        if (ch != '\r' && ch != '\0' && n + 1 < LINE_MAX_BYTES)
            line[n++] = ch;
    }
    line[n] = '\0';
    if (!any) {
        free(line);
        return NULL;
    }
    if (!secret && !ir_utf8_valid(line, n)) {
        struct ir_buf safe = {0};

        ir_utf8_escape(&safe, line, n, false);
        free(line);
        return ir_buf_take(&safe);
    }
    return line;
}

/* The end of the first `lines` lines of `s`. */
static size_t
end_of(const char *s, size_t n, int lines)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] == '\n' && --lines == 0)
            return i + 1;
    return n;
}

char *
ir_ctx_page(struct ir_ctx *c, const struct ir_term *t, struct ir_buf *b,
            FILE *to)
{
    int room = t->lines - 1; /* the last line is the question's */
    size_t at = 0;

    if (!t->tty || room < PAGE_MIN || !ir_ctx_can_ask(c))
        return NULL;
    while (end_of((char *)b->p + at, b->len - at, room) + at < b->len) {
        size_t n = end_of((char *)b->p + at, b->len - at, room);
        char *typed;

        (void)fwrite(b->p + at, 1, n, to);
        (void)fflush(to);
        at += n;
        fprintf(stderr, " %s> ", _("Enter: more, or type on"));
        (void)fflush(stderr);
        typed = read_line(STDIN_FILENO, false);
        if (typed == NULL || typed[strspn(typed, " \t")] != '\0') {
            b->len = 0;
            return typed != NULL ? typed : ir_strdup("");
        }
        free(typed);
    }
    if (at > 0) {
        (void)fwrite(b->p + at, 1, b->len - at, to);
        (void)fflush(to);
        b->len = 0;
    }
    return NULL;
}

char *
ir_ctx_ask(struct ir_ctx *c, const char *prompt)
{
    char *typed;

    if (!ir_ctx_can_ask(c))
        return NULL;
    typed = ir_ctx_page(c, &c->talk_view.term, &c->talk, stderr);
    if (typed != NULL)
        return typed;
    ir_ctx_flush(c);
    ir_buf_adds(&c->talk, prompt);
    ir_ctx_flush(c);
    if (c->idle != NULL)
        wait_idle(c, STDIN_FILENO);
    return read_line(STDIN_FILENO, false);
}

bool
ir_ctx_more_typed(const struct ir_ctx *c)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

    return ir_ctx_can_ask(c) && poll(&p, 1, PASTE_MS) > 0;
}

void
ir_ctx_forget_typed(const struct ir_ctx *c)
{
    int looks = 0;

    while (looks++ < FORGET_MAX && ir_ctx_more_typed(c))
        if (tcflush(STDIN_FILENO, TCIFLUSH) != 0)
            return;
}

char *
ir_ctx_ask_secret(struct ir_ctx *c, const char *prompt)
{
    static const int sigs[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM};
    struct sigaction catch = {.sa_handler = on_signal}, was[4];
    struct termios old, quiet;
    char *line;
    size_t i;
    int fd, again;

    if (c->no_input)
        return NULL;
    fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    ir_ctx_flush(c);
    if (tcgetattr(fd, &old) != 0) {
        close(fd);
        return NULL;
    }
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    caught = 0;
    sigemptyset(&catch.sa_mask);
    for (i = 0; i < 4; i++)
        (void)sigaction(sigs[i], &catch, &was[i]);
    (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    (void)!write(fd, prompt, strlen(prompt));
    line = read_line(fd, true);
    (void)tcsetattr(fd, TCSAFLUSH, &old);
    (void)!write(fd, "\n", 1);
    close(fd);
    for (i = 0; i < 4; i++)
        (void)sigaction(sigs[i], &was[i], NULL);
    if (caught != 0 && line != NULL) {
        ir_wipe(line, strlen(line));
        free(line);
        line = NULL;
    }
    again = caught;
    caught = 0;
    if (again != 0)
        (void)raise(again);
    return line;
}

bool
ir_ctx_yes(struct ir_ctx *c, const char *question, bool dflt)
{
    int tries;

    if (c->yes)
        return true;
    if (!ir_ctx_can_ask(c))
        return dflt;
    for (tries = 0; tries < 3; tries++) {
        char *typed;
        int yes;

        ir_view_ask_yes(&c->talk_view, question, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL)
            return dflt;
        yes = ir_view_yes(typed);
        free(typed);
        if (yes >= 0)
            return yes == 1;
    }
    return dflt;
}
