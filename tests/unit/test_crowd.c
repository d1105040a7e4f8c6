/* test_crowd.c: very many people in parts, and places by name (base/index.h).
 */
#include "base/buf.h"
#include "base/index.h"
#include "core/crowd.h"
#include "unit.h"

struct parts {
    size_t parts_n, near_n;
    const struct ir_json *kept[1 + IR_CROWD_PARTS];
    struct ir_json *copy[1 + IR_CROWD_PARTS];
    size_t n;
};

static struct ir_json *
contacts(size_t people)
{
    struct ir_json *j = ir_json_new_obj(), *list, *roles, *o;
    size_t i;

    list = ir_json_set_take(j, "people", ir_json_new_arr());
    for (i = 0; i < people; i++) {
        char *id = ir_asprintf("p%zu", i);

        o = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_str(o, "id", id);
        free(id);
    }
    roles = ir_json_set_take(j, "roles", ir_json_new_arr());
    o = ir_json_add_take(roles, ir_json_new_obj());
    ir_json_add_str(ir_json_set_take(o, "holders", ir_json_new_arr()), "p7");
    o = ir_json_set_take(j, "trees", ir_json_new_arr());
    o = ir_json_add_take(o, ir_json_new_obj());
    o = ir_json_set_take(o, "levels", ir_json_new_arr());
    ir_json_add_str(ir_json_add_take(o, ir_json_new_arr()), "p9");
    return j;
}

/* Keep a part, and see that everybody stands where they are looked for. */
static void
take(const char *name, const struct ir_json *list, void *arg)
{
    struct parts *p = arg;
    char want[IR_CROWD_NAME];
    size_t i, len = 0;
    char *text = ir_json_canonical(list, &len);

    assert_int_equal(ir_json_parse(text, len, &p->copy[p->n], NULL), IR_OK);
    p->kept[p->n] = p->copy[p->n];
    p->n++;
    free(text);
    if (strcmp(name, "people") == 0) {
        p->near_n = ir_json_len(list);
        return;
    }
    assert_true(ir_crowd_is(name));
    p->parts_n++;
    for (i = 0; i < ir_json_len(list); i++) {
        ir_crowd_name(ir_json_get_str(ir_json_at(list, i), "id", ""), want);
        assert_string_equal(name, want);
    }
}

static void
done(struct parts *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        ir_json_free(p->copy[i]);
}

static void
test_few(void **state)
{
    struct ir_json *j = contacts(IR_CROWD_FROM);
    struct parts p = {0};

    (void)state;
    ir_crowd_part(j, take, &p);
    assert_int_equal(p.near_n, IR_CROWD_FROM);
    assert_int_equal(p.parts_n, 0);
    done(&p);
    ir_json_free(j);
}

static void
test_many(void **state)
{
    struct ir_json *j = contacts(5000), *all;
    struct ir_index seen = {0};
    struct parts p = {0};
    char name[IR_CROWD_NAME];
    size_t i;

    (void)state;
    ir_crowd_part(j, take, &p);
    assert_int_equal(p.near_n, 2);
    assert_int_equal(p.parts_n, IR_CROWD_PARTS);
    all = ir_crowd_join(p.kept, p.n);
    assert_int_equal(ir_json_len(all), 5000);
    for (i = 0; i < 5000; i++)
        assert_true(ir_index_put(
            &seen, ir_json_get_str(ir_json_at(all, i), "id", "?"), i));
    assert_string_equal(ir_json_get_str(ir_json_at(all, 0), "id", ""), "p7");
    ir_crowd_name("p0", name); /* sha256sum(1) of p0 begins with 16 */
    assert_string_equal(name, "people-05");
    assert_false(ir_crowd_is("people"));
    assert_false(ir_crowd_is("people-000"));
    ir_index_done(&seen);
    ir_json_free(all);
    done(&p);
    ir_json_free(j);
}

static void
test_index(void **state)
{
    struct ir_index x = {0};
    size_t at = 99;

    (void)state;
    assert_false(ir_index_get(&x, "a", &at));
    assert_int_equal(at, 99);
    assert_true(ir_index_put(&x, "a", 3));
    assert_false(ir_index_put(&x, "a", 4));
    assert_true(ir_index_get(&x, "a", &at));
    assert_int_equal(at, 3);
    assert_false(ir_index_get(&x, "", &at));
    ir_index_done(&x);
    assert_false(ir_index_get(&x, "a", &at));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
