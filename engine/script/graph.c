/* graph.c: how the steps of a runbook, and runbooks, hang together; see
 * unit.h. The looking is core's; here its findings get their lines. */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "core/plan.h"
#include "script/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lint {
    struct ir_check *ck;
    const struct ir_node *root;
};

/* Follow one name or "[2]" (from 0) of a plan's field path. Puts the place
 * into *at, the author's spelling (from 1) into ck->path. */
static const struct ir_node *
follow(struct ir_check *ck, const struct ir_node *n, const char *name,
       struct ir_where *at)
{
    const struct ir_field *f;
    char digits[16];
    int64_t v;
    size_t i;

    if (name[0] == '[') {
        snprintf(digits, sizeof digits, "%.*s", (int)strcspn(name + 1, "]"),
                 name + 1);
        if (ir_scan_int(digits, 0, 1000000, &v, NULL) != IR_OK)
            return NULL;
        i = (size_t)v;
        ir_check_path_in(ck, NULL, i + 1);
        if (n == NULL || n->type != IR_NODE_TABLE || i >= n->items_n)
            return NULL;
        *at = n->items[i]->at;
        return n->items[i];
    }
    ir_check_path_in(ck, name, 0);
    f = ir_node_field(n, name);
    if (f == NULL)
        return NULL;
    *at = f->at;
    return f->node;
}

/* Say something about the plan's field `field` beneath node `n`. */
static void
say_at(struct ir_check *ck, bool fatal, const struct ir_node *n,
       const char *field, const char *msg)
{
    struct ir_where at = n != NULL ? n->at : (struct ir_where){ck->file, 1, 0};
    char part[48];
    size_t mark = strlen(ck->path), len;

    while (*field != '\0') {
        if (*field == '.')
            field++;
        len = *field == '[' ? strcspn(field, "]") + 1 : strcspn(field, ".[");
        if (len == 0 || len >= sizeof part || len > strlen(field))
            break;
        memcpy(part, field, len);
        part[len] = '\0';
        field += len;
        n = follow(ck, n, part, &at);
    }
    ir_check_say(ck, fatal, at, "%s", msg);
    ir_check_path_out(ck, mark);
}

static void
on_lint(bool fatal, int step, const char *field, const char *msg, void *arg)
{
    struct lint *l = arg;
    char path[160];

    if (step >= 0) {
        snprintf(path, sizeof path, "steps[%d].%s", step, field);
        field = path;
    }
    say_at(l->ck, fatal, l->root, field, msg);
}

void
ir_graph_check(struct ir_check *ck, const struct ir_unit *u)
{
    struct lint l = {ck, u->root};
    struct ir_plan *p = NULL;
    struct ir_err err;
    size_t len, skip;
    char *json = ir_json_canonical(u->json, &len);
    const char *msg = err.msg;

    if (ir_plan_decode_loose(json, len, &p, &err) == IR_OK) {
        ir_plan_lint(p, on_lint, &l);
        ir_plan_free(p);
    } else {
        skip = strlen(err.field); /* the message begins with the field */
        if (skip > 0 && strncmp(msg, err.field, skip) == 0 &&
            strncmp(msg + skip, ": ", 2) == 0)
            msg += skip + 2;
        say_at(ck, true, u->root, err.field, msg);
    }
    free(json);
}

/* What is known of a runbook while their nesting is looked at. */
struct nest {
    enum { NEST_NEW, NEST_OPEN, NEST_DONE } mark;
    int depth; /* runbooks within runbooks below this one, at most */
};

/* Look into runbook `file`, each one once, and say at the reference that leads
 * there what closes a circle or goes too deep. */
static int
nesting(struct ir_check *ck, struct ir_units *us, struct nest *nests, int file)
{
    struct nest *self = &nests[file];
    size_t i, before;
    int to, depth;

    if (self->mark == NEST_DONE)
        return self->depth;
    self->mark = NEST_OPEN;
    for (i = 0; i < ck->refs_n; i++) {
        const struct ir_ref *ref = &ck->refs[i];

        if (ref->kind != IR_REF_RUNBOOK || ref->file != file)
            continue;
        to = ir_unit_runbook(us, ref->name);
        if (to < 0 || to == file) /* itself: the graph's check says so */
            continue;
        depth =
            nests[to].mark == NEST_OPEN ? -1 : 1 + nesting(ck, us, nests, to);
        ck->file = file;
        snprintf(ck->path, sizeof ck->path, "%s", ref->field);
        before = ck->errors;
        if (depth < 0)
            ir_check_say(ck, true, ref->at,
                         _("a runbook within itself, by way of \"%s\""),
                         us->u[to].name);
        else if (depth == IR_PLAN_NEST_MAX + 1)
            ir_check_say(ck, true, ref->at,
                         _("runbooks within runbooks more than %d deep"),
                         IR_PLAN_NEST_MAX);
        us->u[file].errors += ck->errors - before;
        if (depth > self->depth)
            self->depth = depth;
    }
    self->mark = NEST_DONE;
    return self->depth;
}

void
ir_graph_nesting(struct ir_check *ck, struct ir_units *us)
{
    struct nest *nests = ir_calloc(us->n + 1, sizeof *nests);
    size_t i;

    for (i = 0; i < us->n; i++) {
        if (us->u[i].kind == IR_UNIT_RUNBOOK && us->u[i].done)
            nesting(ck, us, nests, (int)i);
    }
    ck->path[0] = '\0';
    free(nests);
}
