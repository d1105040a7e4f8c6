/* vm_tree.c: from the table a file returned to plain data with places. Only
 * raw accesses: no metamethod of a file is ever called. */
#include "base/i18n.h"
#include "script/vm_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    struct ir_vm *vm;
    lua_State *L;
    const void *above[IR_VM_DEPTH_MAX]; /* tables around this one */
    char path[80];                      /* "steps[3].say", for messages */
};

/* Where a table was written, as note_place put it down. */
struct place {
    bool known;
    int file;
    const struct ir_ctor *ctor;
    int via;
};

/* Stop with a message about a place. */
static void
stop(struct walk *w, struct ir_where at, const char *msg)
{
    w->vm->placed = true;
    w->vm->ve->at = at;
    snprintf(w->vm->ve->field, sizeof w->vm->ve->field, "%s", w->path);
    snprintf(w->vm->ve->msg, sizeof w->vm->ve->msg, "%s", msg);
    luaL_error(w->L, "tree");
}

static struct place
place_of(struct walk *w, int idx)
{
    struct place p = {false, 0, NULL, 0};
    lua_Integer v;

    lua_getfield(w->L, LUA_REGISTRYINDEX, IR_VM_PLACES);
    lua_pushvalue(w->L, idx);
    if (lua_rawget(w->L, -2) == LUA_TNUMBER) {
        v = lua_tointeger(w->L, -1);
        p.known = true;
        p.file = (int)(v >> 48);
        p.ctor = &w->vm->src->files[p.file].lexed.ctors[v >> 20 & 0xFFFFFFF];
        p.via = (int)(v & 0xFFFFF);
    }
    lua_pop(w->L, 2);
    return p;
}

/* Where a field of a table stands. What a library put into a table by
 * assignment stands where the evaluated file called that library. */
static struct ir_where
where_field(const struct walk *w, const struct place *p, struct ir_where self,
            const char *key, size_t item)
{
    int line = p->known ? ir_ctor_line(p->ctor, key, item) : 0;

    if (line > 0)
        return (struct ir_where){p->file, line,
                                 p->file == w->vm->file ? 0 : p->via};
    if (p->known && p->file != w->vm->file && p->via > 0)
        return (struct ir_where){w->vm->file, p->via, 0};
    return self;
}

static struct ir_where
where_table(const struct walk *w, const struct place *p, struct ir_where dflt)
{
    if (!p->known)
        return dflt;
    if (p->file != w->vm->file && p->via > 0 && p->ctor->n == 0)
        return (struct ir_where){w->vm->file, p->via, 0};
    return (struct ir_where){p->file, p->ctor->line,
                             p->file == w->vm->file ? 0 : p->via};
}

static int
by_key(const void *a, const void *b)
{
    return strcmp(((const struct ir_field *)a)->key,
                  ((const struct ir_field *)b)->key);
}

static struct ir_node *convert(struct walk *w, int depth, struct ir_where at);

static void
convert_items(struct walk *w, struct ir_node *n, const struct place *p,
              int depth)
{
    size_t len = (size_t)lua_rawlen(w->L, -1), i, plen = strlen(w->path);

    if (len > w->vm->limits->nodes)
        stop(w, n->at, _("holds too many values"));
    n->items = ir_arena_get(w->vm->arena, (len + 1) * sizeof *n->items);
    for (i = 1; i <= len; i++) {
        if (lua_rawgeti(w->L, -1, (lua_Integer)i) == LUA_TNIL) {
            n->odd_keys = true;
        } else {
            snprintf(w->path + plen, sizeof w->path - plen, "[%zu]", i);
            n->items[n->items_n++] =
                convert(w, depth, where_field(w, p, n->at, NULL, i));
            w->path[plen] = '\0';
        }
        lua_pop(w->L, 1);
    }
}

