/* act.c: see act.h. */
#include "cmd/act.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/keyring.h"
#include "cmd/mesh_conf.h"
#include "view/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPROVE_DEFAULT_S (15 * 60)

int
ir_act_find(struct ir_ctx *c, const struct ir_case *k, const char *name,
            size_t *i)
{
    int at;

    if (name != NULL)
        return ir_incident_step(k->inc, name, i, &c->err);
    at = ir_view_focus(k->inc, c->me);
    if (at < 0)
        return ir_fail(&c->err, IR_ENOTFOUND, _("no step is open"));
    *i = (size_t)at;
    return IR_OK;
}

static const char *
get_var(const char *name, void *arg)
{
    return ir_incident_var(arg, name);
}

/* Say what a done step has preserved, and of which host: "memory@fs1". */
static void
name_evidence(struct ir_draft *d, const struct ir_case *k,
              const struct ir_istep *s)
{
    const char *list[16];
    size_t n = 0, i;
    char *host;

    if (s->step == NULL || s->step->preserves_n == 0 || s->step->target == NULL)
        return;
    host = ir_plan_expand(s->step->target, get_var, k->inc);
    for (i = 0; i < s->step->preserves_n && n < 16; i++)
        list[n++] = ir_asprintf("%s@%s", s->step->preserves[i], host);
    ir_bodyw_texts(&d->body, 7, list, n);
    for (i = 0; i < n; i++)
        free((void *)(uintptr_t)list[i]);
    free(host);
}

struct ir_draft *
ir_act_draft(struct ir_batch *b, const struct ir_case *k, size_t i,
             enum ir_step_op op, const struct ir_said *said)
{
    const struct ir_istep *s = &k->inc->steps[i];
    struct ir_draft *d = ir_batch_add(b, k, IR_KIND_STEP);
    char *words = NULL;

    ir_bodyw_text(&d->body, 1, s->path);
    ir_bodyw_uint(&d->body, 2, op);
    ir_bodyw_uint(&d->body, 3, s->iteration);
    if (said == NULL)
        return d;
    if (said->reason != NULL && said->note != NULL && said->note[0] != '\0')
        words = ir_asprintf("%s; %s", said->reason, said->note);
    else if (said->reason != NULL)
        words = ir_strdup(said->reason);
    else if (said->note != NULL && said->note[0] != '\0')
        words = ir_strdup(said->note);
    ir_bodyw_text(&d->body, 4, words);
    free(words);
    ir_bodyw_text(&d->body, 5,
                  said->again != NULL && strcmp(said->again, "yes") == 0
                      ? "again"
                      : said->choice);
    ir_bodyw_pairs(&d->body, 8, said->answers, said->answers_n);
    if (op == IR_OP_DONE)
        name_evidence(d, k, s);
    if (said->ran)
        ir_bodyw_uint(&d->body, 6, (uint64_t)said->exit);
    if (said->output != NULL) {
        ir_bodyw_bytes(&d->body, 9, said->output, 32);
        ir_bodyw_uint(&d->body, 10, said->output_bytes);
    }
    return d;
}

/* The id of this device's key; zero bytes where there is none. */
static void
device_id(struct ir_ctx *c, uint8_t out[IR_KEYID_BYTES])
{
    struct ir_key *node = NULL;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    memset(out, 0, IR_KEYID_BYTES);
    if (fd < 0)
        return;
    if (ir_keyring_node(fd, &node, NULL) == IR_OK)
        ir_key_id(node->pub, out);
    ir_key_free(node);
    close(fd);
}

/* The request for just this that nobody has answered yet, or NULL. */
static const struct ir_irequest *
asked_for(const struct ir_case *k, size_t i, const uint8_t digest[32],
          const uint8_t device[IR_KEYID_BYTES])
{
    const struct ir_istep *s = &k->inc->steps[i];
    size_t j;

    for (j = 0; j < k->inc->requests_n; j++) {
        const struct ir_irequest *r = &k->inc->requests[j];

        if (strcmp(r->path, s->path) == 0 && r->iteration == s->iteration &&
            !r->used && !r->denied && !r->expired && !r->cancelled &&
            r->approved_by < 0 && memcmp(r->argv_digest, digest, 32) == 0 &&
            (s->step == NULL || s->step->argv_n == 0 ||
             memcmp(r->device, device, IR_KEYID_BYTES) == 0))
            return r;
    }
    return NULL;
}

