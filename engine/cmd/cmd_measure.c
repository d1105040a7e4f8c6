/* cmd_measure.c: `ir measure`, `clock`, `service`, `exception`: statements
 * about how things stand.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/effect.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

/* A moment to come: a duration from now ("24h") or a moment. */
static int
parse_due(struct ir_ctx *c, const char *text, int64_t *ms)
{
    struct ir_now now;
    int64_t secs = 0;
    int prec = 0;

    ir_clock_now(&now);
    if (ir_duration_parse(text, strlen(text), &secs, NULL) == IR_OK) {
        *ms = now.wall_ms + secs * 1000;
        return IR_OK;
    }
    return ir_time_parse(text, now.wall_ms, ms, &prec, &c->err);
}

int
ir_cmd_measure_start(struct ir_ctx *c, int argc, char **argv)
{
    const char *owner = NULL, *review = NULL;
    const struct ir_opt opts[] = {{"owner", 0, &owner, NULL, NULL, NULL},
                                  {"review", 0, &review, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *joined = NULL;
    int64_t due = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 1, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "measure start", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK && review != NULL)
        rc = parse_due(c, review, &due);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_MEASURE);
        ir_bodyw_text(&d->body, 1, argv[1]);
        ir_bodyw_uint(&d->body, 2, 1);
        ir_bodyw_text(&d->body, 3, owner);
        if (due > 0)
            ir_bodyw_uint(&d->body, 4, (uint64_t)due);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(joined);
    ir_case_done(&k);
    return rc;
}

/* The measure an id's beginning names, among those of the incident. */
static int
find_measure(struct ir_ctx *c, const struct ir_case *k, const char *hex,
             const struct ir_imeasure **out)
{
    char id[2 * IR_ID_BYTES + 1];
    size_t i, hits = 0;

    for (i = 0; i < k->inc->measures_n; i++) {
        ir_hex(k->inc->measures[i].entry, IR_ID_BYTES, id);
        if (strncmp(id, hex, strlen(hex)) == 0) {
            *out = &k->inc->measures[i];
            hits++;
        }
    }
    if (hits == 1)
        return IR_OK;
    ir_fail(&c->err, hits == 0 ? IR_ENOTFOUND : IR_EUSAGE,
            hits == 0 ? _("no measure begins with %.64s")
                      : _("several measures begin with %.64s"),
            hex);
    ir_err_hint(&c->err, "ir measure list");
    return hits == 0 ? IR_ENOTFOUND : IR_EUSAGE;
}

