/* cmd_mesh_peer.c: `ir mesh peer`, `ir mesh carrier`: where the others are, and
 * how this device talks to them.
 */
#include "base/i18n.h"
#include "base/wake.h"
#include "cmd/commands.h"
#include "cmd/mesh_conf.h"

#include <stdlib.h>
#include <string.h>

/* Keep what was changed, and let the daemon take it up. */
static int
save(struct ir_ctx *c, const struct ir_mesh_conf *m)
{
    int rc = ir_mesh_conf_save(c->st, m, &c->err);

    if (rc == IR_OK)
        ir_wake_send(c->home, IR_WAKE_IRD);
    return rc;
}

static int
find_peer(const struct ir_mesh_conf *m, const char *where)
{
    size_t i;

    for (i = 0; i < m->peers_n; i++)
        if (strcmp(m->peers[i], where) == 0)
            return (int)i;
    return -1;
}

static int
add_peer(struct ir_ctx *c, struct ir_mesh_conf *m, const char *where)
{
    if (find_peer(m, where) >= 0)
        return ir_fail(&c->err, IR_EEXIST, _("%s is a peer already"), where);
    if (m->peers_n == IR_MESH_PEERS_MAX)
        return ir_fail(&c->err, IR_ELIMIT, _("more than %d peers"),
                       IR_MESH_PEERS_MAX);
    m->peers = ir_realloc(m->peers, (m->peers_n + 1) * sizeof(char *));
    m->peers[m->peers_n++] = ir_strdup(where);
    return save(c, m);
}

static int
remove_peer(struct ir_ctx *c, struct ir_mesh_conf *m, const char *where)
{
    int at = find_peer(m, where);

    if (at < 0)
        return ir_fail(&c->err, IR_ENOTFOUND, _("%s is no peer"), where);
    free(m->peers[at]);
    m->peers_n--;
    memmove(&m->peers[at], &m->peers[at + 1],
            (m->peers_n - (size_t)at) * sizeof(char *));
    return save(c, m);
}

static void
show_peers(struct ir_ctx *c, const struct ir_mesh_conf *m)
{
    struct ir_json *j, *list;
    size_t i;

    if (c->json) {
        j = ir_json_new_obj();
        list = ir_json_set_take(j, "peers", ir_json_new_arr());
        for (i = 0; i < m->peers_n; i++)
            ir_json_add_take(list, ir_json_new_str(m->peers[i]));
        ir_cmd_json_take(c, j);
        return;
    }
    for (i = 0; i < m->peers_n; i++)
        ir_buf_addf(&c->out, "%s\n", m->peers[i]);
    if (m->peers_n == 0)
        ir_buf_adds(&c->talk,
                    _("No peers. On the same LAN devices find each other; of "
                      "another network name one: ir mesh peer add ADDRESS\n"));
}

int
ir_cmd_mesh_peer(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_mesh_conf m = {0};
    char where[IR_CARRIER_WHERE_MAX];
    const char *what;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 2, "mesh peer", &c->err);
    if (rc != IR_OK)
        return rc;
    what = n > 0 ? argv[1] : "list";
    if (strcmp(what, "list") == 0 ? n > 1
                                  : n != 2 || (strcmp(what, "add") != 0 &&
                                               strcmp(what, "remove") != 0))
        return ir_args_count(3, 0, 2, "mesh peer", &c->err);
    if (n == 2)
        rc = ir_mesh_where(argv[2], where, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, n == 2);
    if (rc != IR_OK)
        return rc;
    ir_mesh_conf_load(c->st, &m);
    if (n == 2)
        rc = strcmp(what, "add") == 0 ? add_peer(c, &m, where)
                                      : remove_peer(c, &m, where);
    if (rc == IR_OK)
        show_peers(c, &m);
    ir_mesh_conf_done(&m);
    return rc;
}

static void
show_carriers(struct ir_ctx *c, const struct ir_mesh_conf *m)
{
    struct ir_json *j, *k;

    if (c->json) {
        j = ir_json_new_obj();
        k = ir_json_set_take(j, "lan", ir_json_new_obj());
        ir_json_set_bool(k, "on", m->lan);
        k = ir_json_set_take(j, "https", ir_json_new_obj());
        ir_json_set_bool(k, "on", m->https);
        ir_json_set_str(k, "listen", m->listen);
        ir_json_set_int(k, "port", m->port);
        ir_cmd_json_take(c, j);
        return;
    }
    ir_buf_addf(&c->out, _("lan    %s\n"), m->lan ? _("on") : _("off"));
    ir_buf_addf(&c->out, _("https  %s, listens on %s, port %u\n"),
                m->https ? _("on") : _("off"), m->listen, m->port);
    ir_buf_adds(&c->out,
                _("A directory or USB stick always works: ir carry\n"));
}

/* "lan on" and the like. */
static int
set_carrier(struct ir_ctx *c, struct ir_mesh_conf *m, char **argv, int n)
{
    bool lan = strcmp(argv[1], "lan") == 0;

    if (!lan && strcmp(argv[1], "https") != 0)
        return ir_fail(&c->err, IR_EUSAGE, _("a carrier is lan or https"));
    if (n == 1)
        return IR_OK;
    if (strcmp(argv[2], "on") != 0 && strcmp(argv[2], "off") != 0)
        return ir_fail(&c->err, IR_EUSAGE, _("%s is on or off"), argv[1]);
    *(lan ? &m->lan : &m->https) = strcmp(argv[2], "on") == 0;
    return IR_OK;
}

int
ir_cmd_mesh_carrier(struct ir_ctx *c, int argc, char **argv)
{
    const char *listen = NULL, *port = NULL;
    const struct ir_opt opts[] = {{"listen", 0, &listen, NULL, NULL, NULL},
                                  {"port", 0, &port, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_mesh_conf m = {0};
    bool change;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 2, "mesh carrier", &c->err);
    change = n == 2 || listen != NULL || port != NULL;
    if (rc == IR_OK && listen != NULL)
        rc = ir_mesh_address(listen, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, change);
    if (rc != IR_OK)
        return rc;
    ir_mesh_conf_load(c->st, &m);
    if (n > 0)
        rc = set_carrier(c, &m, argv, n);
    if (rc == IR_OK && port != NULL)
        rc = ir_mesh_port(port, &m.port, &c->err);
    if (rc == IR_OK && listen != NULL) {
        free(m.listen);
        m.listen = ir_strdup(listen);
    }
    if (rc == IR_OK && change)
        rc = save(c, &m);
    if (rc == IR_OK)
        show_carriers(c, &m);
    ir_mesh_conf_done(&m);
    return rc;
}
