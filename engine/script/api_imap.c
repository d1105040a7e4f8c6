/* api_imap.c: ir.imap: the heads of mails in a mailbox that a search finds,
 * over libcurl, and removing mails by their numbers. Nothing else is written
 * there, but that a mail whose head was read counts as seen. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "script/api_curl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FOUND_MAX 200          /* mails in one answer, the newest */
#define FETCH_MAX 50           /* unless given */
#define HEAD_MAX (64 * 1024)   /* bytes of one head */
#define SEARCH_MAX 500         /* bytes of the criteria */
#define LINES_MAX (256 * 1024) /* bytes of what the server says */

/* One call; what it holds belongs to Lua. */
struct call {
    struct ir_api_server server;
    const char *folder, *search;
    int64_t after, max;
    struct ir_buf *lines, *body; /* what it says; the mail's part */
    int64_t validity;
    uint32_t uid[FOUND_MAX];
    size_t n;
};

static size_t
keep(struct ir_buf *b, const char *p, size_t n, size_t max)
{
    if (b->len + n > max)
        return 0;
    ir_buf_add(b, p, n);
    return n;
}

static size_t
on_line(char *p, size_t size, size_t n, void *arg)
{
    struct call *k = arg;

    return keep(k->lines, p, size * n, LINES_MAX);
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
    struct call *k = arg;

    return keep(k->body, p, size * n, HEAD_MAX);
}

/* A folder as it may stand in an address. */
static bool
folder_ok(const char *s)
{
    size_t i;

    for (i = 0; s[i] != '\0'; i++)
        if (!isalnum((unsigned char)s[i]) && strchr("._-/", s[i]) == NULL)
            return false;
    return i > 0 && i < 200 && s[0] != '/' && s[i - 1] != '/';
}

/* Criteria of RFC 3501 that stay on their line. */
static bool
search_ok(const char *s, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (s[i] < 0x20 || s[i] > 0x7e || s[i] == '{')
            return false;
    return len > 0 && len <= SEARCH_MAX;
}

/* The next number of `*at`, past spaces; false: there is none. */
static bool
number(const char **at, const char *end, int64_t *out)
{
    char digits[12];
    size_t n = 0;

    while (*at < end && **at == ' ')
        (*at)++;
    while (*at < end && isdigit((unsigned char)**at) && n < sizeof digits - 1)
        digits[n++] = *(*at)++;
    digits[n] = '\0';
    return ir_scan_int(digits, 0, UINT32_MAX, out, NULL) == IR_OK;
}

/* "* SEARCH 4 7" and "* OK [UIDVALIDITY 3] ...": keep the newest. */
static void
read_line(struct call *k, const char *p, const char *end)
{
    static const char search[] = "* SEARCH", valid[] = "* OK [UIDVALIDITY";
    int64_t v;

    if ((size_t)(end - p) >= sizeof valid - 1 &&
        strncasecmp(p, valid, sizeof valid - 1) == 0) {
        p += sizeof valid - 1;
        if (number(&p, end, &v))
            k->validity = v;
        return;
    }
    if ((size_t)(end - p) < sizeof search - 1 ||
        strncasecmp(p, search, sizeof search - 1) != 0)
        return;
    p += sizeof search - 1;
    while (number(&p, end, &v)) {
        if (v <= k->after)
            continue; /* n:* names the last one, whatever n is */
        if (k->n == FOUND_MAX && k->after > 0)
            return; /* the rest comes next time */
        if (k->n == FOUND_MAX) {
            memmove(k->uid, k->uid + 1, (FOUND_MAX - 1) * sizeof k->uid[0]);
            k->n--;
        }
        k->uid[k->n++] = (uint32_t)v;
    }
}

static void
read_lines(struct call *k)
{
    const char *p = ir_buf_str(k->lines), *end = p + k->lines->len, *nl;

    while (p < end) {
        nl = memchr(p, '\n', (size_t)(end - p));
        nl = nl != NULL ? nl : end;
        read_line(k, p, nl > p && nl[-1] == '\r' ? nl - 1 : nl);
        p = nl < end ? nl + 1 : end;
    }
}

/* One request on the mailbox; `tail` follows the folder in the address. */
static CURLcode
request(lua_State *L, struct call *k, const char *tail, const char *custom)
{
    struct ir_curl *c = ir_curl();
    char url[1024], path[512];

    k->server.ms = ir_api_timeout(L);
    lua_pop(L, 1);
    if (k->server.ms == 0)
        return CURLE_OPERATION_TIMEDOUT;
    snprintf(path, sizeof path, "%s%s", k->folder, tail);
    k->lines->len = 0;
    k->body->len = 0;
    if (!ir_api_server_url(&k->server, path, url, sizeof url) ||
        !ir_api_server_begin(&k->server, url) ||
        c->setopt(c->easy, CURLOPT_HEADERFUNCTION, on_line) != CURLE_OK ||
        c->setopt(c->easy, CURLOPT_HEADERDATA, k) != CURLE_OK ||
        c->setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
        c->setopt(c->easy, CURLOPT_WRITEDATA, k) != CURLE_OK ||
        (custom != NULL &&
         c->setopt(c->easy, CURLOPT_CUSTOMREQUEST, custom) != CURLE_OK))
        return CURLE_BAD_FUNCTION_ARGUMENT;
    return c->perform(c->easy);
}

