/* curl.h: libcurl, loaded when a channel needs it and not before: linked, it
 * would double the time in which ir-worker starts, for every runbook that is
 * compiled. One handle for the whole process, so that connections are used
 * again; what every use has in common stands here.
 *
 * Verification of names and chains is never switched off; no redirect is
 * followed; no proxy but one that is named; no protocol but the one asked for.
 */
#ifndef IR_SCRIPT_CURL_H
#define IR_SCRIPT_CURL_H

#include "base/err.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The functions of the library, by their own types. */
struct ir_curl {
    __typeof__(curl_easy_setopt) *setopt;
    __typeof__(curl_easy_perform) *perform;
    __typeof__(curl_easy_getinfo) *getinfo;
    __typeof__(curl_easy_reset) *reset;
    __typeof__(curl_easy_strerror) *strerror;
    __typeof__(curl_easy_send) *send;
    __typeof__(curl_easy_recv) *recv;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
    __typeof__(curl_url) *url;
    __typeof__(curl_url_cleanup) *url_cleanup;
    __typeof__(curl_url_set) *url_set;
    __typeof__(curl_url_get) *url_get;
    __typeof__(curl_free) *free;
    __typeof__(curl_easy_init) *init;
    __typeof__(curl_easy_cleanup) *cleanup;
    __typeof__(curl_global_init) *global_init;
    CURL *easy; /* the handle */
    char detail[CURL_ERROR_SIZE];
    bool own_ca; /* this time the certificates to trust were given */
};

/* Load the library and make the handle; before the sandbox.
 *
 * Errors: IR_ENOTFOUND it is not installed, IR_EIO.
 * Thread: the only one.
 */
int ir_curl_open(struct ir_err *err);

/* What ir_curl_open made.
 *
 * Owns:   the process's.
 */
struct ir_curl *ir_curl(void);

/* Is this name this machine itself: "localhost", "127.0.0.1", "::1"? There,
 * and nowhere else, may something be said without TLS.
 */
bool ir_curl_loopback(const char *host);

/* Is this the name of a host, as it may stand in an address? */
bool ir_curl_host_ok(const char *host);

/* A field "tls" of mail: "starttls", "tls", or "loopback", which is none and to
 * this machine itself only. NULL when it may be, else why not.
 *
 * Owns:   static.
 */
const char *ir_curl_check_tls(const char *tls, const char *host);

/* Begin one use of a handle: everything that was set before is forgotten, and
 * what all uses have in common is set. `ca`: certificates that are trusted
 * instead of the system's, as PEM text, or "". `scheme` is the only protocol
 * ("https"). Returns false when libcurl refuses something.
 *
 * Units:  milliseconds.
 */
bool ir_curl_begin(CURL *e, const char *url, const char *scheme, const char *ca,
                   int64_t timeout_ms);

/* Show the other side who we are: a certificate and its key, as PEM text; ""
 * for none. False when libcurl refuses something, or one of them is missing.
 */
bool ir_curl_identity(CURL *e, const char *cert, const char *key);

/* What a failure means, in the reader's language; `host` is named, nothing
 * else of the address (it may hold a secret). Not for CURLE_OK.
 *
 * Owns:   the caller frees with free().
 */
char *ir_curl_reason(CURLcode rc, const char *host);

#endif
