/* plugin.c: see plugin.h. */
#include "script/plugin.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"
#include "script/broker.h"
#include "script/curl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN "ir.plugin" /* the table the file returned */
#define API "ir.api"       /* what its functions get first */
#define CONFIG "ir.config" /* and second */

struct ir_plugin {
    struct ir_vm vm; /* first: ir_vm_of gives it */
    struct ir_api api;
    struct ir_source src;
    struct ir_vm_limits limits;
    struct ir_vm_error ve;
    const struct ir_json *needs;
    /* of the call under way */
    const char *function;
    const struct ir_json *arg;
    struct ir_plugin_result *res;
    struct ir_json *list, *next;
    bool failed;
};

static struct ir_plugin *
plugin_of(lua_State *L)
{
    return (struct ir_plugin *)(void *)ir_vm_of(L);
}

struct ir_api *
ir_api_of(lua_State *L)
{
    return &plugin_of(L)->api;
}

static bool
needs(const struct ir_json *list, const char *what)
{
    size_t i;

    for (i = 0; i < ir_json_len(list); i++) {
        const char *s = ir_json_str(ir_json_at(list, i));

        if (s != NULL && strcmp(s, what) == 0)
            return true;
    }
    return false;
}

/* The values of the configuration under rules of one type. */
struct values {
    const struct ir_json *config;
    const char *type;
    struct ir_json *list;
};

static bool
add_value(const char *key, struct ir_json *rule, void *arg)
{
    struct values *v = arg;
    const char *s = ir_json_get_str(v->config, key, NULL);

    if (s != NULL && strcmp(ir_json_get_str(rule, "type", ""), v->type) == 0)
        ir_json_add_str(v->list, s);
    return true;
}

static struct ir_json *
values_of(const struct ir_json *rules, const struct ir_json *config,
          const char *type)
{
    struct values v = {config, type, ir_json_new_arr()};

    ir_json_each(rules, add_value, &v);
    return v.list;
}

int
ir_plugin_enter(const struct ir_json *list, const struct ir_json *rules,
                const struct ir_json *config, int *broker, struct ir_err *err)
{
    struct ir_json *devices = values_of(rules, config, "device");
    struct ir_json *programs = values_of(rules, config, "program");
    struct ir_sandbox_channel want = {.broker = -1};
    bool curl = needs(list, "http") || needs(list, "smtp") ||
                needs(list, "imap") || needs(list, "socket");
    int rc = IR_OK;
    size_t i;

    want.net = curl;
    *broker = -1;
    for (i = 0; needs(list, "serial") && i < ir_json_len(devices) &&
                i < IR_SANDBOX_DEVICES_MAX;
         i++)
        want.devices[want.devices_n++] = ir_json_str(ir_json_at(devices, i));
    if (needs(list, "run") && ir_json_len(programs) > 0)
        rc = ir_broker_start(programs, &want.broker, err);
    if (rc == IR_OK && curl)
        rc = ir_curl_open(err);
    (void)_("is missing"); /* the catalogue is a file, too */
    if (rc == IR_OK)
        rc = ir_sandbox_enter_channel(&want, err);
    if (rc == IR_OK && want.broker >= 0)
        *broker = IR_BROKER_FD;
    ir_json_free(devices);
    ir_json_free(programs);
    return rc;
}

static int
do_time(lua_State *L)
{
    struct ir_now now;

    ir_clock_now(&now);
    lua_pushinteger(L, now.wall_ms);
    return 1;
}

