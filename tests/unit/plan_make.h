/* plan_make.h: plans for tests, written short: ' stands for ", and T for a
 * text in both languages.
 */
#ifndef PLAN_MAKE_H
#define PLAN_MAKE_H

#include "base/buf.h"
#include "core/plan.h"

/* cmocka.h wants the others before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#define T "{'en':'e','ja':'j'}"
#define STEP(id, more) "{'id':'" id "','title':" T ",'say':" T "" more "}"

/* JSON with ' for ".
 *
 * Owns:   the caller frees with free().
 */
static inline char *
plan_quote(const char *s)
{
    char *out = ir_strdup(s), *p;

    for (p = out; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    return out;
}

/* A recovery plan with these steps and other members ("'vars':{...},").
 *
 * Owns:   the caller frees with free().
 */
static inline char *
plan_json(const char *more, const char *steps)
{
    char *raw = ir_asprintf("{'api':1,'id':'a/b','kind':'recovery',"
                            "'title':" T ",%s'steps':[%s]}",
                            more, steps);
    char *json = plan_quote(raw);

    free(raw);
    return json;
}

/* The same, decoded; NULL when it was refused.
 *
 * Owns:   the caller's, ir_plan_free.
 */
static inline struct ir_plan *
plan_make(const char *more, const char *steps, struct ir_err *err)
{
    struct ir_plan *p = NULL;
    char *json = plan_json(more, steps);

    if (ir_plan_decode(json, strlen(json), &p, err) != IR_OK)
        p = NULL;
    free(json);
    return p;
}

#endif
