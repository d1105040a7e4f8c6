/* curl.c: see curl.h. */
#include "script/curl.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/utf8.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIBRARY "libcurl.so.4"
#define CONNECT_MS 15000L
#define DETAIL_MAX 160 /* bytes of libcurl's own words that are shown */

static struct ir_curl lib;

struct ir_curl *
ir_curl(void)
{
    return &lib;
}

/* Put each function's address where it belongs. */
static bool
load(void *so)
{
    static const struct {
        const char *name;
        size_t at;
    } names[] = {
        {"curl_easy_setopt", offsetof(struct ir_curl, setopt)},
        {"curl_easy_perform", offsetof(struct ir_curl, perform)},
        {"curl_easy_getinfo", offsetof(struct ir_curl, getinfo)},
        {"curl_easy_reset", offsetof(struct ir_curl, reset)},
        {"curl_easy_strerror", offsetof(struct ir_curl, strerror)},
        {"curl_easy_send", offsetof(struct ir_curl, send)},
        {"curl_easy_recv", offsetof(struct ir_curl, recv)},
        {"curl_slist_append", offsetof(struct ir_curl, slist_append)},
        {"curl_slist_free_all", offsetof(struct ir_curl, slist_free_all)},
        {"curl_url", offsetof(struct ir_curl, url)},
        {"curl_url_cleanup", offsetof(struct ir_curl, url_cleanup)},
        {"curl_url_set", offsetof(struct ir_curl, url_set)},
        {"curl_url_get", offsetof(struct ir_curl, url_get)},
        {"curl_free", offsetof(struct ir_curl, free)},
        {"curl_easy_init", offsetof(struct ir_curl, init)},
        {"curl_easy_cleanup", offsetof(struct ir_curl, cleanup)},
        {"curl_global_init", offsetof(struct ir_curl, global_init)},
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        void *f = dlsym(so, names[i].name);

        if (f == NULL)
            return false;
        memcpy((char *)&lib + names[i].at, &f, sizeof f);
    }
    return true;
}

int
ir_curl_open(struct ir_err *err)
{
    void *so;

    if (lib.easy != NULL)
        return IR_OK;
    so = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (so == NULL || !load(so)) {
        ir_fail(err, IR_ENOTFOUND,
                _("this channel needs libcurl, which is not here"));
        ir_err_hint(err, "apt install libcurl4");
        return IR_ENOTFOUND;
    }
    if (lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        lib.easy = lib.init();
    if (lib.easy == NULL)
        return ir_fail(err, IR_EIO, "libcurl does not start");
    return IR_OK;
}

bool
ir_curl_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 ||
           strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "[::1]") == 0;
}

bool
ir_curl_host_ok(const char *host)
{
    size_t i;

    for (i = 0; host[i] != '\0'; i++)
        if (!isalnum((unsigned char)host[i]) && strchr(".-:_", host[i]) == NULL)
            return false;
    return i > 0 && i < 254 && host[0] != '-';
}

const char *
ir_curl_check_tls(const char *tls, const char *host)
{
    if (strcmp(tls, "starttls") == 0 || strcmp(tls, "tls") == 0)
        return NULL;
    if (strcmp(tls, "loopback") != 0)
        return _("\"tls\" is \"starttls\", \"tls\" or \"loopback\"");
    return ir_curl_loopback(host)
               ? NULL
               : _("mail without TLS goes to this machine itself only");
}

bool
ir_curl_begin(CURL *e, const char *url, const char *scheme, const char *ca,
              int64_t timeout_ms)
{
    struct curl_blob blob = {(void *)(uintptr_t)ca, strlen(ca), CURL_BLOB_COPY};
    long ms = (long)timeout_ms;

    lib.reset(e);
    lib.detail[0] = '\0';
    lib.own_ca = ca[0] != '\0';
    return lib.setopt(e, CURLOPT_URL, url) == CURLE_OK &&
           lib.setopt(e, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK &&
           lib.setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           lib.setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           lib.setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           lib.setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           lib.setopt(e, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
               CURLE_OK &&
           (ca[0] == '\0' ||
            (lib.setopt(e, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK &&
             lib.setopt(e, CURLOPT_CAPATH, NULL) == CURLE_OK)) &&
           lib.setopt(e, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK &&
           lib.setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                      ms < CONNECT_MS ? ms : CONNECT_MS) == CURLE_OK &&
           lib.setopt(e, CURLOPT_ERRORBUFFER, lib.detail) == CURLE_OK;
}

/* What is wrong with a certificate, as far as libcurl's words tell. */
static const char *
distrusted(void)
{
    if (strstr(lib.detail, "expired") != NULL)
        return _("its certificate has expired (or is the clock of this machine "
                 "wrong?)");
    if (strstr(lib.detail, "not yet valid") != NULL)
        return _("its certificate is not valid yet (or is the clock of this "
                 "machine wrong?)");
    if (strstr(lib.detail, "subject name") != NULL)
        return _("its certificate is for another name");
    return _("its certificate is not trusted");
}

bool
ir_curl_identity(CURL *e, const char *cert, const char *key)
{
    struct curl_blob c = {(void *)(uintptr_t)cert, strlen(cert),
                          CURL_BLOB_COPY};
    struct curl_blob k = {(void *)(uintptr_t)key, strlen(key), CURL_BLOB_COPY};

    if (c.len == 0 || k.len == 0)
        return c.len == k.len;
    return lib.setopt(e, CURLOPT_SSLCERTTYPE, "PEM") == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSLCERT_BLOB, &c) == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSLKEYTYPE, "PEM") == CURLE_OK &&
           lib.setopt(e, CURLOPT_SSLKEY_BLOB, &k) == CURLE_OK;
}

static const char *
meaning(CURLcode rc)
{
    switch (rc) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return _("its name is not known here (DNS)");
    case CURLE_COULDNT_CONNECT:
        return _("nobody answers there");
    case CURLE_OPERATION_TIMEDOUT:
        return strncmp(lib.detail, "Resolving", 9) == 0
                   ? _("nobody said in time where it is (DNS)")
                   : _("no answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
        return distrusted();
    case CURLE_SSL_CACERT_BADFILE:
        return lib.own_ca
                   ? _("the certificates to trust (ca) are no PEM text")
                   : _("this machine has no certificates of authorities to "
                       "trust (package ca-certificates), and the channel gives "
                       "none (ca)");
    case CURLE_SSL_CERTPROBLEM:
        return _("our own certificate (cert) or its key cannot be used");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
        return _("no TLS connection could be made");
    case CURLE_LOGIN_DENIED:
        return _("it refused the user name or the password");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return _("the connection broke");
    case CURLE_WRITE_ERROR:
        return _("its answer is too long");
    case CURLE_WEIRD_SERVER_REPLY:
        return _("its answer makes no sense");
    default:
        return NULL;
    }
}

char *
ir_curl_reason(CURLcode rc, const char *host)
{
    const char *what = meaning(rc);
    struct ir_buf b = {0};
    size_t n = strlen(lib.detail);

    ir_utf8_escape(&b, host, strlen(host), false);
    if (what != NULL) {
        ir_buf_addf(&b, ": %s", what);
    } else {
        ir_buf_adds(&b, ": ");
        if (n > 0)
            ir_utf8_escape(&b, lib.detail, n < DETAIL_MAX ? n : DETAIL_MAX,
                           false);
        else
            ir_buf_adds(&b, lib.strerror(rc));
    }
    return ir_buf_take(&b);
}
