/* contacts.c: what core finds in the contacts, at their lines; see unit.h. */
#include "base/scan.h"
#include "core/contact_lint.h"
#include "script/unit.h"

#include <stdio.h>
#include <string.h>

struct place {
    struct ir_check *ck;
    const struct ir_node *root;
};

/* Follow "levels[2][1]" below `n`, names into ck->path; *at where it ends. */
static void
follow(struct ir_check *ck, const struct ir_node *n, const char *field,
       struct ir_where *at)
{
    char name[40];
    size_t i = 0;

    while (field[i] != '\0' && field[i] != '[' && i + 1 < sizeof name) {
        name[i] = field[i];
        i++;
    }
    name[i] = '\0';
    if (i > 0) {
        const struct ir_field *f = ir_node_field(n, name);

        ir_check_path_in(ck, name, 0);
        n = f != NULL ? f->node : NULL;
        if (f != NULL)
            *at = f->at;
    }
    while (field[i] == '[') {
        size_t len = strcspn(field + i + 1, "]");
        int64_t v = 0;

        snprintf(name, sizeof name, "%.*s", (int)len, field + i + 1);
        i += len + 2;
        if (ir_scan_int(name, 1, 100000, &v, NULL) != IR_OK)
            break;
        ir_check_path_in(ck, NULL, (size_t)v);
        n = n != NULL && (size_t)v <= n->items_n ? n->items[v - 1] : NULL;
        if (n != NULL)
            *at = n->at;
    }
}

static void
on_found(const struct ir_contact_finding *f, void *arg)
{
    struct place *p = arg;
    struct ir_check *ck = p->ck;
    const struct ir_field *list = ir_node_field(p->root, f->list);
    const struct ir_node *row = NULL;
    struct ir_where at = list != NULL ? list->at : p->root->at;
    size_t mark;

    if (f->level == IR_CONTACT_NOTE)
        return;
    mark = ir_check_path_in(ck, f->list, 0);
    if (list != NULL && f->item >= 0 && (size_t)f->item < list->node->items_n) {
        row = list->node->items[f->item];
        at = row->at;
        ir_check_path_in(ck, NULL, (size_t)f->item + 1);
    }
    follow(ck, row, f->field, &at);
    ck->check = f->check;
    ir_check_say(ck, f->level == IR_CONTACT_ERROR, at, "%s%s%s", f->id,
                 f->id[0] != '\0' ? ": " : "", f->message);
    ck->check = NULL;
    ir_check_path_out(ck, mark);
}

void
ir_contacts_check(struct ir_check *ck, struct ir_units *us)
{
    struct place p = {ck, NULL};
    size_t i, before;

    for (i = 0; i < us->n; i++) {
        struct ir_unit *u = &us->u[i];

        if (u->kind != IR_UNIT_CONTACTS || u->root == NULL || u->json == NULL ||
            u->errors > 0)
            continue;
        ck->file = (int)i;
        ck->path[0] = '\0';
        p.root = u->root;
        before = ck->errors;
        ir_contact_lint(u->json, 0, on_found, &p);
        u->errors += ck->errors - before;
    }
    ck->path[0] = '\0';
}
