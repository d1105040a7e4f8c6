/* api_judge.c: what the answer of an HTTP server means for a message, the same
 * for every plugin: done, to be tried again (when), or refused; in words that
 * hold no secret, whatever the server says back. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "script/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 160 /* bytes of the server's own words */
#define PIECE_LEAST 6 /* of a secret address: shorter pieces say nothing */

/* Texts that must not be shown, longest first. */
struct hidden {
    const struct ir_json *config;
    struct ir_json *pieces;
};

static void
hide(struct hidden *h, const char *s, size_t n)
{
    char *piece;

    if (n < PIECE_LEAST)
        return;
    piece = ir_asprintf("%.*s", (int)n, s);
    ir_json_add_str(h->pieces, piece);
    free(piece);
}

/* A secret as it stands; of an address each piece behind the host as well, for
 * a server says "/hook/T0K3N is not known", not the whole of it. */
static bool
hide_secret(const char *key, struct ir_json *rule, void *arg)
{
    struct hidden *h = arg;
    const char *s = ir_json_get_str(h->config, key, NULL), *p;

    if (s == NULL || !ir_json_get_bool(rule, "secret", false))
        return true;
    ir_json_add_str(h->pieces, s);
    p = strstr(s, "://");
    p = p != NULL ? strchr(p + 3, '/') : NULL;
    while (p != NULL && *p != '\0') {
        size_t n = strcspn(++p, "/?&=#");

        hide(h, p, n);
        p += n;
    }
    return true;
}

/* The server's words, cut and fit to be shown, without what is to be kept
 * quiet. */
static void
add_words(lua_State *L, struct ir_buf *b, const char *s, size_t n)
{
    const struct ir_api *api = ir_api_of(L);
    struct ir_json **slot = ir_api_json_slot(L);
    struct ir_buf *shown = ir_api_buf(L);
    struct hidden h = {api->config, NULL};
    size_t i;

    *slot = h.pieces = ir_json_new_arr();
    ir_json_each(api->rules, hide_secret, &h);
    while (n > 0) {
        size_t len = 0;

        for (i = 0; i < ir_json_len(h.pieces); i++) {
            const char *piece = ir_json_str(ir_json_at(h.pieces, i));
            size_t k = strlen(piece);

            if (k > len && k <= n && memcmp(s, piece, k) == 0)
                len = k;
        }
        ir_buf_add(shown, len > 0 ? "***" : s, len > 0 ? 3 : 1);
        s += len > 0 ? len : 1;
        n -= len > 0 ? len : 1;
    }
    n = shown->len;
    if (n > WORDS_MAX)
        for (n = WORDS_MAX; n > 0 && (shown->p[n] & 0xC0) == 0x80;)
            n--;
    ir_utf8_escape(b, ir_buf_str(shown), n, false);
    lua_pop(L, 2);
}

/* Where services say what is wrong. */
static const char *
said_in(const struct ir_json *j)
{
    static const char *const names[] = {"message", "error_description",
                                        "detail",  "description",
                                        "error",   "title"};
    const char *s = NULL;
    size_t i;

    for (i = 0; s == NULL && i < sizeof names / sizeof names[0]; i++)
        s = ir_json_get_str(j, names[i], NULL);
    if (s == NULL && ir_json_get(j, "error") != NULL)
        s = ir_json_get_str(ir_json_get(j, "error"), "message", NULL);
    return s;
}

/* What the body says: a field of its JSON, else its first line, unless that is
 * a page for browsers. */
static void
add_body(lua_State *L, struct ir_buf *b, const char *body, size_t n)
{
    struct ir_json **slot = ir_api_json_slot(L);
    const char *s = body;

    while (n > 0 && strchr(" \t\r\n", *s) != NULL) {
        s++;
        n--;
    }
    if (n == 0 || *s == '<')
        return;
    if (*s == '{' || *s == '[') {
        if (ir_json_parse_reals(s, n, slot, NULL) != IR_OK ||
            (s = said_in(*slot)) == NULL)
            return;
        n = strlen(s);
    }
    n = strnlen(s, n);
    n = n < strcspn(s, "\r\n") ? n : strcspn(s, "\r\n");
    if (n == 0)
        return;
    ir_buf_adds(b, " (");
    add_words(L, b, s, n);
    ir_buf_addc(b, ')');
}

/* What a person can do something about. */
static const char *
meaning(lua_Integer status)
{
    if (status == 401 || status == 403)
        return _("the token or password is not accepted there");
    if (status == 407)
        return _("the proxy wants a password");
    if (status >= 300 && status < 400)
        return _("it points elsewhere, where nothing is sent");
    return NULL;
}

