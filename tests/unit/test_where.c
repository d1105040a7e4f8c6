/* test_where.c: addresses of devices, as they are used and as people write
 * them.
 */
#include "carrier/carrier.h"
#include "unit.h"

#include <string.h>

static void
test_where(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"a:1", true},
        {"ops-1.example.org:7447", true},
        {"192.0.2.7:65535", true},
        {"[2001:db8::1]:7447", true},
        {"[fe80::1%eth0]:7447", true},
        {"", false},
        {"a", false},
        {":1", false},
        {"a:0", false},
        {"a:65536", false},
        {"a:+1", false},
        {"-a:1", false},
        {"a b:1", false},
        {"a/b:1", false},
        {"u@a:1", false},
        {"[]:1", false},
        {"[::1:1", false},
        {"a\n:1", false},
        {"a:1/x", false},
        {"::1", false}, /* as people write it: put right first */
        {"a:01", false},
        {"[1::2::3]:4", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++)
        ROW(i, ir_carrier_where_ok(cases[i].text) == cases[i].ok);
}

static void
test_where_as_written(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: none */
    } cases[] = {
        {"ops2.example.jp", "ops2.example.jp:8747"},
        {"192.0.2.7:9000", "192.0.2.7:9000"},
        {"2001:db8::7", "[2001:db8::7]:8747"},
        {"[2001:db8::8]:9001", "[2001:db8::8]:9001"},
        {"[::1]", "[::1]:8747"},
        {"fe80::1%eth0", "[fe80::1%eth0]:8747"},
        {"fe80::1%", NULL},
        {"[192.0.2.7]", NULL},
        {"::1]:5", NULL},
        {"[::1]x", NULL},
        {"host:", NULL},
        {"a:b:1", NULL},
        {"", NULL},
    };
    char out[IR_CARRIER_WHERE_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        bool good = ir_carrier_where(cases[i].text, 8747, out, NULL) == IR_OK;

        ROW(i, good == (cases[i].want != NULL));
        ROW(i, !good || strcmp(out, cases[i].want) == 0);
        ROW(i, !good || ir_carrier_where_ok(out));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where),
        cmocka_unit_test(test_where_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