/* What the second person has to do, how they hear of it, and what there is
 * without them. */
static void
say_second(struct ir_ctx *c, const char *path, bool contain)
{
    bool shared = ir_ctx_shared(c);
    size_t links = ir_node_links(c->home, c->st);
    char *other, *hear, *alone;

    other = ir_asprintf(shared ? _("somebody else:  ir --as NAME approve %s")
                               : _("somebody else:  on their own device  ir "
                                   "approve %s"),
                        path);
    if (shared)
        hear = ir_strdup(_("how they hear:  tell them; it also stands in  ir "
                           "--as NAME inbox"));
    else if (links > 0)
        hear = ir_asprintf(_("how they hear:  it stands first in their walk, "
                             "and in  ir inbox  (connected devices: %zu)"),
                           links);
    else
        hear = ir_strdup(_("how they hear:  no device is connected: tell them "
                           "by voice, and take it there:  ir carry out DIR"));
    alone = contain
                ? ir_strdup(_("alone:          add --break-glass \"WHY\" "
                              "(an exception, reviewed later)"))
                : ir_asprintf(_("without them:   ir skip %s -r \"WHY\""), path);
    ir_fail(&c->err, IR_EREFUSED,
            _("\"%s\" needs a second person, who has not approved it yet"),
            path);
    ir_err_hint(&c->err, "%s\n%s\n%s", other, hear, alone);
    free(other);
    free(hear);
    free(alone);
}

/* Ask for a second person, unless that was done already. */
static int
request(struct ir_ctx *c, struct ir_case *k, size_t i)
{
    const struct ir_istep *s = &k->inc->steps[i];
    const char *lasts = ir_json_get_str(ir_json_get(k->site, "policy"),
                                        "approve_expires", NULL);
    int64_t secs = ir_json_get_int(ir_json_get(k->site, "policy"),
                                   "approve_expires", APPROVE_DEFAULT_S);
    uint8_t digest[32], device[IR_KEYID_BYTES], plan[32] = {0};
    const struct ir_irequest *asked;
    char path[200];
    struct ir_batch b = {0};
    struct ir_draft *d;
    struct ir_now now;
    char *what;
    bool contain = s->step != NULL && s->step->contain;
    int rc = IR_OK;

    snprintf(path, sizeof path, "%s", s->path);
    if (lasts != NULL)
        (void)ir_duration_parse(lasts, strlen(lasts), &secs, NULL);
    ir_incident_argv_digest(k->inc, i, digest);
    if (s->plan != NULL)
        memcpy(plan, s->plan->digest, 32);
    device_id(c, device);
    asked = asked_for(k, i, digest, device);
    if (asked != NULL && asked->by != c->me)
        return IR_EREFUSED; /* the gate's words: look at it and approve */
    if (asked == NULL) {
        ir_clock_now(&now);
        what = s->step != NULL && s->step->argv_n > 0
                   ? ir_view_argv(&c->view, k->inc, s->step)
               : s->step != NULL
                   ? ir_view_fill(&c->view, k->inc, &s->step->title)
                   : ir_strdup(path);
        d = ir_batch_add(&b, k, IR_KIND_REQUEST);
        ir_bodyw_text(&d->body, 1, s->path);
        ir_bodyw_uint(&d->body, 2, s->iteration);
        ir_bodyw_bytes(&d->body, 3, digest, 32);
        ir_bodyw_bytes(&d->body, 4, plan, 32);
        ir_bodyw_bytes(&d->body, 5, device, sizeof device);
        ir_bodyw_uint(&d->body, 6, (uint64_t)(now.wall_ms + secs * 1000));
        ir_bodyw_text(&d->body, 7, what);
        rc = ir_batch_record(c, k, &b, NULL);
        free(what);
    }
    if (rc != IR_OK)
        return rc;
    say_second(c, path, contain);
    return IR_EREFUSED;
}

/* Draft an exception for this step. */
static void
except(struct ir_batch *b, const struct ir_case *k, size_t i, const char *rule,
       const char *reason)
{
    struct ir_draft *d = ir_batch_add(b, k, IR_KIND_EXCEPTION);

    ir_bodyw_text(&d->body, 1, rule);
    ir_bodyw_text(&d->body, 2, reason);
    ir_bodyw_text(&d->body, 5, k->inc->steps[i].path);
}

