/* library.c: see library.h. */
#include "cmd/library.h"

#include "base/i18n.h"
#include "base/json.h"
#include "base/scan.h"

#include <stdlib.h>
#include <string.h>

struct ir_library_manifest {
    uint8_t digest[32];
    struct ir_buf text;
    struct ir_json *json; /* parsed when something wants to see all of it */
    struct ir_library_manifest *next;
};

struct ir_library_object {
    uint8_t digest[32];
    struct ir_json *json; /* or */
    struct ir_plan *plan;
    struct ir_library_object *next;
};

#define ROWS_MAX 8 /* of one list, then all of it is parsed */

struct ir_library_list {
    uint8_t digest[32];
    struct ir_buf text;
    struct {
        char *id;
        struct ir_json *json; /* NULL: there is none */
    } rows[ROWS_MAX];
    size_t n;
    struct ir_library_list *next;
};

void
ir_library_init(struct ir_library *lib, struct ir_store *st)
{
    memset(lib, 0, sizeof *lib);
    lib->st = st;
}

static void
free_all(struct ir_library *lib)
{
    while (lib->manifests != NULL) {
        struct ir_library_manifest *m = lib->manifests;

        lib->manifests = m->next;
        ir_buf_done(&m->text);
        ir_json_free(m->json);
        free(m);
    }
    while (lib->objects != NULL) {
        struct ir_library_object *o = lib->objects;

        lib->objects = o->next;
        ir_json_free(o->json);
        if (o->plan != NULL)
            ir_plan_free(o->plan);
        free(o);
    }
    while (lib->lists != NULL) {
        struct ir_library_list *l = lib->lists;

        lib->lists = l->next;
        while (l->n > 0) {
            free(l->rows[--l->n].id);
            ir_json_free(l->rows[l->n].json);
        }
        ir_buf_done(&l->text);
        free(l);
    }
    memset(lib, 0, sizeof *lib);
}

void
ir_library_done(struct ir_library *lib)
{
    static struct ir_library last;

    free_all(&last);
    last = *lib;
    memset(lib, 0, sizeof *lib);
}

static int
fetch_json(struct ir_library *lib, const uint8_t digest[32],
           struct ir_json **out, struct ir_err *err)
{
    struct ir_buf b = {0};
    int rc = ir_store_object_get(lib->st, digest, &b, err);

    if (rc == IR_OK)
        rc = ir_json_parse(ir_buf_str(&b), b.len, out, err);
    ir_buf_done(&b);
    return rc;
}

/* The manifest's text, fetched once. */
static struct ir_library_manifest *
manifest_text(struct ir_library *lib, const uint8_t digest[32],
              struct ir_err *err)
{
    struct ir_library_manifest *m;
    struct ir_buf text = {0};

    for (m = lib->manifests; m != NULL; m = m->next)
        if (memcmp(m->digest, digest, 32) == 0)
            return m;
    if (ir_store_object_get(lib->st, digest, &text, err) != IR_OK) {
        ir_buf_done(&text);
        return NULL;
    }
    m = ir_calloc(1, sizeof *m);
    memcpy(m->digest, digest, 32);
    m->text = text;
    m->next = lib->manifests;
    lib->manifests = m;
    return m;
}

const struct ir_json *
ir_library_manifest(struct ir_library *lib, const uint8_t manifest[32],
                    struct ir_err *err)
{
    struct ir_library_manifest *m = manifest_text(lib, manifest, err);

    if (m == NULL)
        return NULL;
    if (m->json == NULL && ir_json_parse(ir_buf_str(&m->text), m->text.len,
                                         &m->json, err) != IR_OK)
        return NULL;
    return m->json;
}

/* Find the digest in the text: a manifest names a hundred objects and a
 * command wants three. Canonical JSON has each as {"bytes":N,"digest":"HEX",
 * "name":"NAME","type":"TYPE"}, and a quotation mark inside a string has a
 * backslash before it, so these words stand nowhere else.
 */
