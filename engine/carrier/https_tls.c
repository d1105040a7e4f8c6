/* https_tls.c: how curl is to speak TLS to a device.
 *
 * Verification of names and chains is off, here and nowhere else: what is
 * checked instead is the key at the other end; see https_client.c.
 */
#include "carrier/https_in.h"

#include <curl/curl.h>
#include <string.h>

static int
on_open(void *arg, curl_socket_t fd, curlsocktype purpose)
{
    (void)arg;
    (void)purpose;
    ir_https_watch(fd);
    return CURL_SOCKOPT_OK;
}

bool
ir_https_tls(const struct ir_https *h, void *curl)
{
    CURL *e = curl;
    struct curl_blob cert = {h->cert.pem, strlen(h->cert.pem), CURL_BLOB_COPY};
    struct curl_blob key = {h->cert.key_pem, strlen(h->cert.key_pem),
                            CURL_BLOB_COPY};

    return curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, on_open) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSLCERT_BLOB, &cert) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSLKEY_BLOB, &key) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_3 |
                                CURL_SSLVERSION_MAX_TLSv1_3) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_EC_CURVES, "X25519") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CERTINFO, 1L) == CURLE_OK;
}
