/* test_order.c: one order for a set of entries, whatever order they came in. */
#include "core/order.h"
#include "vectors.h"

/* Entries that hold nothing but what the order looks at. */
struct set {
    struct ir_entry *e;
    const struct ir_entry **v;
    size_t n;
};

static uint64_t seed = 7;

static size_t
below(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

static void
set_new(struct set *s, size_t n)
{
    size_t i;

    s->e = ir_calloc(n, sizeof *s->e);
    s->v = ir_calloc(n, sizeof(struct ir_entry *));
    s->n = n;
    for (i = 0; i < n; i++) {
        ir_sha256(&i, sizeof i, s->e[i].id);
        s->e[i].h.hlc = i << 16;
        s->v[i] = &s->e[i];
    }
}

static void
set_free(struct set *s)
{
    free(s->e);
    free(s->v);
}

static void
dep(struct set *s, size_t of, size_t on)
{
    struct ir_header *h = &s->e[of].h;

    memcpy(h->deps[h->deps_n++], s->e[on].id, IR_ID_BYTES);
}

static void
prev(struct set *s, size_t of, size_t on)
{
    s->e[of].h.has_prev = true;
    memcpy(s->e[of].h.prev, s->e[on].id, IR_ID_BYTES);
}

static void
ref(struct set *s, size_t of, size_t to)
{
    struct ir_header *h = &s->e[of].h;

    memcpy(h->refs[h->refs_n++], s->e[to].id, IR_ID_BYTES);
}

static void
shuffle(struct set *s)
{
    size_t i;

    for (i = s->n; i > 1; i--) {
        size_t j = below(i);
        const struct ir_entry *t = s->v[i - 1];

        s->v[i - 1] = s->v[j];
        s->v[j] = t;
    }
}

static size_t
place(const struct set *s, size_t which)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (s->v[i] == &s->e[which])
            return i;
    fail_msg("entry %zu is lost", which);
    return 0;
}

/* Sort from several random orders; each gives the same. */
static void
sort_all_ways(struct set *s, int ways)
{
    const struct ir_entry **first = ir_calloc(s->n, sizeof(struct ir_entry *));

    ir_order_sort(s->v, s->n);
    memcpy(first, s->v, s->n * sizeof(struct ir_entry *));
    while (ways-- > 0) {
        shuffle(s);
        ir_order_sort(s->v, s->n);
        assert_memory_equal(first, s->v, s->n * sizeof(struct ir_entry *));
    }
    free(first);
}

static void
nothing_and_one(void **state)
{
    struct set s;

    (void)state;
    set_new(&s, 1);
    ir_order_sort(s.v, 0);
    ir_order_sort(s.v, 1);
    assert_ptr_equal(s.v[0], &s.e[0]);
    set_free(&s);
}

/* Without links: by hlc, then by id. */
static void
by_clock_then_id(void **state)
{
    struct set s;
    size_t i;

    (void)state;
    set_new(&s, 200);
    for (i = 0; i < s.n; i++)
        s.e[i].h.hlc = below(20);
    sort_all_ways(&s, 20);
    for (i = 1; i < s.n; i++) {
        const struct ir_entry *a = s.v[i - 1], *b = s.v[i];

        assert_true(a->h.hlc <= b->h.hlc);
        if (a->h.hlc == b->h.hlc)
            assert_true(memcmp(a->id, b->id, IR_ID_BYTES) < 0);
    }
    set_free(&s);
}

/* A link beats the clock: what refers comes after what it refers to. */
static void
links_beat_clocks(void **state)
{
    struct set s;

    (void)state;
    set_new(&s, 4);
    prev(&s, 0, 3); /* the oldest by clock refers to the newest */
    dep(&s, 2, 0);
    sort_all_ways(&s, 30);
    assert_int_equal(place(&s, 1), 0);
    assert_int_equal(place(&s, 3), 1);
    assert_int_equal(place(&s, 0), 2);
    assert_int_equal(place(&s, 2), 3);
    set_free(&s);
}