static bool
digest_in_text(const struct ir_library_manifest *m, const char *type,
               const char *name, uint8_t digest[32])
{
    static const char before[] = "\"digest\":\"";
    const size_t back = sizeof before - 1 + 64 + 2; /* the digest, "," */
    char *words = ir_asprintf("\"name\":\"%s\",\"type\":\"%s\"}", name, type);
    const char *text = ir_buf_str(&m->text), *at = NULL;
    char hex[65];
    bool found;

    if (name[strcspn(name, "\"\\")] == '\0')
        at = strstr(text, words);
    free(words);
    if (at == NULL || (size_t)(at - text) < back)
        return false;
    memcpy(hex, at - 66, 64);
    hex[64] = '\0';
    found = strncmp(at - back, before, sizeof before - 1) == 0 &&
            strncmp(at - 2, "\",", 2) == 0;
    return found && ir_scan_hex(hex, digest, 32, NULL) == IR_OK;
}

bool
ir_library_has(struct ir_library *lib, const uint8_t manifest[32],
               const char *prefix)
{
    const struct ir_library_manifest *m = manifest_text(lib, manifest, NULL);
    char *words = ir_asprintf("\"name\":\"%s", prefix);
    bool has = m != NULL && strstr(ir_buf_str(&m->text), words) != NULL;

    free(words);
    return has;
}

int
ir_library_digest(struct ir_library *lib, const uint8_t manifest[32],
                  const char *type, const char *name, uint8_t digest[32],
                  struct ir_err *err)
{
    struct ir_err why = {0};
    const struct ir_library_manifest *t = manifest_text(lib, manifest, &why);
    const struct ir_json *m, *list;
    size_t i;

    if (t != NULL && digest_in_text(t, type, name, digest))
        return IR_OK;
    m = t != NULL ? ir_library_manifest(lib, manifest, &why) : NULL;
    if (m == NULL) {
        if (err != NULL)
            *err = why;
        return why.code != 0 ? why.code : IR_ENOTFOUND;
    }
    list = ir_json_get(m, "objects");
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *o = ir_json_at(list, i);

        if (strcmp(ir_json_get_str(o, "type", ""), type) == 0 &&
            strcmp(ir_json_get_str(o, "name", ""), name) == 0)
            return ir_scan_hex(ir_json_get_str(o, "digest", ""), digest, 32,
                               err);
    }
    return ir_fail(err, IR_ENOTFOUND, _("the release holds no %s \"%.60s\""),
                   type, name);
}

static struct ir_library_object *
cached(struct ir_library *lib, const uint8_t digest[32], bool plan)
{
    struct ir_library_object *o;

    for (o = lib->objects; o != NULL; o = o->next)
        if (memcmp(o->digest, digest, 32) == 0 && (o->plan != NULL) == plan)
            return o;
    return NULL;
}

static struct ir_library_object *
keep(struct ir_library *lib, const uint8_t digest[32])
{
    struct ir_library_object *o = ir_calloc(1, sizeof *o);

    memcpy(o->digest, digest, 32);
    o->next = lib->objects;
    lib->objects = o;
    return o;
}

int
ir_library_json(struct ir_library *lib, const uint8_t manifest[32],
                const char *type, const char *name, const struct ir_json **out,
                struct ir_err *err)
{
    struct ir_library_object *o;
    struct ir_json *j = NULL;
    uint8_t digest[32];
    int rc = ir_library_digest(lib, manifest, type, name, digest, err);

    if (rc != IR_OK)
        return rc;
    o = cached(lib, digest, false);
    if (o == NULL) {
        rc = fetch_json(lib, digest, &j, err);
        if (rc != IR_OK)
            return rc;
        o = keep(lib, digest);
        o->json = j;
    }
    *out = o->json;
    return IR_OK;
}

/* The list of that digest, its text fetched once; NULL: it cannot be read. */
static struct ir_library_list *
list_text(struct ir_library *lib, const uint8_t digest[32])
{
    struct ir_library_list *l;
    struct ir_buf text = {0};

    for (l = lib->lists; l != NULL; l = l->next)
        if (memcmp(l->digest, digest, 32) == 0)
            return l;
    if (ir_store_object_get(lib->st, digest, &text, NULL) != IR_OK) {
        ir_buf_done(&text);
        return NULL;
    }
    l = ir_calloc(1, sizeof *l);
    memcpy(l->digest, digest, 32);
    l->text = text;
    l->next = lib->lists;
    lib->lists = l;
    return l;
}

