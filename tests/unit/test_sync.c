/* test_sync.c: two or a few nodes talk: what is pushed, what is asked, in which
 * order, with how many bytes, and what loss, narrow links and lies cost.
 */
#include "sync_make.h"

#define WIDE 65536

/* Bytes that went over all links. */
static uint64_t
bytes(const struct net *w)
{
    uint64_t n = 0;
    int i;

    for (i = 0; i < w->edges; i++)
        n += w->edge[i].bytes;
    return n;
}

static void
an_entry_written_here_is_there_after_one_trip(void **state)
{
    struct net *w = net_new(2, 1);

    (void)state;
    net_link(w, 0, 1, WIDE, 20);
    net_run(w, 1000);
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    net_run(w, 21);
    assert_int_equal(w->node[1].n, 1);
    net_run(w, 5000);
    assert_int_equal(w->node[1].puts, 1); /* and was not sent again */
    net_free(w);
}

/* Differences of all shapes are gone within seconds of meeting. */
static void
nodes_that_meet_are_equal_soon(void **state)
{
    static const struct {
        uint32_t common, only_a, only_b, trust_a, trust_b;
    } rows[] = {
        {0, 0, 0, 0, 0},    {0, 1, 0, 0, 0},      {0, 0, 1, 0, 0},
        {0, 3, 4, 0, 0},    {100, 1, 1, 0, 0},    {100, 32, 0, 0, 0},
        {100, 0, 33, 1, 0}, {10, 100, 90, 5, 7},  {500, 1000, 3, 0, 2},
        {3, 2000, 1, 2, 0}, {1000, 40, 40, 0, 0}, {0, 0, 700, 0, 40},
    };
    size_t i;
    uint32_t k;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        struct net *w = net_new(2, i + 1);
        uint32_t no = 0;

        for (k = 0; k < rows[i].common; k++) {
            node_has(w, 0, no, IR_KIND_NOTE, false);
            node_has(w, 1, no++, IR_KIND_NOTE, false);
        }
        for (k = 0; k < rows[i].only_a; k++)
            node_has(w, 0, no++, IR_KIND_NOTE, false);
        for (k = 0; k < rows[i].only_b; k++)
            node_has(w, 1, no++, IR_KIND_NOTE, false);
        for (k = 0; k < rows[i].trust_a; k++)
            node_has(w, 0, no++, IR_KIND_MEMBER, false);
        for (k = 0; k < rows[i].trust_b; k++)
            node_has(w, 1, no++, IR_KIND_MEMBER, false);
        net_link(w, 0, 1, WIDE, 20);
        net_run(w, 5000);
        ROW(i, net_all(w, no));
        net_free(w);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_written_here_is_there_after_one_trip),
        cmocka_unit_test(nodes_that_meet_are_equal_soon),
    };

    (void)bytes;
    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
