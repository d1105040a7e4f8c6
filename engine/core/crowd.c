/* crowd.c: see crowd.h. */
#include "core/crowd.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "base/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned
part_of(const char *id)
{
    uint8_t hash[IR_HASH_BYTES];

    ir_sha256(id, strlen(id), hash);
    return hash[0] >> 2;
}

void
ir_crowd_name(const char *id, char name[IR_CROWD_NAME])
{
    snprintf(name, IR_CROWD_NAME, "people-%02x", part_of(id) & 0x3FU);
}

bool
ir_crowd_is(const char *name)
{
    return strncmp(name, IR_CROWD_PREFIX, sizeof IR_CROWD_PREFIX - 1) == 0 &&
           strlen(name) == IR_CROWD_NAME - 1;
}

static void
note_all(struct ir_index *named, const struct ir_json *words)
{
    size_t i;

    for (i = 0; i < ir_json_len(words); i++) {
        const char *word = ir_json_str(ir_json_at(words, i));

        if (word != NULL)
            (void)ir_index_put(named, word, i);
    }
}

/* Whom roles and trees name: those are asked for in a response. */
static void
find_named(const struct ir_json *contacts, struct ir_index *named)
{
    const struct ir_json *roles = ir_json_get(contacts, "roles");
    const struct ir_json *trees = ir_json_get(contacts, "trees");
    size_t i, k;

    for (i = 0; i < ir_json_len(roles); i++)
        note_all(named, ir_json_get(ir_json_at(roles, i), "holders"));
    for (i = 0; i < ir_json_len(trees); i++) {
        const struct ir_json *levels =
            ir_json_get(ir_json_at(trees, i), "levels");

        for (k = 0; k < ir_json_len(levels); k++)
            note_all(named, ir_json_at(levels, k));
    }
}

void
ir_crowd_part(const struct ir_json *contacts,
              void (*give)(const char *name, const struct ir_json *list,
                           void *arg),
              void *arg)
{
    const struct ir_json *people = ir_json_get(contacts, "people");
    struct ir_json *part[IR_CROWD_PARTS] = {NULL}, *near;
    struct ir_index named = {0};
    char name[IR_CROWD_NAME];
    size_t i, at, n = ir_json_len(people);

    if (n <= IR_CROWD_FROM) {
        give("people", people, arg);
        return;
    }
    find_named(contacts, &named);
    near = ir_json_new_arr();
    for (i = 0; i < n; i++) {
        const struct ir_json *row = ir_json_at(people, i);
        const char *id = ir_json_get_str(row, "id", "");
        unsigned k = part_of(id) & 0x3FU;

        if (ir_index_get(&named, id, &at)) {
            ir_json_add_same(near, row);
            continue;
        }
        if (part[k] == NULL)
            part[k] = ir_json_new_arr();
        ir_json_add_same(part[k], row);
    }
    give("people", near, arg);
    for (i = 0; i < IR_CROWD_PARTS; i++) {
        snprintf(name, sizeof name, "people-%02x", (unsigned)i & 0x3FU);
        if (part[i] != NULL)
            give(name, part[i], arg);
        ir_json_free(part[i]);
    }
    ir_json_free(near);
    ir_index_done(&named);
}

static int
by_id(const void *a, const void *b)
{
    return strcmp(ir_json_get_str(*(const struct ir_json *const *)a, "id", ""),
                  ir_json_get_str(*(const struct ir_json *const *)b, "id", ""));
}

struct ir_json *
ir_crowd_join(const struct ir_json *const *parts, size_t n)
{
    struct ir_json *out = ir_json_new_arr();
    const struct ir_json **rows;
    size_t i, k, all = 0, rows_n = 0;

    for (i = 1; i < n; i++)
        all += ir_json_len(parts[i]);
    rows = ir_calloc(all + 1, sizeof(struct ir_json *));
    for (i = 1; i < n; i++)
        for (k = 0; k < ir_json_len(parts[i]); k++)
            rows[rows_n++] = ir_json_at(parts[i], k);
    qsort(rows, rows_n, sizeof(struct ir_json *), by_id);
    for (i = 0; n > 0 && i < ir_json_len(parts[0]); i++)
        ir_json_add_same(out, ir_json_at(parts[0], i));
    for (i = 0; i < rows_n; i++)
        ir_json_add_same(out, rows[i]);
    free(rows);
    return out;
}
