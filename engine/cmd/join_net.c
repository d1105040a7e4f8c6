/* join_net.c: asking over the network to be let in: `ird --join` carries, what
 * came of it is said here; see join.h.
 */
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/spawn.h"
#include "base/utf8.h"
#include "cmd/join.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WALL_MS 660000 /* one answer may take ten minutes */
#define LINE_MAX_BYTES 4096
#define ERR_MAX 1024
#define SHOWN_MAX 200 /* bytes of its standard error that are shown */

/* Where the daemon's program is: IR_IRD, beside this one, or in the sbin beside
 * its bin.
 *
 * Owns:   the caller frees; NULL: nowhere.
 */
static char *
ird_path(void)
{
    static const char *const beside[] = {"", "../sbin/"};
    const char *env = secure_getenv("IR_IRD");
    char *dir, *path = NULL;
    size_t i;

    if (env != NULL && env[0] == '/')
        return ir_strdup(env);
    dir = ir_path_self_dir();
    for (i = 0; dir != NULL && path == NULL && i < 2; i++) {
        path = ir_asprintf("%s/%sird", dir, beside[i]);
        if (access(path, X_OK) != 0) {
            free(path);
            path = NULL;
        }
    }
    free(dir);
    return path;
}

static char *
input_of(const uint8_t secret[IR_JOIN_SECRET_BYTES],
         const struct ir_buf *request, const char *at)
{
    struct ir_json *j = ir_json_new_obj(), *list;
    char *text;

    ir_json_set_hex(j, "secret", secret, IR_JOIN_SECRET_BYTES);
    ir_json_set_hex(j, "request", request->p, request->len);
    if (at != NULL) {
        list = ir_json_set_take(j, "at", ir_json_new_arr());
        ir_json_add_str(list, at);
    }
    text = ir_json_text(j, 0);
    ir_json_free(j);
    return text;
}

/* Why it was refused there: a word of join.h, as a sentence. */
static const char *
refusal(const char *word)
{
    static const struct {
        const char *word, *text;
    } words[] = {
        {"used", N_("the invitation was used already")},
        {"withdrawn", N_("the invitation was withdrawn")},
        {"ran-out", N_("the invitation ran out")},
        {"code", N_("not made with the code of this invitation, or changed on "
                    "its way")},
        {"handle", N_("the invitation is for another short name than "
                      "--handle says")},
        {"member", N_("who was invited is a member already, or not any "
                      "more")},
        {"keys", N_("the keys of this device are in use on another one")},
        {"right", N_("who made the invitation may let nobody in any more")},
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0)
            return _(words[i].text);
    return _("it does not say why");
}

/* Nobody answered on the LAN. */
static int
say_nobody(struct ir_ctx *c, bool deaf, int64_t faces)
{
    if (deaf) {
        ir_fail(&c->err, IR_EBUSY,
                _("who made the invitation is on this network, but its HTTPS "
                  "is off"));
        ir_err_hint(&c->err,
                    _("there: ir mesh carrier https on; or by a USB stick: ir "
                      "mesh join --via DIR"));
        return IR_EBUSY;
    }
    if (faces == 0)
        ir_fail(&c->err, IR_EBUSY, _("no network interface is up here"));
    else
        ir_fail(&c->err, IR_ENOTFOUND,
                _("nobody on this network answered who has that invitation "
                  "(asked for 4 s)"));
    ir_err_hint(&c->err,
                _("does ird run there? From another network: ir mesh join --at "
                  "HOST; by a USB stick: --via DIR"));
    return c->err.code;
}

/* Everything that is neither an answer nor "waiting". */
static int
say_failed(struct ir_ctx *c, const struct ir_json *j)
{
    const char *what = ir_json_get_str(j, "result", "");
    const char *where = ir_json_get_str(j, "where", "");
    const char *why = ir_json_get_str(j, "why", "");
    int rc = IR_ENOTFOUND;

    if (strcmp(what, "nobody") == 0 || strcmp(what, "deaf") == 0)
        return say_nobody(c, strcmp(what, "deaf") == 0,
                          ir_json_get_int(j, "faces", 0));
    if (strcmp(what, "broken") == 0) {
        rc = ir_fail(&c->err, IR_EBUSY, "%s: %s", where, _(why));
        ir_err_hint(
            &c->err,
            _("does ird run there, and is the invitation still open (ir "
              "mesh invite list)? By a USB stick: ir mesh join --via "
              "DIR"));
    } else if (strcmp(what, "unknown") == 0) {
        ir_fail(&c->err, rc, _("%s: that invitation was not made there"),
                where);
        ir_err_hint(&c->err, _("ask on the machine the code came from"));
    } else if (strcmp(what, "later") == 0) {
        rc = ir_fail(&c->err, IR_EBUSY,
                     _("%s: it was asked too often, or cannot answer now"),
                     where);
        ir_err_hint(&c->err, _("the same command again in a minute"));
    } else if (strcmp(what, "refused") == 0) {
        rc = ir_fail(&c->err, IR_EREFUSED, _("refused, says %s: %s"), where,
                     refusal(why));
        ir_err_hint(&c->err, _("another code is made there by: ir mesh "
                               "invite"));
    } else {
        ir_fail(&c->err, rc,
                _("%s: what answers there lets nobody in (HTTP "
                  "%lld)"),
                where, (long long)ir_json_get_int(j, "status", 0));
        ir_err_hint(&c->err, _("ask on the machine the code came from"));
    }
    return rc;
}