static int
pass_two(struct ir_ctx *c, struct ir_case *k, size_t i,
         const struct ir_said *said, struct ir_batch *b)
{
    if (said->break_glass == NULL)
        return request(c, k, i);
    if (k->inc->steps[i].step == NULL || !k->inc->steps[i].step->contain) {
        ir_fail(&c->err, IR_EREFUSED,
                _("break-glass is for containment only; this step waits for a "
                  "second person"));
        ir_err_hint(&c->err,
                    ir_ctx_shared(c) ? _("ir --as NAME approve %s")
                                     : _("on their own device:  ir approve %s"),
                    k->inc->steps[i].path);
        return IR_EREFUSED;
    }
    if (said->break_glass[strspn(said->break_glass, " \t")] == '\0')
        return ir_fail(&c->err, IR_EUSAGE, _("a reason is needed"));
    except(b, k, i, "two-person", said->break_glass);
    return IR_OK;
}

static int
pass_evidence(struct ir_ctx *c, struct ir_case *k, size_t i,
              const struct ir_said *said, struct ir_batch *b)
{
    if (said->override == NULL)
        return IR_EREFUSED; /* the gate's own words stand in c->err */
    if (said->override[strspn(said->override, " \t")] == '\0')
        return ir_fail(&c->err, IR_EUSAGE, _("a reason is needed"));
    if (ir_incident_role(k->inc, "commander") != c->me) {
        ir_fail(&c->err, IR_EREFUSED,
                _("only the commander, or who acts for them, may override"));
        ir_err_hint(&c->err, _("nobody else reached?  ir role act commander "
                               "-r \"WHY\""));
        return IR_EREFUSED;
    }
    memset(&c->err, 0, sizeof c->err);
    except(b, k, i, "destroys", said->override);
    return IR_OK;
}

int
ir_act_hold(struct ir_ctx *c, struct ir_case *k, size_t *i)
{
    enum ir_gate gate = IR_GATE_NONE;
    struct ir_now now;

    ir_clock_now(&now);
    if (ir_incident_gate(k->inc, *i, c->me, now.wall_ms, &gate, &c->err) !=
            IR_OK &&
        gate == IR_GATE_STATE)
        return IR_EREFUSED;
    memset(&c->err, 0, sizeof c->err);
    return ir_case_hold(c, k, i);
}

int
ir_act_gate(struct ir_ctx *c, struct ir_case *k, size_t i, struct ir_said *said,
            struct ir_batch *b)
{
    const struct ir_istep *s = &k->inc->steps[i];
    enum ir_gate gate = IR_GATE_NONE;
    uint8_t device[IR_KEYID_BYTES];
    struct ir_now now;
    int rc;

    ir_clock_now(&now);
    rc = ir_incident_gate(k->inc, i, c->me, now.wall_ms, &gate, &c->err);
    if (rc == IR_OK && said->running && s->step != NULL &&
        s->step->confirm > 1) {
        device_id(c, device);
        if (!ir_incident_may_run(k->inc, i, now.wall_ms, device))
            gate = IR_GATE_TWO; /* it let it run already, or elsewhere */
    }
    if (gate == IR_GATE_NONE || s->step == NULL)
        return rc;
    if (gate == IR_GATE_TWO && !said->running && s->step->contain &&
        s->step->argv_n > 0 && s->step->destroys_n == 0) {
        /* two people are for the command; done by hand it is a fact */
        gate = IR_GATE_NONE;
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    if (gate == IR_GATE_NONE)
        return rc;
    if (gate == IR_GATE_WAIT && s->step->confirm < 2 &&
        s->step->destroys_n == 0 && said->reason != NULL &&
        said->reason[0] != '\0') {
        memset(&c->err, 0, sizeof c->err);
        return IR_OK;
    }
    if (gate == IR_GATE_TWO)
        rc = pass_two(c, k, i, said, b);
    else if (gate == IR_GATE_EVIDENCE)
        rc = pass_evidence(c, k, i, said, b);
    if (gate == IR_GATE_TWO && rc == IR_OK && !ir_incident_is_kept(k->inc, i))
        rc = pass_evidence(c, k, i, said, b);
    if (rc == IR_OK)
        memset(&c->err, 0, sizeof c->err);
    return rc;
}
