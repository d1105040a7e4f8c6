/* https_knock.c: asking to be let in over HTTPS, the side that asks; see
 * https.h. One transfer, with libcurl.
 *
 * Whose certificate stands at the other end is not looked at: nobody here knows
 * a key of the site yet. What is sent opens under the code alone, and what
 * comes back is believed by the code alone (core/join.h).
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "carrier/https_in.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000L
#define WHOLE_MS 600000L
#define SLOW_BYTES 64L /* a second, at the least... */
#define SLOW_S 30L     /* ... for so long */

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
    struct ir_https_knock *k = arg;

    if (k->answer.len + size * n > IR_JOIN_ANSWER_MAX)
        return 0; /* curl ends the transfer */
    ir_buf_add(&k->answer, p, size * n);
    return size * n;
}

/* Take the word of a refusal from its header; nothing but small letters. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
    static const char name[] = IR_HTTPS_DOOR_HEADER ":";
    struct ir_https_knock *k = arg;
    size_t i = sizeof name - 1, m = 0;

    if (size * n < i || strncasecmp(p, name, i) != 0)
        return size * n;
    while (i < size * n && p[i] == ' ')
        i++;
    for (; i < size * n && m + 1 < sizeof k->word; i++)
        if ((p[i] >= 'a' && p[i] <= 'z') || p[i] == '-')
            k->word[m++] = p[i];
    k->word[m] = '\0';
    return size * n;
}

static bool
set_tls(CURL *e)
{
    return curl_easy_setopt(e, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_3 |
                                CURL_SSLVERSION_MAX_TLSv1_3) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_EC_CURVES, "X25519") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
}

static bool
set_http(CURL *e, const char *url, struct curl_slist *headers, const void *p,
         size_t n, struct ir_https_knock *k)
{
    return curl_easy_setopt(e, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)n) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POSTFIELDS, (const char *)p) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, WHOLE_MS) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, SLOW_S) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, k) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERDATA, k) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, k->detail) == CURLE_OK;
}

bool
ir_https_no_route(void *easy)
{
    long no = 0;

    return curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &no) == CURLE_OK &&
           (no == ENETUNREACH || no == EHOSTUNREACH || no == ENETDOWN);
}

static const char *
reason(CURL *e, CURLcode rc)
{
    curl_off_t tls = 0;

    switch (rc) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return N_("its name is not known here");
    case CURLE_COULDNT_CONNECT:
        return ir_https_no_route(e) ? N_("no network leads there now")
                                    : N_("nobody answers there");
    case CURLE_OPERATION_TIMEDOUT:
        return N_("no answer in time");
    case CURLE_SSL_CONNECT_ERROR:
        return N_("what answers there is no device of ours");
    default:
        /* in TLS 1.3 a refusal comes after the handshake */
        (void)curl_easy_getinfo(e, CURLINFO_APPCONNECT_TIME_T, &tls);
        return tls > 0 ? N_("no invitation is open there")
                       : N_("the connection broke");
    }
}

int
ir_https_knock(const char *where, const uint8_t id[IR_JOIN_ID_BYTES],
               const void *p, size_t n, struct ir_https_knock *k,
               struct ir_err *err)
{
    struct curl_slist *headers = NULL;
    char hex[2 * IR_JOIN_ID_BYTES + 1], line[64], *url = NULL;
    CURLcode got;
    CURL *e = NULL;
    int rc = IR_OK;

    memset(k, 0, sizeof *k);
    if (!ir_carrier_where_ok(where))
        return ir_fail(err, IR_EPARSE, "not HOST:PORT");
    ir_hex(id, IR_JOIN_ID_BYTES, hex);
    (void)snprintf(line, sizeof line, IR_HTTPS_DOOR_HEADER ": %s", hex);
    headers = curl_slist_append(headers, line);
    headers =
        curl_slist_append(headers, "Content-Type: application/octet-stream");
    headers = curl_slist_append(headers, "Expect:");
    headers = curl_slist_append(headers, "Accept:");
    url = ir_asprintf("https://%s" IR_HTTPS_DOOR_PATH, where);
    e = curl_easy_init();
    if (e == NULL || !set_tls(e) || !set_http(e, url, headers, p, n, k)) {
        rc = ir_fail(err, IR_EIO, "libcurl does not start");
    } else {
        got = curl_easy_perform(e);
        if (got == CURLE_OK)
            (void)curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &k->status);
        else
            k->why = reason(e, got);
    }
    if (e != NULL)
        curl_easy_cleanup(e);
    curl_slist_free_all(headers);
    free(url);
    return rc;
}
