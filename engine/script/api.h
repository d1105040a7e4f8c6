/* api.h: what a plugin's functions are given as `ir`: one table for each
 * capability that the plugin's `needs` name, and json, base64, utf16 and time.
 *
 * A function of the table takes one table of named arguments. What may fail
 * in the world outside is answered by nil, a message and "retry" or
 * "refused"; an argument of the wrong kind is the plugin's fault and raised.
 * Shared by plugin.c and api_*.c; nobody else includes it. Their meaning is
 * in docs/man/ir-plugin.5.
 */
#ifndef IR_SCRIPT_API_H
#define IR_SCRIPT_API_H

#include "base/buf.h"
#include "base/json.h"
#include "script/vm_in.h"

#define IR_API_TIMEOUT_MS 20000           /* of one call that names none */
#define IR_API_MESSAGE_MS 55000           /* all calls for one message */
#define IR_API_REPLIES_MAX 1000           /* that are taken at once */
#define IR_API_BODY_MAX (1024 * 1024)     /* bytes of an answer */
#define IR_API_AGAIN_MAX_S 3600           /* a server can put us off so long */
#define IR_API_SENT_MAX (4 * 1024 * 1024) /* bytes given to one call */

/* What the functions of one plugin work with. */
struct ir_api {
    int64_t until_ms; /* monotonic: no call may take longer than that */
    const struct ir_json *config, *rules; /* borrowed */
    int broker; /* socket to who runs programs (api_run.c), or -1 */
};

/* The one of a Lua state.
 *
 * Owns:   borrowed from the state's plugin.
 */
struct ir_api *ir_api_of(lua_State *L);

/* Push nil, the message and `how` ("retry", "refused"); returns 3, which a
 * function returns in turn. [-0, +3, m]
 */
int ir_api_fail(lua_State *L, const char *how, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Field `name` of the table at 1: a string, or "" where it may be left out.
 * It stays on the stack. [-0, +1, e]
 *
 * Owns:   borrowed from the stack.
 */
const char *ir_api_text(lua_State *L, const char *name, bool must, size_t *len);
lua_Integer ir_api_int(lua_State *L, const char *name, lua_Integer dflt,
                       lua_Integer min, lua_Integer max);

/* The time of a call, from its field "timeout" (seconds, or "10s") and what
 * the message has left. [-0, +1, e]
 *
 * Units:  milliseconds; 0: none is left.
 */
int64_t ir_api_timeout(lua_State *L);

/* Is there a table at 1? Raises, with the function's name. [-0, +0, e] */
void ir_api_args(lua_State *L, const char *function);

/* Memory that is freed when Lua drops it: a buffer, as a value on the stack.
 * [-0, +1, m]
 *
 * Owns:   the state's.
 */
struct ir_buf *ir_api_buf(lua_State *L);

/* The same for JSON: *slot may be set once. [-0, +1, m] */
struct ir_json **ir_api_json_slot(lua_State *L);

/* Push JSON as a Lua value. [-0, +1, e] */
void ir_api_push(lua_State *L, const struct ir_json *j);

/* The value at `idx` as JSON in `slot` (made by ir_api_json_slot). Raises for
 * what JSON cannot say. [-0, +0, e]
 */
void ir_api_take(lua_State *L, int idx, struct ir_json **slot);

/* Does the configuration hold `value` under a rule of type `type` ("device",
 * "program")? Only what it grants may be opened or run.
 */
bool ir_api_granted(const struct ir_api *api, const char *type,
                    const char *value);

/* ir.http.judge(answer [, "look"]): true; or nil, a message, "retry" or
 * "refused", and in how many seconds the server wants to be asked again. For
 * a look, which writes nothing, everything is well that shows that somebody is
 * there who lets us in: true and "HTTP 405". [-0, +1..4, e]
 *
 * Source: RFC 9110, section 15; RFC 6585, section 4.
 */
int ir_api_judge(lua_State *L);

/* What the answer on top holds for ir.http.replies: a list of objects and the
 * "ref" of the last one, or of the field "since" of the table at 1 where none
 * came; or as ir_api_judge. [-0, +2..4, e]
 */
int ir_api_replies(lua_State *L);

/* Push the table of a capability. [-0, +1, m] */
void ir_api_json_open(lua_State *L);
void ir_api_base64_open(lua_State *L);
void ir_api_utf16_open(lua_State *L);
void ir_api_http_open(lua_State *L);
void ir_api_smtp_open(lua_State *L);
void ir_api_imap_open(lua_State *L);
void ir_api_socket_open(lua_State *L);
void ir_api_serial_open(lua_State *L);
void ir_api_run_open(lua_State *L);

#endif
