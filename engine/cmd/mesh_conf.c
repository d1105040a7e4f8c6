/* mesh_conf.c: see mesh_conf.h. */
#include "cmd/mesh_conf.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "store/offer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_on(struct ir_store *st, const char *key)
{
    char *v = ir_store_setting(st, key);
    bool on = v == NULL || strcmp(v, "off") != 0;

    free(v);
    return on;
}

int
ir_mesh_port(const char *text, uint16_t *port, struct ir_err *err)
{
    int64_t n;

    if (ir_scan_int(text, 1, UINT16_MAX, &n, NULL) != IR_OK)
        return ir_fail(err, IR_EUSAGE,
                       _("\"%.20s\" is no port (a number from 1 to 65535)"),
                       text);
    *port = (uint16_t)n;
    return IR_OK;
}

int
ir_mesh_address(const char *text, struct ir_err *err)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1 ||
        inet_pton(AF_INET6, text, bytes) == 1)
        return IR_OK;
    ir_fail(err, IR_EUSAGE, _("\"%.60s\" is no address to listen on"), text);
    ir_err_hint(err, _("an IPv4 or IPv6 address of this device; :: means all"));
    return IR_EUSAGE;
}

/* Take the peers out of a setting, one a line. */
static void
load_peers(struct ir_mesh_conf *m, const char *text)
{
    while (text != NULL && *text != '\0' && m->peers_n < IR_MESH_PEERS_MAX) {
        size_t n = strcspn(text, "\n");

        m->peers = ir_realloc(m->peers, (m->peers_n + 1) * sizeof(char *));
        m->peers[m->peers_n++] = ir_strndup(text, n);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

void
ir_mesh_conf_load(struct ir_store *st, struct ir_mesh_conf *m)
{
    char *port = ir_store_setting(st, "mesh.port");
    char *peers = ir_store_setting(st, "mesh.peers");

    memset(m, 0, sizeof *m);
    m->lan = is_on(st, "mesh.lan");
    m->https = is_on(st, "mesh.https");
    m->listen = ir_store_setting(st, "mesh.listen");
    if (m->listen == NULL)
        m->listen = ir_strdup("::");
    m->port = IR_MESH_PORT;
    if (port != NULL)
        (void)ir_mesh_port(port, &m->port, NULL);
    load_peers(m, peers);
    free(port);
    free(peers);
}

void
ir_mesh_conf_done(struct ir_mesh_conf *m)
{
    size_t i;

    for (i = 0; i < m->peers_n; i++)
        free(m->peers[i]);
    free(m->peers);
    free(m->listen);
    memset(m, 0, sizeof *m);
}

int
ir_mesh_conf_save(struct ir_store *st, const struct ir_mesh_conf *m,
                  struct ir_err *err)
{
    struct ir_buf peers = {0};
    char port[8];
    size_t i;
    int rc = ir_store_begin(st, err);

    if (rc != IR_OK)
        return rc;
    for (i = 0; i < m->peers_n; i++)
        ir_buf_addf(&peers, "%s\n", m->peers[i]);
    snprintf(port, sizeof port, "%u", m->port);
    rc = ir_store_setting_put(st, "mesh.peers", ir_buf_str(&peers), err);
    if (rc == IR_OK)
        rc = ir_store_setting_put(st, "mesh.lan", m->lan ? "on" : "off", err);
    if (rc == IR_OK)
        rc = ir_store_setting_put(st, "mesh.https", m->https ? "on" : "off",
                                  err);
    if (rc == IR_OK)
        rc = ir_store_setting_put(st, "mesh.listen", m->listen, err);
    if (rc == IR_OK)
        rc = ir_store_setting_put(st, "mesh.port", port, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    else
        ir_store_rollback(st);
    ir_buf_done(&peers);
    return rc;
}

int
ir_mesh_where(const char *text, char out[IR_CARRIER_WHERE_MAX],
              struct ir_err *err)
{
    if (ir_carrier_where(text, IR_MESH_PORT, out, NULL) == IR_OK)
        return IR_OK;
    ir_fail(err, IR_EUSAGE, _("\"%.60s\" is no address of a device"), text);
    ir_err_hint(err,
                _("a name or an address, with or without a port: "
                  "ops2.example.jp, 192.0.2.7:%d, [2001:db8::7]:%d"),
                IR_MESH_PORT, IR_MESH_PORT);
    return IR_EUSAGE;
}

bool
ir_node_runs(const char *home)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = ir_asprintf("%s/ird.lock", home);
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    bool yes =
        fd >= 0 && fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;

    if (fd >= 0)
        close(fd);
    free(path);
    return yes;
}

struct ir_json *
ir_node_left(struct ir_store *st)
{
    struct ir_json *j = NULL;
    struct ir_buf b = {0};
    struct ir_err err;

    if (ir_store_view_get(st, IR_NODE_STATE, 0, &b) == IR_OK)
        (void)ir_json_parse(ir_buf_str(&b), b.len, &j, &err);
    ir_buf_done(&b);
    return j;
}

size_t
ir_node_links(const char *home, struct ir_store *st)
{
    struct ir_json *j;
    size_t n;

    if (!ir_node_runs(home))
        return 0;
    j = ir_node_left(st);
    n = ir_json_len(ir_json_get(j, "links"));
    ir_json_free(j);
    return n;
}

size_t
ir_node_same(const char *home, struct ir_store *st)
{
    const struct ir_json *links, *l;
    struct ir_json *j;
    struct ir_err err;
    int64_t newest = 0;
    size_t i, k, n = 0;

    if (!ir_node_runs(home) || ir_offer_newest(st, &newest, &err) != IR_OK)
        return 0;
    j = ir_node_left(st);
    links = ir_json_get(j, "links");
    if (ir_json_get_int(j, "row", -1) < newest)
        links = NULL; /* it speaks of less than there is by now */
    for (i = 0; (l = ir_json_at(links, i)) != NULL; i++) {
        for (k = 0; k < i; k++)
            if (strcmp(ir_json_get_str(ir_json_at(links, k), "device", ""),
                       ir_json_get_str(l, "device", "")) == 0)
                break;
        n += k == i && ir_json_get_bool(l, "equal", false) ? 1 : 0;
    }
    ir_json_free(j);
    return n;
}