/* `review`, `lift`, `permanent`: about a measure that was begun. */
static int
about_measure(struct ir_ctx *c, int argc, char **argv, uint64_t op, int words,
              const char *command)
{
    const char *owner = NULL, *review = NULL;
    const struct ir_opt opts[] = {{"owner", 0, &owner, NULL, NULL, NULL},
                                  {"review", 0, &review, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_imeasure *m = NULL;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *joined = NULL;
    int64_t due = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, words, 2, command, &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = find_measure(c, &k, argv[1], &m);
    if (rc == IR_OK && review != NULL)
        rc = parse_due(c, review, &due);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_MEASURE);
        ir_bodyw_text(&d->body, 1, n > 1 ? argv[2] : m->text);
        ir_bodyw_uint(&d->body, 2, op);
        ir_bodyw_text(&d->body, 3, owner);
        if (due > 0)
            ir_bodyw_uint(&d->body, 4, (uint64_t)due);
        memcpy(d->refs[0], m->entry, IR_ID_BYTES);
        d->refs_n = 1;
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(joined);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_measure_review(struct ir_ctx *c, int argc, char **argv)
{
    return about_measure(c, argc, argv, 2, 1, "measure review");
}

int
ir_cmd_measure_lift(struct ir_ctx *c, int argc, char **argv)
{
    return about_measure(c, argc, argv, 3, 1, "measure lift");
}

int
ir_cmd_measure_permanent(struct ir_ctx *c, int argc, char **argv)
{
    return about_measure(c, argc, argv, 4, 2, "measure permanent");
}

/* The clock a word means: a name of the incident, or its unique end. */
static int
find_clock(struct ir_ctx *c, const struct ir_case *k, const char *name,
           const char **out)
{
    const struct ir_json *list = ir_json_get(k->site, "deadlines");
    size_t i, hits = 0, len = strlen(name);

    for (i = 0; i < k->inc->clocks_n; i++) {
        const char *full = k->inc->clocks[i].name;
        size_t flen = strlen(full);

        if (strcmp(full, name) == 0) {
            *out = full;
            return IR_OK;
        }
        if (flen > len && full[flen - len - 1] == '/' &&
            strcmp(full + flen - len, name) == 0) {
            *out = full;
            hits++;
        }
    }
    if (hits == 1)
        return IR_OK;
    for (i = 0; i < ir_json_len(list) && hits == 0; i++)
        if (strcmp(ir_json_get_str(ir_json_at(list, i), "id", ""), name) == 0) {
            *out = name; /* a deadline of the site not in this plan */
            return IR_OK;
        }
    ir_fail(&c->err, hits == 0 ? IR_ENOTFOUND : IR_EUSAGE,
            hits == 0 ? _("no clock is called \"%.60s\"")
                      : _("several clocks end with \"%.60s\""),
            name);
    ir_err_hint(&c->err, "ir clock list");
    return hits == 0 ? IR_ENOTFOUND : IR_EUSAGE;
}

static int
state_clock(struct ir_ctx *c, int argc, char **argv, const char *op,
            bool needs_reason, const char *command)
{
    const char *from = NULL, *reason = NULL, *at = NULL, *name = NULL;
    const struct ir_opt opts[] = {{"from", 0, &from, NULL, NULL, NULL},
                                  {"at", 0, &at, NULL, NULL, NULL},
                                  {"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, command, &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = find_clock(c, &k, argv[1], &name);
    if (rc == IR_OK && needs_reason)
        rc = ir_reason(c, reason, IR_WHY_DECISION, &why);
    if (rc == IR_OK)
        rc = ir_effect_clock(c, &k, name, op, from != NULL ? from : at,
                             why != NULL ? why : reason, &b);
    if (rc == IR_OK && at != NULL)
        rc = ir_draft_at(c, &b.d[0], at);
    if (rc == IR_OK)
        rc = ir_batch_record(c, &k, &b, NULL);
    else
        ir_batch_done(&b);
    free(why);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_clock_start(struct ir_ctx *c, int argc, char **argv)
{
    return state_clock(c, argc, argv, "start", false, "clock start");
}

int
ir_cmd_clock_met(struct ir_ctx *c, int argc, char **argv)
{
    return state_clock(c, argc, argv, "met", false, "clock met");
}

int
ir_cmd_clock_stop(struct ir_ctx *c, int argc, char **argv)
{
    return state_clock(c, argc, argv, "stop", true, "clock stop");
}

int
ir_cmd_clock_undecided(struct ir_ctx *c, int argc, char **argv)
{
    return state_clock(c, argc, argv, "undecided", false, "clock undecided");
}

/* "displays" or "flight-information/displays" of a system in the incident. */
static int
check_operation(struct ir_ctx *c, const struct ir_case *k, const char *name)
{
    const char *slash = strchr(name, '/');
    const char *op = slash != NULL ? slash + 1 : name;
    struct ir_buf all = {0};
    size_t i, j;

    for (i = 0; i < k->inc->instances_n; i++) {
        const struct ir_json *sys = NULL, *ops;

        if (k->inc->instances[i].system == NULL ||
            ir_library_json(&c->lib, k->inc->manifest, "system",
                            k->inc->instances[i].system, &sys, NULL) != IR_OK)
            continue;
        ops = ir_json_get(sys, "operations");
        for (j = 0; j < ir_json_len(ops); j++) {
            const char *id = ir_json_get_str(ir_json_at(ops, j), "id", "");

            if (strcmp(id, op) == 0) {
                ir_buf_done(&all);
                return IR_OK;
            }
            ir_buf_addf(&all, "%s%s", all.len > 0 ? ", " : "", id);
        }
    }
    ir_fail(&c->err, IR_ENOTFOUND,
            _("no operation of this incident is called \"%.60s\""), name);
    ir_err_hint(&c->err, _("there is: %s"), ir_buf_str(&all));
    ir_buf_done(&all);
    return IR_ENOTFOUND;
}

int
ir_cmd_service(struct ir_ctx *c, int argc, char **argv)
{
    const char *at = NULL, *basis = NULL;
    const struct ir_opt opts[] = {{"at", 0, &at, NULL, NULL, NULL},
                                  {"basis", 0, &basis, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    int64_t level = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "service", &c->err);
    if (rc == IR_OK && argv[2][0] != '\0' &&
        argv[2][strlen(argv[2]) - 1] == '%')
        argv[2][strlen(argv[2]) - 1] = '\0';
    if (rc == IR_OK)
        rc = ir_scan_int(argv[2], 0, 100, &level, &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = check_operation(c, &k, argv[1]);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_SERVICE);
        ir_bodyw_text(&d->body, 1, argv[1]);
        ir_bodyw_uint(&d->body, 2, (uint64_t)level);
        ir_bodyw_text(&d->body, 3, basis);
        rc = ir_draft_at(c, d, at);
        if (rc == IR_OK)
            rc = ir_batch_record(c, &k, &b, NULL);
        else
            ir_batch_done(&b);
    }
    ir_case_done(&k);
    return rc;
}

static int
find_exception(struct ir_ctx *c, const struct ir_case *k, const char *hex,
               const struct ir_iexception **out)
{
    char id[2 * IR_ID_BYTES + 1];
    size_t i, hits = 0;

    for (i = 0; i < k->inc->exceptions_n; i++) {
        ir_hex(k->inc->exceptions[i].entry, IR_ID_BYTES, id);
        if (strncmp(id, hex, strlen(hex)) == 0) {
            *out = &k->inc->exceptions[i];
            hits++;
        }
    }
    if (hits == 1)
        return IR_OK;
    ir_fail(&c->err, hits == 0 ? IR_ENOTFOUND : IR_EUSAGE,
            _("which exception? %.64s names %zu"), hex, hits);
    ir_err_hint(&c->err, "ir exception list");
    return hits == 0 ? IR_ENOTFOUND : IR_EUSAGE;
}

int
ir_cmd_exception_approve(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_iexception *x = NULL;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "exception approve", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    if (rc == IR_OK)
        rc = find_exception(c, &k, argv[1], &x);
    if (rc == IR_OK && x->by == c->me && !ir_trust_is_alone(&c->trust, c->me)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("this exception is your own: somebody else reviews "
                       "it"));
        ir_err_hint(&c->err, _("ir --as NAME exception approve %.8s"), argv[1]);
    }
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_APPROVAL);
        ir_bodyw_uint(&d->body, 1, 1);
        ir_bodyw_bytes(&d->body, 2, x->entry, IR_ID_BYTES);
        ir_bodyw_text(&d->body, 3, reason);
        memcpy(d->refs[0], x->entry, IR_ID_BYTES);
        d->refs_n = 1;
        rc = ir_batch_record(c, &k, &b, NULL);
        if (rc == IR_OK)
            rc = ir_ctx_trust(c); /* who was alone is told from lane T */
    }
    ir_case_done(&k);
    return rc;
}