/* The heads of what was found, oldest first: {uid, head}. [-0, +1, m] */
static CURLcode
fetch(lua_State *L, struct call *k)
{
    size_t most = k->n < (size_t)k->max ? k->n : (size_t)k->max;
    size_t i, first = k->after > 0 ? 0 : k->n - most;
    char tail[96];

    lua_createtable(L, (int)most, 1);
    lua_pushinteger(L, k->validity);
    lua_setfield(L, -2, "validity");
    for (i = first; i < first + most; i++) {
        CURLcode rc;

        snprintf(tail, sizeof tail,
                 "/;UID=%lu;SECTION=HEADER.FIELDS%%20(FROM%%20SUBJECT%%20DATE"
                 "%%20MESSAGE-ID)",
                 (unsigned long)k->uid[i]);
        rc = request(L, k, tail, NULL);
        if (rc == CURLE_REMOTE_FILE_NOT_FOUND)
            continue; /* somebody took it away meanwhile */
        if (rc != CURLE_OK)
            return rc;
        lua_createtable(L, 0, 2);
        lua_pushinteger(L, k->uid[i]);
        lua_setfield(L, -2, "uid");
        lua_pushlstring(L, ir_buf_str(k->body), k->body->len);
        lua_setfield(L, -2, "head");
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    return CURLE_OK;
}

/* Read what the table at 1 says. NULL, or why not. */
static const char *
take(lua_State *L, struct call *k, bool finds)
{
    static const char *const schemes[] = {"imap", "imaps"};
    static const int ports[] = {143, 993};
    const char *why;
    size_t search_n;

    luaL_checkstack(L, 24, NULL);
    k->folder = ir_api_text(L, "folder", false, NULL);
    k->search = ir_api_text(L, "search", finds, &search_n);
    k->after = ir_api_int(L, "after", 0, 0, UINT32_MAX);
    k->max = ir_api_int(L, "max", FETCH_MAX, 0, FOUND_MAX);
    k->lines = ir_api_buf(L);
    k->body = ir_api_buf(L);
    if (k->folder[0] == '\0')
        k->folder = "INBOX";
    why = ir_api_server(L, schemes, ports, &k->server);
    if (why != NULL)
        return why;
    if (!folder_ok(k->folder))
        return _("\"folder\" is no plain name of a folder");
    if (finds && !search_ok(k->search, search_n))
        return _("\"search\" holds no criteria on one line");
    return NULL;
}

/* [-0, +1, e] */
static struct call *
new_call(lua_State *L, const char *function)
{
    struct call *k;

    ir_api_args(L, function);
    k = lua_newuserdatauv(L, sizeof *k, 0);
    memset(k, 0, sizeof *k);
    return k;
}

static int
do_fetch(lua_State *L)
{
    struct call *k;
    const char *why;
    char *custom;
    CURLcode rc;

    k = new_call(L, "ir.imap.fetch");
    why = take(L, k, true);
    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    lua_pushfstring(L, "UID SEARCH UID %I:* %s", (LUAI_UACINT)k->after + 1,
                    k->search);
    custom = (char *)(uintptr_t)lua_tostring(L, -1);
    rc = request(L, k, "", custom);
    if (rc == CURLE_OK) {
        read_lines(k);
        rc = fetch(L, k);
    }
    if (rc != CURLE_OK)
        return ir_api_failed(L, rc, k->server.host,
                             rc == CURLE_LOGIN_DENIED ? "refused" : "retry");
    return 1;
}

/* The numbers of the field "uids", as "4,7,9". False: there is something else.
 * [-0, +1, e] */
static bool
take_uids(lua_State *L, struct ir_buf *set)
{
    lua_Integer i, n;

    lua_getfield(L, 1, "uids");
    if (!lua_istable(L, -1))
        return false;
    n = (lua_Integer)lua_rawlen(L, -1);
    for (i = 1; i <= n && n <= FOUND_MAX; i++) {
        lua_rawgeti(L, -1, i);
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 ||
            lua_tointeger(L, -1) > UINT32_MAX)
            return false;
        ir_buf_addf(set, "%s%lld", i > 1 ? "," : "",
                    (long long)lua_tointeger(L, -1));
        lua_pop(L, 1);
    }
    return n >= 1 && n <= FOUND_MAX;
}

/* ir.imap.remove{ uids, ... }: mark these mails as deleted, and have the server
 * drop them, and no others that somebody marked: where it cannot drop by number
 * (UIDPLUS, RFC 4315), they stay marked. */
static int
do_remove(lua_State *L)
{
    struct call *k = new_call(L, "ir.imap.remove");
    const char *why = take(L, k, false);
    struct ir_buf *set, *custom;
    CURLcode rc;

    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    set = ir_api_buf(L);
    custom = ir_api_buf(L);
    if (!take_uids(L, set))
        return luaL_error(L, "%s", _("\"uids\" must hold numbers of mails"));
    ir_buf_addf(custom, "UID STORE %s +FLAGS.SILENT (\\Deleted)",
                ir_buf_str(set));
    rc = request(L, k, "", ir_buf_str(custom));
    if (rc != CURLE_OK)
        return ir_api_failed(L, rc, k->server.host,
                             rc == CURLE_LOGIN_DENIED ? "refused" : "retry");
    custom->len = 0;
    ir_buf_addf(custom, "UID EXPUNGE %s", ir_buf_str(set));
    rc = request(L, k, "", ir_buf_str(custom));
    lua_pushboolean(L, 1);
    lua_pushstring(L, rc == CURLE_OK ? "removed" : "marked");
    return 2;
}

void
ir_api_imap_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"fetch", do_fetch}, {"remove", do_remove}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
