/* node_state.c: how things stand, left in the home for `ir mesh status`: a
 * view, so that it may be dropped, written when it has changed and not more
 * often than every second.
 */
#include "base/clock.h"
#include "cmd/node_in.h"
#include "store/met.h"
#include "store/offer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_MS 1000
#define MET_MS 10000

void
ir_node_count(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES],
              int which, int64_t came, int64_t gave)
{
    struct ir_node_met *m = NULL;
    size_t i;

    for (i = 0; i < n->met_n && m == NULL; i++)
        if (n->met[i].which == which &&
            memcmp(n->met[i].device, device, IR_KEYID_BYTES) == 0)
            m = &n->met[i];
    if (m == NULL) {
        n->met = ir_realloc(n->met, (n->met_n + 1) * sizeof *n->met);
        m = &n->met[n->met_n++];
        memset(m, 0, sizeof *m);
        m->which = which;
        memcpy(m->device, device, IR_KEYID_BYTES);
    }
    m->came += came;
    m->gave += gave;
}

void
ir_node_met(struct ir_node *n, bool last)
{
    static const uint8_t nobody[IR_KEYID_BYTES];
    static const char *const names[IR_NODE_CARRIERS] = {"https", "lan"};
    struct ir_now now;
    struct ir_err err;
    size_t i;

    if (!last && n->now_ms - n->met_ms < MET_MS)
        return;
    n->met_ms = n->now_ms;
    ir_ingest_keep(n->ingest);
    ir_clock_now(&now);
    for (i = 0; i < n->met_n; i++) {
        const struct ir_node_met *m = &n->met[i];

        if (ir_store_met(
                n->c->st,
                memcmp(m->device, nobody, sizeof nobody) != 0 ? m->device
                                                              : NULL,
                names[m->which], now.wall_ms, m->came, m->gave, &err) != IR_OK)
            return; /* again next time */
    }
    n->met_n = 0;
}

/* The links as a list; how many devices are at the other ends. */
static size_t
add_links(struct ir_node *n, struct ir_json *list)
{
    size_t i, k, devices = 0;

    for (i = 0; i < n->links_n; i++) {
        const struct ir_node_link *l = &n->links[i];
        struct ir_sync_state st;
        struct ir_json *j;

        if (l->many || !ir_sync_state(n->sync, l->id, &st))
            continue;
        j = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_str(j, "carrier", ir_node_carrier_of(n, l->id));
        if (l->known)
            ir_json_set_hex(j, "device", l->device, IR_KEYID_BYTES);
        else if (st.heard_ms >= 0)
            ir_json_set_hex(j, "device", st.node, IR_KEYID_BYTES);
        for (k = 0; k + 1 < ir_json_len(list); k++)
            if (strcmp(ir_json_get_str(ir_json_at(list, k), "device", ""),
                       ir_json_get_str(j, "device", "")) == 0)
                break;
        devices += k + 1 == ir_json_len(list) ? 1 : 0;
        ir_json_set_bool(j, "equal", st.equal);
        ir_json_set_int(j, "wanted", (int64_t)st.wanted);
        ir_json_set_int(j, "refused", (int64_t)st.refused);
    }
    return devices;
}

static void
add_peers(struct ir_node *n, struct ir_json *list)
{
    const struct ir_carrier *c = &n->carriers[IR_NODE_HTTPS];
    struct ir_https_peer p;
    size_t i;

    for (i = 0; c->ops != NULL && ir_https_peer(c, i, &p); i++) {
        struct ir_json *j = ir_json_add_take(list, ir_json_new_obj());

        ir_json_set_str(j, "where", p.where);
        ir_json_set_bool(j, "up", p.link != 0);
        ir_json_set_str(j, "why", p.why);
        ir_json_set_str(j, "detail", p.detail[0] != '\0' ? p.detail : NULL);
    }
}

void
ir_node_state(struct ir_node *n, bool last)
{
    struct ir_json *j;
    struct ir_now now;
    struct ir_err err;
    size_t devices = 0;
    int64_t row = 0;
    char *text;

    if (!last && n->state_ms != 0 && n->now_ms - n->state_ms < WRITE_MS)
        return;
    n->state_ms = n->now_ms;
    j = ir_json_new_obj();
    ir_json_set_bool(j, "https", n->carriers[IR_NODE_HTTPS].ops != NULL);
    ir_json_set_bool(j, "listening", n->listening);
    ir_json_set_bool(j, "lan", n->carriers[IR_NODE_LAN].ops != NULL);
    ir_json_set_bool(j, "disk_full", n->disk_full);
    if (ir_offer_newest(n->c->st, &row, &err) == IR_OK)
        ir_json_set_int(j, "row", row); /* up to there it speaks of */
    if (!last)
        devices = add_links(n, ir_json_set_take(j, "links", ir_json_new_arr()));
    ir_json_set_int(j, "connected", (int64_t)devices);
    add_peers(n, ir_json_set_take(j, "peers", ir_json_new_arr()));
    text = ir_json_text(j, 0);
    if (n->state == NULL || strcmp(text, n->state) != 0 || last) {
        free(n->state);
        n->state = ir_strdup(text);
        ir_clock_now(&now);
        ir_json_set_int(j, "at_ms", now.wall_ms);
        ir_json_set_bool(j, "running", !last);
        free(text);
        text = ir_json_text(j, 0);
        (void)ir_store_view_put(n->c->st, IR_NODE_STATE, 0, text, strlen(text),
                                &err); /* only a view */
    }
    free(text);
    ir_json_free(j);
}
