/* mesh_conf.h: how this device talks to others: settings of the home, read by
 * the daemon and changed by `ir mesh peer` and `ir mesh carrier`.
 */
#ifndef IR_CMD_MESH_CONF_H
#define IR_CMD_MESH_CONF_H

#include "base/json.h"
#include "carrier/carrier.h"
#include "store/store.h"

#define IR_MESH_PORT 8747 /* of HTTPS and of the LAN's datagrams */
#define IR_NODE_STATE                                                          \
    "mesh/now" /* the view in which ird says how it stands                     \
                */
#define IR_MESH_PEERS_MAX 64

struct ir_mesh_conf {
    bool lan, https;
    char *listen; /* address of HTTPS */
    uint16_t port;
    char **peers; /* "HOST:PORT", in the order they were added */
    size_t peers_n;
};

/* Read what stands in the home; what is not set has its default: both on, all
 * addresses, IR_MESH_PORT, no peers.
 *
 * Owns:   *m is the caller's, ir_mesh_conf_done.
 */
void ir_mesh_conf_load(struct ir_store *st, struct ir_mesh_conf *m);
void ir_mesh_conf_done(struct ir_mesh_conf *m);

/* Keep it.
 *
 * Errors: as ir_store_setting_put.
 */
int ir_mesh_conf_save(struct ir_store *st, const struct ir_mesh_conf *m,
                      struct ir_err *err);

/* Bring "HOST", "HOST:PORT", an IPv6 address with or without brackets into the
 * form "HOST:PORT" or "[ADDRESS]:PORT".
 *
 * Errors: IR_EUSAGE what it should look like.
 */
int ir_mesh_where(const char *text, char out[IR_CARRIER_WHERE_MAX],
                  struct ir_err *err);

/* Is it an address this device could listen on: IPv4 or IPv6, no name?
 *
 * Errors: IR_EUSAGE.
 */
int ir_mesh_address(const char *text, struct ir_err *err);

/* A port number, 1 to 65535.
 *
 * Errors: IR_EUSAGE.
 */
int ir_mesh_port(const char *text, uint16_t *port, struct ir_err *err);

/* Does an ird hold the lock of this home? */
bool ir_node_runs(const char *home);

/* How many devices does it have a connection with? 0: none, or no ird runs. */
size_t ir_node_links(const char *home, struct ir_store *st);

/* How many connected devices say that they hold the same as this one, up to the
 * newest entry there is; 0: none, or not known yet.
 */
size_t ir_node_same(const char *home, struct ir_store *st);

/* How things stood when it looked last, or NULL: docs/man/ir-mesh.1, "daemon".
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_node_left(struct ir_store *st);

#endif