/* An answer comes after what it answers, in lanes without deps too. */
static void
answers_come_after(void **state)
{
    struct set s;

    (void)state;
    set_new(&s, 4);
    ref(&s, 0, 2); /* an approver whose clock stands behind */
    ref(&s, 1, 0);
    ref(&s, 1, 3);
    sort_all_ways(&s, 30);
    assert_int_equal(place(&s, 2), 0);
    assert_int_equal(place(&s, 0), 1);
    assert_int_equal(place(&s, 3), 2);
    assert_int_equal(place(&s, 1), 3);
    set_free(&s);
}

/* An absent predecessor, and an entry that names itself, never block. */
static void
absent_never_blocks(void **state)
{
    struct set s;
    size_t i;

    (void)state;
    set_new(&s, 3);
    s.e[0].h.has_prev = true;
    memset(s.e[0].h.prev, 0xEE, IR_ID_BYTES);
    dep(&s, 1, 1);
    prev(&s, 2, 1);
    dep(&s, 2, 1); /* the same one by both links */
    sort_all_ways(&s, 20);
    for (i = 0; i < 3; i++)
        assert_int_equal(place(&s, i), i);
    set_free(&s);
}

/* Random graphs: every link is respected, every entry is there once. */
static void
random_graphs(void **state)
{
    int round;

    (void)state;
    for (round = 0; round < 30; round++) {
        struct set s;
        size_t i, j;

        set_new(&s, 1 + below(120));
        for (i = 0; i < s.n; i++)
            s.e[i].h.hlc = below(50);
        for (i = 1; i < s.n; i++) {
            if (below(3) > 0)
                prev(&s, i, below(i));
            for (j = below(IR_DEPS_MAX + 1); j > 0; j--)
                dep(&s, i, below(i));
        }
        sort_all_ways(&s, 6);
        for (i = 0; i < s.n; i++) {
            const struct ir_header *h = &s.e[i].h;
            size_t at = place(&s, i), k;

            for (k = 0; k < s.n; k++) {
                if (h->has_prev && memcmp(h->prev, s.e[k].id, IR_ID_BYTES) == 0)
                    assert_true(place(&s, k) < at);
                for (j = 0; j < h->deps_n; j++)
                    if (memcmp(h->deps[j], s.e[k].id, IR_ID_BYTES) == 0)
                        assert_true(place(&s, k) < at);
            }
        }
        set_free(&s);
    }
}

/* A cycle is broken at its lowest (hlc, id); nothing is lost. */
static void
cycles(void **state)
{
    struct set s;
    size_t i;

    (void)state;
    set_new(&s, 6);
    prev(&s, 1, 3); /* 1 <- 3 <- 2 <- 1 */
    prev(&s, 3, 2);
    prev(&s, 2, 1);
    prev(&s, 4, 3); /* hangs on the cycle */
    dep(&s, 5, 0);
    sort_all_ways(&s, 40);
    assert_int_equal(place(&s, 0), 0);
    assert_int_equal(place(&s, 5), 1); /* free of the cycle */
    assert_int_equal(place(&s, 1), 2); /* lowest of the cycle */
    assert_int_equal(place(&s, 2), 3);
    assert_int_equal(place(&s, 3), 4);
    assert_int_equal(place(&s, 4), 5);
    for (i = 0; i < 6; i++) /* every one in a cycle of two with its neighbour */
        s.e[i].h.deps_n = 0;
    for (i = 0; i < 6; i++)
        prev(&s, i, i ^ 1);
    sort_all_ways(&s, 40);
    for (i = 0; i < 6; i++)
        assert_int_equal(place(&s, i), i);
    set_free(&s);
}

/* One long chain whose clocks all run backwards. */
static void
long_chain(void **state)
{
    struct set s;
    size_t i;

    (void)state;
    set_new(&s, 20000);
    for (i = 1; i < s.n; i++) {
        s.e[i].h.hlc = s.n - i;
        prev(&s, i, i - 1);
    }
    shuffle(&s);
    ir_order_sort(s.v, s.n);
    for (i = 0; i < s.n; i++)
        assert_ptr_equal(s.v[i], &s.e[i]);
    set_free(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_one),
        cmocka_unit_test(by_clock_then_id),
        cmocka_unit_test(links_beat_clocks),
        cmocka_unit_test(answers_come_after),
        cmocka_unit_test(absent_never_blocks),
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(cycles),
        cmocka_unit_test(long_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