/* The table `ir`: what is always there, and what was asked for. */
static void
push_api(lua_State *L, const struct ir_json *list)
{
    static const struct {
        const char *name;
        void (*open)(lua_State *L);
    } all[] = {
        {"http", ir_api_http_open},     {"smtp", ir_api_smtp_open},
        {"imap", ir_api_imap_open},     {"socket", ir_api_socket_open},
        {"serial", ir_api_serial_open}, {"run", ir_api_run_open},
    };
    size_t i;

    lua_newtable(L);
    lua_pushcfunction(L, do_time);
    lua_setfield(L, -2, "time");
    lua_pushstring(L, ir_lang_code(ir_i18n_lang()));
    lua_setfield(L, -2, "lang");
    ir_api_json_open(L);
    lua_setfield(L, -2, "json");
    ir_api_base64_open(L);
    lua_setfield(L, -2, "base64");
    ir_api_utf16_open(L);
    lua_setfield(L, -2, "utf16");
    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!needs(list, all[i].name))
            continue;
        all[i].open(L);
        lua_setfield(L, -2, all[i].name);
    }
}

static int
load(lua_State *L)
{
    struct ir_plugin *p = plugin_of(L);

    ir_vm_load(L);
    lua_setfield(L, LUA_REGISTRYINDEX, PLUGIN);
    push_api(L, p->needs);
    lua_setfield(L, LUA_REGISTRYINDEX, API);
    return 0;
}

/* "FILE:LINE: what" of what a call ended with.
 *
 * Owns:   the caller frees.
 */
static char *
place(const struct ir_plugin *p)
{
    return ir_asprintf("%s:%d: %s", p->src.files[0].path, p->ve.at.line,
                       p->ve.msg);
}

int
ir_plugin_open(const char *file, const char *source, const struct ir_json *list,
               const struct ir_json *rules, const struct ir_json *config,
               int broker, void (*stuck)(int line), struct ir_plugin **out,
               struct ir_err *err)
{
    struct ir_plugin *p = ir_calloc(1, sizeof *p);
    char *msg;
    int rc;

    p->limits = ir_vm_limits_default;
    p->limits.stuck = stuck;
    p->needs = list;
    p->api = (struct ir_api){0, config, rules, broker};
    ir_source_add(&p->src, file, source, strlen(source));
    p->vm.src = &p->src;
    p->vm.limits = &p->limits;
    p->vm.ve = &p->ve;
    p->vm.plain = true;
    rc = ir_vm_begin(&p->vm);
    if (rc == IR_OK)
        rc = ir_vm_protected(&p->vm, load);
    if (rc != IR_OK) {
        msg = place(p);
        ir_fail(err, rc, "%s", msg);
        free(msg);
        ir_plugin_close(p);
        return rc;
    }
    *out = p;
    return IR_OK;
}

void
ir_plugin_close(struct ir_plugin *p)
{
    if (p == NULL)
        return;
    if (p->vm.L != NULL)
        lua_close(p->vm.L);
    ir_source_done(&p->src);
    free(p);
}

/* Call p->function with the api, the configuration and p->arg; its four
 * results are left on the stack. False: there is no such function. */
static bool
call(lua_State *L)
{
    struct ir_plugin *p = plugin_of(L);

    lua_getfield(L, LUA_REGISTRYINDEX, PLUGIN);
    lua_getfield(L, -1, p->function);
    if (!lua_isfunction(L, -1))
        return false;
    p->api.until_ms = ir_clock_mono_ms() + IR_API_MESSAGE_MS;
    lua_getfield(L, LUA_REGISTRYINDEX, API);
    ir_api_push(L, p->api.config);
    ir_api_push(L, p->arg);
    lua_call(L, 3, 4);
    return true;
}

/* A text that a plugin gave back, harmless and not too long; NULL for none. */
static char *
text_at(lua_State *L, int idx)
{
    struct ir_buf b = {0};
    size_t n;
    const char *s;

    if (lua_type(L, idx) != LUA_TSTRING && lua_type(L, idx) != LUA_TNUMBER)
        return NULL;
    s = lua_tolstring(L, idx, &n);
    if (n > IR_PLUGIN_TEXT_MAX)
        for (n = IR_PLUGIN_TEXT_MAX;
             n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80;)
            n--;
    ir_utf8_escape(&b, s, n, false);
    return ir_buf_take(&b);
}

static int
no_function(lua_State *L)
{
    char msg[120];

    snprintf(msg, sizeof msg, _("this plugin has no function %s"),
             plugin_of(L)->function);
    return luaL_error(L, "%s", msg);
}

