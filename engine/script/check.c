/* check.c: see check.h. Findings, paths and references; the rules' engine is
 * in rule.c. */
#include "script/check.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A harmless copy: messages and fields quote what authors wrote. */
static char *
harmless(const char *s)
{
    struct ir_buf b = {0};

    ir_utf8_escape(&b, s, strlen(s), false);
    return ir_buf_take(&b);
}

static bool
same_finding(const struct ir_finding *f, const char *file, int line,
             const char *field, const char *msg)
{
    return f->line == line && strcmp(f->file, file) == 0 &&
           strcmp(f->field, field) == 0 && strcmp(f->message, msg) == 0;
}

static void
add_finding(struct ir_check *ck, bool fatal, struct ir_where at, char *msg)
{
    const char *file = ck->src->files[at.file].path;
    char *full = msg, *field = harmless(ck->path), *shown;
    size_t i;

    if (at.file != ck->file) {
        if (at.via_line > 0)
            full = ir_asprintf(_("%s (used by %s, line %d)"), msg,
                               ck->src->files[ck->file].path, at.via_line);
        else
            full = ir_asprintf(_("%s (used by %s)"), msg,
                               ck->src->files[ck->file].path);
        free(msg);
    }
    shown = harmless(full);
    free(full);
    for (i = 0; i < ck->found_n; i++) {
        if (same_finding(&ck->found[i], file, at.line, field, shown))
            goto out;
    }
    if (fatal)
        ck->errors++;
    else
        ck->warnings++;
    if (ck->found_n >= IR_FINDINGS_MAX)
        goto out;
    if (ck->found_n == ck->found_cap) {
        ck->found_cap = ck->found_cap ? 2 * ck->found_cap : 32;
        ck->found = ir_realloc(ck->found, ck->found_cap * sizeof *ck->found);
    }
    ck->found[ck->found_n++] = (struct ir_finding){.file = ir_strdup(file),
                                                   .line = at.line,
                                                   .field = field,
                                                   .fatal = fatal,
                                                   .check = ck->check,
                                                   .message = shown};
    return;
out:
    free(field);
    free(shown);
}

static char *
format(const char *fmt, va_list ap)
{
    char msg[IR_ERR_MSG_MAX];

    vsnprintf(msg, sizeof msg, fmt, ap);
    return ir_strdup(msg);
}

void
ir_check_say(struct ir_check *ck, bool fatal, struct ir_where at,
             const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_finding(ck, fatal, at, format(fmt, ap));
    va_end(ap);
}

void
ir_check_say_field(struct ir_check *ck, bool fatal, const struct ir_node *n,
                   const char *name, const char *fmt, ...)
{
    const struct ir_field *f = ir_node_field(n, name);
    size_t mark = ir_check_path_in(ck, name, 0);
    va_list ap;

    va_start(ap, fmt);
    add_finding(ck, fatal, f != NULL ? f->at : n->at, format(fmt, ap));
    va_end(ap);
    ir_check_path_out(ck, mark);
}

size_t
ir_check_path_in(struct ir_check *ck, const char *name, size_t i)
{
    size_t mark = strlen(ck->path), room = sizeof ck->path - mark;

    if (name != NULL)
        snprintf(ck->path + mark, room, "%s%s", mark ? "." : "", name);
    else
        snprintf(ck->path + mark, room, "[%zu]", i);
    return mark;
}

void
ir_check_path_out(struct ir_check *ck, size_t mark)
{
    ck->path[mark] = '\0';
}

void
ir_check_ref(struct ir_check *ck, enum ir_ref_kind kind, const char *name,
             struct ir_where at)
{
    if (ck->refs_n == ck->refs_cap) {
        ck->refs_cap = ck->refs_cap ? 2 * ck->refs_cap : 128;
        ck->refs = ir_realloc(ck->refs, ck->refs_cap * sizeof *ck->refs);
    }
    ck->refs[ck->refs_n++] =
        (struct ir_ref){kind, name, ck->file, at, ir_strdup(ck->path)};
}

const char *
ir_check_nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    int best_d = 3;

    for (; *words != NULL; words++) {
        int d = ir_edit_distance(word, *words);

        if (d < best_d && (size_t)d < strlen(word)) {
            best = *words;
            best_d = d;
        }
    }
    return best;
}

void
ir_check_unknown(struct ir_check *ck, const struct ir_node *n,
                 const char *const *known)
{
    size_t i, k;

    for (i = 0; i < n->fields_n; i++) {
        const char *name = n->fields[i].key, *near;

        for (k = 0; known[k] != NULL && strcmp(known[k], name) != 0; k++)
            ;
        if (known[k] != NULL)
            continue;
        near = ir_check_nearest(name, known);
        if (near != NULL)
            ir_check_say_field(ck, true, n, name,
                               _("unknown field; did you mean \"%s\"?"), near);
        else
            ir_check_say_field(ck, true, n, name, _("unknown field"));
    }
    if (n->odd_keys || n->items_n > 0)
        ir_check_say(ck, true, n->at,
                     _("must hold named fields only, no list items"));
}

bool
ir_node_is_list(const struct ir_node *n)
{
    return n->type == IR_NODE_TABLE && n->fields_n == 0 && !n->odd_keys;
}

const char *
ir_node_what(const struct ir_node *n)
{
    switch (n->type) {
    case IR_NODE_BOOL:
        return n->num ? "true" : "false";
    case IR_NODE_INT:
        return _("a number");
    case IR_NODE_REAL:
        return _("a number with a fraction");
    case IR_NODE_STR:
        return _("a string");
    case IR_NODE_TABLE:
        return _("a table");
    default:
        return _("a function");
    }
}

void
ir_check_done(struct ir_check *ck)
{
    size_t i;

    for (i = 0; i < ck->found_n; i++) {
        free(ck->found[i].file);
        free(ck->found[i].field);
        free(ck->found[i].message);
    }
    for (i = 0; i < ck->refs_n; i++)
        free(ck->refs[i].field);
    free(ck->found);
    free(ck->refs);
    ck->found = NULL;
    ck->refs = NULL;
    ck->found_n = ck->refs_n = ck->found_cap = ck->refs_cap = 0;
}