/* Read what it wrote: a line of JSON, then the answer. */
static int
take(struct ir_ctx *c, const struct ir_spawn_result *res, struct ir_buf *answer,
     char **where, bool *waiting)
{
    const char *p = ir_buf_str(&res->out);
    size_t max = res->out.len < LINE_MAX_BYTES ? res->out.len : LINE_MAX_BYTES;
    const char *nl = max > 0 ? memchr(p, '\n', max) : NULL;
    struct ir_json *j = NULL;
    struct ir_buf b = {0};
    const char *what;
    int rc = IR_OK;

    if (res->exit != 0 || nl == NULL ||
        ir_json_parse(p, (size_t)(nl - p), &j, &c->err) != IR_OK) {
        ir_utf8_escape(&b, ir_buf_str(&res->err),
                       res->err.len < SHOWN_MAX ? res->err.len : SHOWN_MAX,
                       false);
        rc = ir_fail(&c->err, IR_EIO, _("ird ended without an answer: %s"),
                     ir_buf_str(&b));
        ir_buf_done(&b);
        return rc;
    }
    what = ir_json_get_str(j, "result", "");
    *waiting = strcmp(what, "waiting") == 0;
    ir_utf8_escape(&b, ir_json_get_str(j, "where", ""),
                   strlen(ir_json_get_str(j, "where", "")), false);
    *where = ir_buf_take(&b);
    nl++;
    if (strcmp(what, "answer") == 0 &&
        (int64_t)(res->out.len - (size_t)(nl - p)) ==
            ir_json_get_int(j, "bytes", -1))
        ir_buf_add(answer, nl, res->out.len - (size_t)(nl - p));
    else if (!*waiting)
        rc = say_failed(c, j);
    ir_json_free(j);
    return rc;
}

int
ir_join_net(struct ir_ctx *c, const uint8_t secret[IR_JOIN_SECRET_BYTES],
            const struct ir_buf *request, const char *at, struct ir_buf *answer,
            char **where, bool *waiting)
{
    char *path = ird_path(), *input;
    const char *argv[] = {path, "--join", NULL};
    struct ir_spawn sp = {.argv = argv,
                          .deadline_ms = WALL_MS,
                          .out_max = IR_JOIN_ANSWER_MAX + LINE_MAX_BYTES,
                          .err_max = ERR_MAX};
    struct ir_spawn_result res = {0};
    int rc;

    *waiting = false;
    if (path == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND,
                _("the program ird, which speaks over the network, is not "
                  "installed beside ir"));
        ir_err_hint(&c->err, _("by a USB stick: ir mesh join --via DIR"));
        return IR_ENOTFOUND;
    }
    input = input_of(secret, request, at);
    sp.input = input;
    sp.input_len = strlen(input);
    rc = ir_spawn_run(&sp, &res, &c->err);
    ir_wipe(input, strlen(input));
    if (rc == IR_OK)
        rc = take(c, &res, answer, where, waiting);
    ir_spawn_result_done(&res);
    free(input);
    free(path);
    return rc;
}

char *
ir_join_code_ask(struct ir_ctx *c)
{
    uint8_t secret[IR_JOIN_SECRET_BYTES];
    struct ir_err slip = {0};
    char *code = ir_ctx_ask(c, _(" The code of the invitation> "));
    int i;

    for (i = 0; i < 2 && code != NULL && code[0] != '\0' &&
                ir_join_code_parse(code, secret, &slip) != IR_OK;
         i++) {
        char *again = ir_ctx_ask(
            c, _(" A letter is mistyped, or one too many or too few (28).\n"
                 " The code again> "));

        ir_wipe(code, strlen(code));
        free(code);
        code = again;
    }
    ir_wipe(secret, sizeof secret);
    return code;
}

char *
ir_join_addresses(void)
{
    struct ifaddrs *all = NULL, *i;
    struct ir_buf out = {0};
    int left = 4;

    if (getifaddrs(&all) != 0)
        all = NULL;
    for (i = all; i != NULL && left > 0; i = i->ifa_next) {
        char text[INET6_ADDRSTRLEN] = "";

        if (i->ifa_addr == NULL || (i->ifa_flags & IFF_LOOPBACK) != 0 ||
            (i->ifa_flags & IFF_UP) == 0)
            continue;
        if (i->ifa_addr->sa_family == AF_INET) {
            const void *a = i->ifa_addr;

            (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr,
                            text, sizeof text);
        } else if (i->ifa_addr->sa_family == AF_INET6) {
            const void *p = i->ifa_addr;
            const struct in6_addr *a =
                &((const struct sockaddr_in6 *)p)->sin6_addr;

            if (!IN6_IS_ADDR_LINKLOCAL(a))
                (void)inet_ntop(AF_INET6, a, text, sizeof text);
        }
        if (text[0] == '\0')
            continue;
        ir_buf_addf(&out, "%s%s", out.len > 0 ? ", " : "", text);
        left--;
    }
    if (all != NULL)
        freeifaddrs(all);
    return ir_buf_take(&out);
}
