/* fuzz_plan.c: plans from anybody; and what is accepted must hold together:
 * its flow comes to an end by skipping, its texts expand.
 */
#include "core/flow.h"
#include "core/plan.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char *
get(const char *name, void *arg)
{
    (void)arg;
    return name[0] == 'h' ? "FS1" : NULL;
}

/* Skip the first open step until none is open. */
static void
skip_through(const struct ir_plan *p)
{
    struct ir_flow_fact facts[IR_PLAN_STEPS_MAX];
    struct ir_cond_env env = {0};
    struct ir_pgraph g;
    size_t n = 0;
    int64_t ms;

    ir_pgraph_init(p, &g);
    MUST(!g.cyclic);
    for (;;) {
        struct ir_flow_in in = {&g, facts, n, 1, &env, NULL, NULL};
        struct ir_flow_step *s = NULL;
        bool over;
        size_t k;
        int i;

        ir_flow_run(&in, &s);
        over = ir_flow_over(s, g.n, &ms);
        for (i = 0; !over && i < g.n; i++)
            if (s[i].state == IR_STEP_READY && !s[i].optional)
                break;
        ir_flow_free(s, g.n);
        if (over)
            break;
        MUST(i < g.n && n < (size_t)g.n);
        for (k = n++; k > 0 && facts[k - 1].step > i; k--)
            facts[k] = facts[k - 1];
        memset(&facts[k], 0, sizeof facts[k]);
        facts[k].step = i;
        facts[k].iteration = 1;
        facts[k].state = IR_STEP_SKIPPED;
        facts[k].option = -1;
        facts[k].seq = n;
    }
    ir_pgraph_done(&g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_err err = {0};
    struct ir_plan *p = NULL;
    size_t i;

    if (ir_plan_decode((const char *)data, size, &p, &err) != IR_OK) {
        MUST(p == NULL && err.msg[0] != '\0');
        return 0;
    }
    for (i = 0; i < p->steps_n; i++)
        if (p->steps[i].say.en != NULL)
            free(ir_plan_expand(p->steps[i].say.en, get, NULL));
    skip_through(p);
    ir_plan_free(p);
    return 0;
}