static bool
is_word(lua_State *L, int idx, const char *word)
{
    return lua_type(L, idx) == LUA_TSTRING &&
           strcmp(lua_tostring(L, idx), word) == 0;
}

/* true [, text [, "delivered"]] | nil, message [, "retry" [, seconds] |
 * "refused"] */
static int
call_simple(lua_State *L)
{
    struct ir_plugin *p = plugin_of(L);
    struct ir_plugin_result *res = p->res;

    if (!call(L))
        return no_function(L);
    res->ok = lua_isboolean(L, -4) && lua_toboolean(L, -4);
    if (!res->ok && (lua_toboolean(L, -4) || lua_type(L, -3) != LUA_TSTRING)) {
        char msg[160];

        snprintf(msg, sizeof msg,
                 _("%s must return true, or nil and a message"), p->function);
        return luaL_error(L, "%s", msg);
    }
    res->delivered = res->ok && is_word(L, -2, "delivered");
    res->retry = !res->ok && !is_word(L, -2, "refused");
    if (res->retry && lua_tointeger(L, -1) > 0)
        res->again_s = lua_tointeger(L, -1) < IR_API_AGAIN_MAX_S
                           ? lua_tointeger(L, -1)
                           : IR_API_AGAIN_MAX_S;
    res->text = text_at(L, -3);
    return 0;
}

static void
simple(struct ir_plugin *p, const char *function, const struct ir_json *arg,
       struct ir_plugin_result *res)
{
    memset(res, 0, sizeof *res);
    p->function = function;
    p->arg = arg;
    p->res = res;
    if (ir_vm_protected(&p->vm, call_simple) == IR_OK)
        return;
    free(res->text);
    memset(res, 0, sizeof *res);
    res->text = place(p);
}

void
ir_plugin_send(struct ir_plugin *p, const struct ir_json *msg,
               struct ir_plugin_result *res)
{
    simple(p, "send", msg, res);
}

void
ir_plugin_check(struct ir_plugin *p, struct ir_plugin_result *res)
{
    simple(p, "check", NULL, res);
}

void
ir_plugin_remove(struct ir_plugin *p, const struct ir_json *words,
                 struct ir_plugin_result *res)
{
    simple(p, "remove", words, res);
}

/* list [, state] | nil, message */
static int
call_receive(lua_State *L)
{
    struct ir_plugin *p = plugin_of(L);
    struct ir_json **list, **next;

    if (!call(L))
        return 0;
    if (!lua_istable(L, -4)) {
        p->failed = true;
        p->res->text = text_at(L, -3);
        return 0;
    }
    if (lua_rawlen(L, -4) > IR_API_REPLIES_MAX)
        return luaL_error(L, "%s", _("holds too many values"));
    lua_pop(L, 2); /* the others say nothing here */
    list = ir_api_json_slot(L);
    next = ir_api_json_slot(L);
    ir_api_take(L, -4, list);
    if (!lua_isnil(L, -3))
        ir_api_take(L, -3, next);
    p->list = *list;
    p->next = *next;
    *list = *next = NULL;
    return 0;
}

int
ir_plugin_receive(struct ir_plugin *p, const struct ir_json *state,
                  struct ir_json **list, struct ir_json **next,
                  struct ir_err *err)
{
    struct ir_plugin_result res = {0};
    char *msg;
    int rc;

    p->function = "receive";
    p->arg = state;
    p->res = &res;
    p->list = p->next = NULL;
    p->failed = false;
    rc = ir_vm_protected(&p->vm, call_receive);
    if (rc != IR_OK) {
        msg = place(p);
        rc = ir_fail(err, rc, "%s", msg);
        free(msg);
    } else if (p->failed) {
        rc = ir_fail(err, IR_EIO, "%s",
                     res.text != NULL ? res.text : _("is missing"));
    } else {
        *list = p->list != NULL ? p->list : ir_json_new_arr();
        *next = p->next;
    }
    free(res.text);
    return rc;
}