static bool
is_later(lua_Integer status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static lua_Integer
field(lua_State *L, int t, const char *name)
{
    lua_Integer v;

    lua_getfield(L, t, name);
    v = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return v;
}

/* Judge the answer at `t`. [-0, +1..4, m] */
static int
judge(lua_State *L, int t, bool look)
{
    lua_Integer status = field(L, t, "status"), again = field(L, t, "again_s");
    const char *what = meaning(status), *body;
    struct ir_buf *b;
    size_t n = 0;

    luaL_checkstack(L, 16, NULL);
    b = ir_api_buf(L);
    ir_buf_addf(b, "HTTP %d", (int)status);
    if ((status >= 200 && status < 300) ||
        (look && what == NULL && status != 410 && status < 500)) {
        lua_pushboolean(L, 1);
        if (look)
            lua_pushstring(L, ir_buf_str(b));
        return look ? 2 : 1;
    }
    if (what != NULL)
        ir_buf_addf(b, ": %s", what);
    lua_getfield(L, t, "body");
    body = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : "";
    add_body(L, b, body, n);
    ir_api_fail(L, is_later(status) ? "retry" : "refused", "%s", ir_buf_str(b));
    if (!is_later(status) || again <= 0)
        return 3;
    lua_pushinteger(L, again);
    return 4;
}

int
ir_api_judge(lua_State *L)
{
    bool look = !lua_isnoneornil(L, 2);

    if (!lua_istable(L, 1) || field(L, 1, "status") == 0)
        return luaL_error(L, "%s",
                          _("ir.http.judge takes what ir.http.get and "
                            "the like answered"));
    if (look && (lua_type(L, 2) != LUA_TSTRING ||
                 strcmp(lua_tostring(L, 2), "look") != 0))
        return luaL_error(L, "%s", _("the second value can only be \"look\""));
    return judge(L, 1, look);
}

/* The code unit of "\\uXXXX" at `p`; -1: there is none. */
static int
unit_at(const char *p, const char *end)
{
    char hex[5] = "";
    uint8_t v[2];

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    memcpy(hex, p + 2, 4);
    return ir_scan_hex(hex, v, 2, NULL) == IR_OK ? v[0] << 8 | v[1] : -1;
}

/* JSON in which somebody's text may be broken, as far as that goes: what is no
 * UTF-8, a NUL, half of a pair (an SMS can hold it) stands as U+FFFD. Else the
 * text of one would keep those of all others out.
 */
static void
mend(struct ir_buf *out, const char *body, size_t len)
{
    struct ir_buf good = {0};
    const char *p, *end;
    size_t n;

    ir_utf8_repair(&good, body, len);
    p = ir_buf_str(&good);
    for (end = p + good.len; p < end; p += n) {
        int u = unit_at(p, end), low = u >= 0 ? unit_at(p + 6, end) : -1;
        bool pair = u >= 0xD800 && u < 0xDC00 && low >= 0xDC00 && low < 0xE000;

        n = pair ? 12 : u >= 0 ? 6 : *p == '\\' && end - p > 1 ? 2 : 1;
        if (u == 0 || (u >= 0xD800 && u < 0xE000 && !pair))
            ir_buf_adds(out, "\\ufffd");
        else
            ir_buf_add(out, p, n);
    }
    ir_buf_done(&good);
}

int
ir_api_replies(lua_State *L)
{
    int t = lua_gettop(L), n = judge(L, t, false);
    const struct ir_json *last = NULL;
    struct ir_json **slot;
    struct ir_buf *good;
    const char *body;
    size_t i, len;

    if (!lua_toboolean(L, -n))
        return n;
    slot = ir_api_json_slot(L);
    lua_getfield(L, t, "body");
    body = lua_tolstring(L, -1, &len);
    good = ir_api_buf(L);
    mend(good, body, len);
    if (ir_json_parse_reals(ir_buf_str(good), good->len, slot, NULL) != IR_OK ||
        !ir_json_is_arr(*slot))
        return ir_api_fail(L, "retry", "%s",
                           _("what came is no list of answers"));
    for (i = 0; i < ir_json_len(*slot) && i < IR_API_REPLIES_MAX; i++)
        if (ir_json_is_obj(ir_json_at(*slot, i)))
            last = ir_json_at(*slot, i);
    ir_api_push(L, *slot);
    /* the rest comes next time */
    for (i = ir_json_len(*slot); i > IR_API_REPLIES_MAX; i--) {
        lua_pushnil(L);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    if (last != NULL && ir_json_get_str(last, "ref", NULL) != NULL)
        lua_pushstring(L, ir_json_get_str(last, "ref", ""));
    else
        lua_getfield(L, 1, "since");
    return 2;
}
