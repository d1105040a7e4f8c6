/* curl_loop.c: curl_loop URL N [FILE]: hand N messages of some 600 bytes over,
 * one after the other on one connection, and nothing else: to an address of a
 * web server as JSON, or (smtp://HOST:PORT) as mails. What a sender cannot be
 * quicker than.
 * Source: libcurl-easy(3), CURLOPT_UPLOAD(3).
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[640], filler[600];
static size_t at;

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
    size_t left = strlen(text) - at, max = size * n;

    (void)arg;
    if (left > max)
        left = max;
    memcpy(to, text + at, left);
    at += left;
    return left;
}

static size_t
drop(char *p, size_t size, size_t n, void *arg)
{
    (void)p;
    (void)arg;
    return size * n;
}

int
main(int argc, char **argv)
{
    CURL *c = curl_easy_init();
    struct curl_slist *to = NULL, *h = NULL;
    int n = argc > 2 ? atoi(argv[2]) : 0, i;
    bool mail = argc > 1 && strncmp(argv[1], "smtp:", 5) == 0;

    if (argc < 3 || c == NULL || n < 1)
        return 64;
    memset(filler, 'x', sizeof filler - 1);
    snprintf(text, sizeof text,
             mail ? "Subject: x\r\n\r\n%s\r\n" : "{\"text\":\"%s\"}", filler);
    curl_easy_setopt(c, CURLOPT_URL, argv[1]);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    to = curl_slist_append(to, "<a@example.org>");
    h = curl_slist_append(h, "Content-Type: application/json");
    if (mail) {
        curl_easy_setopt(c, CURLOPT_MAIL_FROM, "<b@example.org>");
        curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    } else {
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, text);
    }
    for (i = 0; i < n; i++) {
        at = 0;
        if (curl_easy_perform(c) != CURLE_OK)
            return 1;
    }
    curl_slist_free_all(to);
    curl_slist_free_all(h);
    curl_easy_cleanup(c);
    return 0;
}