bool
ir_library_row(struct ir_library *lib, const uint8_t manifest[32],
               const char *type, const char *name, const char *id,
               const struct ir_json **row)
{
    struct ir_library_list *l;
    struct ir_json *j = NULL;
    uint8_t digest[32];
    size_t i;

    if (ir_library_digest(lib, manifest, type, name, digest, NULL) != IR_OK ||
        cached(lib, digest, false) != NULL ||
        (l = list_text(lib, digest)) == NULL)
        return false;
    for (i = 0; i < l->n && strcmp(l->rows[i].id, id) != 0; i++)
        ;
    if (i == l->n) {
        if (l->n == ROWS_MAX || ir_json_row(ir_buf_str(&l->text), l->text.len,
                                            id, &j, NULL) != IR_OK)
            return false;
        l->rows[l->n].id = ir_strdup(id);
        l->rows[l->n++].json = j;
    }
    *row = l->rows[i].json;
    return true;
}

static int
plan_by_digest(struct ir_library *lib, const uint8_t digest[32],
               const struct ir_plan **out, struct ir_err *err)
{
    struct ir_library_object *o = cached(lib, digest, true);
    struct ir_plan *plan = NULL;
    struct ir_buf b = {0};
    int rc = IR_OK;

    if (o == NULL) {
        rc = ir_store_object_get(lib->st, digest, &b, err);
        if (rc == IR_OK)
            rc = ir_plan_decode(ir_buf_str(&b), b.len, &plan, err);
        ir_buf_done(&b);
        if (rc != IR_OK)
            return rc;
        o = keep(lib, digest);
        o->plan = plan;
        memcpy(plan->digest, digest, 32);
    }
    *out = o->plan;
    return IR_OK;
}

int
ir_library_plan(struct ir_library *lib, const uint8_t manifest[32],
                const char *name, const struct ir_plan **out,
                struct ir_err *err)
{
    uint8_t digest[32];
    int rc = ir_library_digest(lib, manifest, "plan", name, digest, err);

    return rc == IR_OK ? plan_by_digest(lib, digest, out, err) : rc;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
ir_library_names(struct ir_library *lib, const uint8_t manifest[32],
                 const char *type, const char *prefix, const char ***names,
                 size_t *n, struct ir_err *err)
{
    struct ir_err why = {0};
    const struct ir_json *m = ir_library_manifest(lib, manifest, &why), *list;
    size_t i, len, got = 0;

    if (m == NULL) {
        if (err != NULL)
            *err = why;
        return why.code != 0 ? why.code : IR_ENOTFOUND;
    }
    list = ir_json_get(m, "objects");
    len = ir_json_len(list);
    *names = ir_calloc(len, sizeof(char *));
    for (i = 0; i < len; i++) {
        const struct ir_json *o = ir_json_at(list, i);
        const char *name = ir_json_get_str(o, "name", "");

        if (strcmp(ir_json_get_str(o, "type", ""), type) == 0 &&
            strncmp(name, prefix, strlen(prefix)) == 0)
            (*names)[got++] = name;
    }
    qsort(*names, got, sizeof(char *), by_text);
    *n = got;
    return IR_OK;
}

static const struct ir_plan *
look_digest(const uint8_t digest[32], void *arg)
{
    const struct ir_plan *p = NULL;

    return plan_by_digest(arg, digest, &p, NULL) == IR_OK ? p : NULL;
}

static const struct ir_plan *
look_name(const uint8_t manifest[32], const char *name, void *arg)
{
    const struct ir_plan *p = NULL;

    return ir_library_plan(arg, manifest, name, &p, NULL) == IR_OK ? p : NULL;
}

static const struct ir_json *
look_object(const uint8_t manifest[32], const char *type, const char *name,
            void *arg)
{
    const struct ir_json *j = NULL;

    if (name[0] == '\0') /* there is one of these, named like its type */
        name = type;
    return ir_library_json(arg, manifest, type, name, &j, NULL) == IR_OK ? j
                                                                         : NULL;
}

struct ir_lookup
ir_library_lookup(struct ir_library *lib)
{
    struct ir_lookup l = {look_digest, look_name, look_object, lib};

    return l;
}