static void
convert_fields(struct walk *w, struct ir_node *n, const struct place *p,
               int depth)
{
    size_t count = 0, len, plen = strlen(w->path);
    lua_Integer items = (lua_Integer)lua_rawlen(w->L, -1);

    for (lua_pushnil(w->L); lua_next(w->L, -2); lua_pop(w->L, 1))
        count++;
    if (count > w->vm->limits->nodes)
        stop(w, n->at, _("holds too many values"));
    n->fields = ir_arena_get(w->vm->arena, (count + 1) * sizeof *n->fields);
    for (lua_pushnil(w->L); lua_next(w->L, -2); lua_pop(w->L, 1)) {
        struct ir_field *f = &n->fields[n->fields_n];
        const char *key;
        char *copy;

        if (lua_type(w->L, -2) != LUA_TSTRING) {
            if (!lua_isinteger(w->L, -2) || lua_tointeger(w->L, -2) < 1 ||
                lua_tointeger(w->L, -2) > items)
                n->odd_keys = true;
            continue;
        }
        key = lua_tolstring(w->L, -2, &len);
        if (strlen(key) != len || len > 80) {
            n->odd_keys = true;
            continue;
        }
        copy = ir_arena_get(w->vm->arena, len + 1);
        memcpy(copy, key, len);
        f->key = copy;
        f->at = where_field(w, p, n->at, copy, 0);
        snprintf(w->path + plen, sizeof w->path - plen, "%s%s", plen ? "." : "",
                 copy);
        f->node = convert(w, depth, f->at);
        w->path[plen] = '\0';
        n->fields_n++;
    }
    if (n->fields_n > 1)
        qsort(n->fields, n->fields_n, sizeof *n->fields, by_key);
}

static void
convert_table(struct walk *w, struct ir_node *n, int depth)
{
    struct place p = place_of(w, lua_gettop(w->L));
    const void *self = lua_topointer(w->L, -1);
    int i;

    n->type = IR_NODE_TABLE;
    n->at = where_table(w, &p, n->at);
    for (i = 0; i < depth; i++) {
        if (w->above[i] == self)
            stop(w, n->at, _("a table holds itself"));
    }
    if (depth == IR_VM_DEPTH_MAX)
        stop(w, n->at, _("tables are nested too deeply"));
    w->above[depth] = self;
    luaL_checkstack(w->L, 8, NULL);
    convert_items(w, n, &p, depth + 1);
    convert_fields(w, n, &p, depth + 1);
}

/* The value at the top of the stack. [-0, +0, e] */
static struct ir_node *
convert(struct walk *w, int depth, struct ir_where at)
{
    struct ir_node *n = ir_arena_get(w->vm->arena, sizeof *n);
    lua_Integer whole;
    const char *s;
    char *copy;

    n->at = at;
    if (++w->vm->nodes > w->vm->limits->nodes ||
        ir_arena_used(w->vm->arena) - w->vm->arena_used > w->vm->limits->tree)
        stop(w, at, _("holds too many values"));
    switch (lua_type(w->L, -1)) {
    case LUA_TBOOLEAN:
        n->type = IR_NODE_BOOL;
        n->num = lua_toboolean(w->L, -1);
        break;
    case LUA_TNUMBER:
        n->type = IR_NODE_REAL;
        if (lua_isinteger(w->L, -1)) {
            n->type = IR_NODE_INT;
            n->num = lua_tointeger(w->L, -1);
        } else if (lua_numbertointeger(lua_tonumber(w->L, -1), &whole) &&
                   (lua_Number)whole == lua_tonumber(w->L, -1)) {
            n->type = IR_NODE_INT;
            n->num = whole;
        }
        break;
    case LUA_TSTRING:
        n->type = IR_NODE_STR;
        s = lua_tolstring(w->L, -1, &n->len);
        if (n->len > w->vm->limits->tree)
            stop(w, at, _("holds too many values"));
        copy = ir_arena_get(w->vm->arena, n->len + 1);
        memcpy(copy, s, n->len);
        n->str = copy;
        break;
    case LUA_TTABLE:
        convert_table(w, n, depth);
        break;
    default:
        n->type = IR_NODE_OTHER;
    }
    return n;
}

void
ir_vm_tree(lua_State *L)
{
    struct ir_vm *vm = ir_vm_of(L);
    struct walk w = {.vm = vm, .L = L};
    struct ir_where at = {vm->file, 1, 0};

    vm->root = convert(&w, 0, at);
}
