/* test_view_update.c: who is told next and how late, as status, list and the
 * line above a screen say it, in both languages at 80 and 40 columns.
 */
#include "view/update.h"
#include "view_make.h"

#define N 5

struct set {
    struct ir_alert a[2];
    struct ir_valert r[2];
    struct ir_json *of[N];
    int64_t told[3];
    struct ir_vupdate u[N];
};

static struct ir_json *
audience(const char *en, const char *ja)
{
    struct ir_json *j = ir_json_new_obj();
    struct ir_json *t = ir_json_set_take(j, "title", ir_json_new_obj());

    ir_json_set_str(t, "en", en);
    ir_json_set_str(t, "ja", ja);
    return j;
}

static void
set_init(struct set *s, int64_t now)
{
    size_t i;

    memset(s, 0, sizeof *s);
    for (i = 0; i < 2; i++) {
        s->a[i].id[0] = (uint8_t)(0x5c + i);
        s->a[i].text = (char *)(uintptr_t) "Shown: nothing";
        s->a[i].state = i == 0 ? IR_ALERT_WAITING : IR_ALERT_OUT;
        s->a[i].by = 1;
        s->r[i].a = &s->a[i];
        s->r[i].releases = "spokesperson";
        s->r[i].release = i == 0 ? IR_RELEASE_MINE : IR_RELEASE_DONE;
    }
    s->of[0] = audience("Passengers and visitors", "旅客・来港者");
    s->of[1] = audience("Airlines and handlers", "航空会社・地上取扱会社");
    s->of[2] = audience("Media", "報道機関");
    s->of[3] = audience("All staff", "全社員");
    s->of[4] = audience("Customs, immigration, quarantine, airport police",
                        "税関・入管・検疫・空港警察");
    s->told[0] = now - 65 * MIN;
    s->told[1] = now - 25 * MIN;
    s->told[2] = now - 16 * MIN;
    s->u[0] = (struct ir_vupdate){.id = "passengers",
                                  .outside = true,
                                  .told = s->told,
                                  .told_n = 2,
                                  .every_ms = 20 * MIN,
                                  .pending = &s->r[0],
                                  .r = {.last_ms = now - 25 * MIN,
                                        .due_ms = now - 5 * MIN,
                                        .late_ms = 5 * MIN,
                                        .late_n = 2}};
    s->u[1] = (struct ir_vupdate){
        .id = "airlines",
        .outside = true,
        .told = s->told,
        .told_n = 3,
        .every_ms = 20 * MIN,
        .untold = &s->r[1],
        .r = {.last_ms = now - 16 * MIN, .due_ms = now + 4 * MIN}};
    s->u[2] = (struct ir_vupdate){
        .id = "media",
        .outside = true,
        .by_hand = true,
        .untold = &s->r[1],
        .r = {.due_ms = now - 65 * MIN, .late_ms = 65 * MIN, .late_n = 1}};
    s->u[3] = (struct ir_vupdate){
        .id = "staff",
        .told = s->told,
        .told_n = 1,
        .r = {.last_ms = now - 65 * MIN, .due_ms = now + 30 * MIN}};
    s->u[4] = (struct ir_vupdate){.id = "airport-agencies",
                                  .told = s->told,
                                  .told_n = 1,
                                  .r = {.last_ms = now - 65 * MIN}};
    for (i = 0; i < N; i++)
        s->u[i].of = s->of[i];
}

static void
set_done(struct set *s)
{
    size_t i;

    for (i = 0; i < N; i++)
        ir_json_free(s->of[i]);
}

static void
draw(struct fixture *f, struct ir_buf *out)
{
    struct set s;

    set_init(&s, f->v.now_ms);
    ir_view_updates_banner(&f->v, s.u, N, out);
    ir_buf_adds(out, "--\n");
    ir_view_updates_banner(&f->v, s.u + 3, 2, out);
    ir_buf_adds(out, "--\n");
    ir_view_updates_banner(&f->v, s.u + 1, 1, out);
    ir_buf_adds(out, "--\n");
    ir_view_updates_status(&f->v, s.u, N, out);
    ir_buf_adds(out, "--\n");
    ir_view_updates(&f->v, s.u, N, out);
    ir_buf_adds(out, "--\n");
    ir_view_updates(&f->v, s.u, 0, out);
    set_done(&s);
}

static void
test_screens(void **state)
{
    (void)state;
    screens("updates", draw);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
