/* api_curl.h: what every function over libcurl begins with: the server it
 * names, how it logs in, its headers, and how it ends where nothing came of it.
 * Shared by api_http.c, api_smtp.c and api_imap.c; nobody else includes it.
 */
#ifndef IR_SCRIPT_API_CURL_H
#define IR_SCRIPT_API_CURL_H

#include "script/api.h"
#include "script/curl.h"

/* A mail server, as the table at 1 names it; texts are borrowed from the
 * stack. */
struct ir_api_server {
    const char *host, *tls, *ca, *user, *password;
    const char *scheme; /* "smtp" or "smtps", "imap" or "imaps" */
    lua_Integer port;
    int64_t ms; /* of the call; 0: none is left */
};

/* Read the fields host, port, tls, user, password, ca and timeout. `schemes`:
 * without and with TLS from the start; `ports` likewise, where none is given.
 * NULL, or why it may not be used. [-0, +7, e]
 *
 * Owns:   what is returned is static.
 */
const char *ir_api_server(lua_State *L, const char *const schemes[2],
                          const int ports[2], struct ir_api_server *v);

/* Its address, with `path` behind the slash.
 *
 * Errors: false: it does not fit.
 */
bool ir_api_server_url(const struct ir_api_server *v, const char *path,
                       char *out, size_t cap);

/* Begin a use of the handle for it: ir_curl_begin, STARTTLS where that is
 * asked for, and the login.
 */
bool ir_api_server_begin(const struct ir_api_server *v, const char *url);

/* User name and password; "" for none. */
bool ir_api_login(const char *user, const char *password);

/* A list of libcurl's that is freed when Lua drops it. [-0, +1, m]
 *
 * Owns:   the state's.
 */
struct curl_slist **ir_api_slist(lua_State *L);

/* Call `each` for every name and value of the field "headers" of the table at
 * 1, until it answers false; false then. Raises for what is no such table.
 * [-0, +1, e]
 */
bool ir_api_headers(lua_State *L,
                    bool (*each)(void *arg, const char *name, const char *value,
                                 size_t len),
                    void *arg);

/* Push that the time is up, that libcurl does not take it, or what its failure
 * means; returns 3, which a function returns in turn. [-0, +4, m]
 */
int ir_api_late(lua_State *L, const char *host);
int ir_api_odd(lua_State *L, const char *host);
int ir_api_failed(lua_State *L, CURLcode rc, const char *host, const char *how);

#endif
