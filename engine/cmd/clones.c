/* clones.c: see clones.h. */
#include "cmd/clones.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "store/clone.h"

#include <stdlib.h>
#include <string.h>

static struct ir_clone *
clones(struct ir_ctx *c, size_t *n)
{
    struct ir_clone *v = NULL;
    struct ir_err err = {0};

    *n = 0;
    if (c->st == NULL || ir_store_clones(c->st, &v, n, &err) != IR_OK) {
        free(v);
        return NULL;
    }
    return v;
}

size_t
ir_clones_each(struct ir_ctx *c,
               void (*fn)(const char *text, const char *hint, void *arg),
               void *arg)
{
    struct ir_now now;
    size_t i, n;
    struct ir_clone *v = clones(c, &n);

    ir_clock_now(&now);
    for (i = 0; i < n; i++) {
        const struct ir_cert_key *k = ir_trust_key(&c->trust, v[i].author);
        const char *who = k != NULL ? c->trust.members[k->member].handle : "?";
        char from[24], to[24], *text, *hint;

        ir_time_text(v[i].first_ms, now.wall_ms, from, sizeof from);
        ir_time_text(v[i].last_ms, now.wall_ms, to, sizeof to);
        text = ir_asprintf(
            k != NULL && k->node
                ? _("The key of this device (%s) signs elsewhere too: %lld "
                    "entries from there (%s to %s). This home was copied or "
                    "restored from a backup; nothing is lost, and both count.")
                : _("The key of %s in this home signs elsewhere too: %lld "
                    "entries from there (%s to %s). This home was copied or "
                    "restored from a backup; nothing is lost, and both count."),
            who, (long long)v[i].elsewhere, from, to);
        hint = ir_asprintf(_("give the copy keys of its own:  ir mesh invite "
                             "--device-for %s"),
                           who);
        fn(text, hint, arg);
        free(text);
        free(hint);
    }
    free(v);
    return n;
}

static void
say(const char *text, const char *hint, void *arg)
{
    struct ir_ctx *c = arg;

    ir_term_para(&c->view.term, &c->out, 1, NULL, IR_STYLE_NONE, text);
    ir_term_para(&c->view.term, &c->out, 3, NULL, IR_STYLE_NONE, hint);
}

void
ir_clones_say(struct ir_ctx *c)
{
    (void)ir_clones_each(c, say, c);
}

struct ir_json *
ir_clones_json(struct ir_ctx *c)
{
    struct ir_json *arr = ir_json_new_arr(), *o;
    size_t i, n;
    struct ir_clone *v = clones(c, &n);

    for (i = 0; i < n; i++) {
        const struct ir_cert_key *k = ir_trust_key(&c->trust, v[i].author);

        o = ir_json_add_take(arr, ir_json_new_obj());
        ir_json_set_hex(o, "key", v[i].author, IR_KEYID_BYTES);
        ir_json_set_str(o, "handle",
                        k != NULL ? c->trust.members[k->member].handle : NULL);
        ir_json_set_int(o, "seq", (int64_t)v[i].seq);
        ir_json_set_int(o, "here", v[i].here);
        ir_json_set_int(o, "elsewhere", v[i].elsewhere);
        ir_view_set_time(o, "first", v[i].first_ms);
        ir_view_set_time(o, "last", v[i].last_ms);
    }
    free(v);
    return arr;
}
