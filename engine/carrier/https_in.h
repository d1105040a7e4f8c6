/* https_in.h: what https.c, https_server.c and https_client.c share. */
#ifndef IR_CARRIER_HTTPS_IN_H
#define IR_CARRIER_HTTPS_IN_H

#include "base/buf.h"
#include "carrier/cert.h"
#include "carrier/https.h"
#include "carrier/queue.h"

#define IR_HTTPS_PATH "/ir/1"
#define IR_HTTPS_TOKEN 8    /* bytes of Ir-Link */
#define IR_HTTPS_AS "Ir-As" /* of an answer: the number of the link there */
#define IR_HTTPS_DOOR_PATH "/ir/join"
#define IR_HTTPS_DOOR_HEADER "Ir-Join"

struct ir_https_server;
struct ir_https_conn;
struct ir_https_client;

/* Tokens for requests at the door, in thousandths; they come back with time. */
struct ir_https_bucket {
    int64_t milli, at_ms;
};

#define IR_HTTPS_BUCKETS 256 /* addresses that share one share a limit */

struct ir_https {
    int ep; /* everything waits here */
    int wake;
    struct ir_cert cert;
    struct ir_https_conf conf;        /* with the defaults filled in */
    uint8_t (*keys)[IR_PUBKEY_BYTES]; /* welcome, ascending */
    size_t keys_n;
    bool keys_new; /* links are to be looked at again */
    uint32_t last_link;
    int64_t now;
    const struct ir_carrier_events *ev; /* of the run under way */
    void *arg;
    struct ir_https_server *server; /* NULL: does not listen */
    struct ir_https_client *client;
    struct ir_https_conn *conns; /* of the server, newest first */
    struct ir_https_door door;   /* known NULL: shut */
    struct ir_https_bucket door_all, door_from[IR_HTTPS_BUCKETS];
    int door_busy; /* requests of theirs that are being read or answered */
};

/* Did a CURL handle fail to connect for want of a way there: no network is up,
 * or none leads to that address?
 */
bool ir_https_no_route(void *easy);

/* Is this key on the list? */
bool ir_https_welcome(const struct ir_https *h,
                      const uint8_t pub[IR_PUBKEY_BYTES]);

/* Make the descriptor readable, so that run() is called. */
void ir_https_wake(const struct ir_https *h);

/* Deliver the frames of a body that came on a link.
 *
 * Errors: IR_EPARSE, IR_ELIMIT: what stood before it was delivered.
 */
int ir_https_deliver(const struct ir_https *h, uint32_t link,
                     const struct ir_buf *body);

/* The server: start; is this descriptor one of its, and if it tells that a
 * caller hung up, so be it; do what is due; send, *took says whether the link
 * is one of the server's.
 *
 * Errors: as in https.h.
 */
int ir_https_server_new(struct ir_https *h, struct ir_err *err);
bool ir_https_server_ready(struct ir_https *h, int fd);
int64_t ir_https_server_run(struct ir_https *h);
int ir_https_server_send(struct ir_https *h, uint32_t link, const void *p,
                         size_t n, bool *took, struct ir_err *err);
uint16_t ir_https_server_port(const struct ir_https *h);
void ir_https_server_free(struct ir_https *h);

/* The client: the same; `fd` and `events` are what epoll said of a socket of
 * curl's.
 *
 * Errors: as in https.h.
 */
int ir_https_client_new(struct ir_https *h, struct ir_err *err);
void ir_https_client_ready(struct ir_https *h, int fd, uint32_t events);
int64_t ir_https_client_run(struct ir_https *h);
int ir_https_client_send(struct ir_https *h, uint32_t link, const void *p,
                         size_t n, bool *took, struct ir_err *err);
void ir_https_client_free(struct ir_https *h);

/* A peer whose cable was pulled is noticed in seconds, not in minutes. */
void ir_https_watch(int fd);

/* Let `curl`, a CURL of libcurl's, speak TLS 1.3 with this device's
 * certificate, and watch its socket. The key at the other end is not checked by
 * this. Returns whether all could be set.
 */
bool ir_https_tls(const struct ir_https *h, void *curl);

/* Listen on `address`; *got is the port, where `port` is 0.
 *
 * Owns:   *fd is the caller's.
 * Errors: IR_EUSAGE no address; IR_EBUSY the port is taken; IR_EIO.
 */
int ir_https_listen(const char *address, uint16_t port, int *fd, uint16_t *got,
                    struct ir_err *err);

/* Which link a request is for, and how long it may be held: by the head of the
 * first request of a link (its token), or in short by its path, /NUMBER or
 * /NUMBER/WAIT (*link). Returns the HTTP status.
 *
 * Units:  *wait_s seconds.
 */
struct MHD_Connection;
unsigned ir_https_head(struct MHD_Connection *mhd, const char *url,
                       uint8_t token[IR_HTTPS_TOKEN], uint32_t *link,
                       int64_t *wait_s);

/* Answer a request; with `as`, say by which number the link may be named; with
 * `why`, by a word what a refusal at the door is for. Returns MHD_YES or
 * MHD_NO.
 */
int ir_https_answer(struct MHD_Connection *mhd, unsigned status,
                    struct ir_buf *body, uint32_t as, const char *why);

/* May this request at the door go on, by its head alone? 0 and `id`, or the
 * status it is refused with.
 */
unsigned ir_https_door_head(struct ir_https *h, struct MHD_Connection *mhd,
                            const char *url, const char *method,
                            uint8_t id[IR_JOIN_ID_BYTES]);

/* Judge it; returns the status and, of a refusal, `*why`. Appends to `answer`.
 */
unsigned ir_https_door_ask(struct ir_https *h, struct MHD_Connection *mhd,
                           const uint8_t id[IR_JOIN_ID_BYTES],
                           const struct ir_buf *body, struct ir_buf *answer,
                           const char **why);

/* Queue a frame for a link if it may wait.
 *
 * Errors: IR_EBUSY, IR_ELIMIT.
 */
int ir_https_queue(struct ir_queue *q, uint32_t link, const void *p, size_t n,
                   struct ir_err *err);

#endif
