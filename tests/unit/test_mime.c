/* test_mime.c: mails that nothing can break out of; script/mime.h. */
#include "script/mime.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void
test_addresses(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"ito@minato.example", true},
        {"a+b.c@x.y", true},
        {"ir@[127.0.0.1]", true},
        {"", false},
        {"ito", false},
        {"@x", false},
        {"ito@", false},
        {"a@b@c", false},
        {"a b@c", false},
        {"a@b>", false},
        {"<a@b", false},
        {"a@b\r\nRCPT TO:<c@d>", false},
        {"a@b\n", false},
        {"-oops@b", false},
        {"\"a\"@b", false},
        {"伊藤@b", false},
    };
    char longest[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ir_mime_address_ok(cases[i].text), cases[i].ok);
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 66, "@b", 3);
    assert_false(ir_mime_address_ok(longest));
}

static void
test_headers(void **state)
{
    static const struct {
        const char *name, *value, *want; /* NULL: refused */
    } cases[] = {
        {"Subject", "plain words", "Subject: plain words\r\n"},
        {"Subject", "", "Subject: \r\n"},
        {"Subject", "訓練", "Subject: =?UTF-8?B?6KiT57e0?=\r\n"},
        {"Subject", "=?x?", "Subject: =?UTF-8?B?PT94Pw==?=\r\n"},
        {"Subject", "a\r\nBcc: x@y", NULL},
        {"Subject", "a\nb", NULL},
        {"Subject", "a\rb", NULL},
        {"Subject", "a\x7f", NULL},
        {"Subject", "\xff", NULL},
        {"Sub ject", "a", NULL},
        {"Subject:", "a", NULL},
        {"", "a", NULL},
        {"X\r\nY", "a", NULL},
    };
    struct ir_err err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_buf b = {0};
        int rc = ir_mime_header(&b, cases[i].name, cases[i].value, &err);

        assert_int_equal(rc, cases[i].want != NULL ? IR_OK : IR_EREFUSED);
        assert_string_equal(ir_buf_str(&b),
                            cases[i].want != NULL ? cases[i].want : "");
        ir_buf_done(&b);
    }
}

/* No line is too long, no character is cut, and every line but the first
 * begins with a space. */
static void
test_folding(void **state)
{
    static const char *const units[] = {"word ", "訓", "a訓", "😀"};
    struct ir_err err;
    size_t u, n;

    (void)state;
    for (u = 0; u < 4; u++)
        for (n = 1; n < 120; n++) {
            struct ir_buf value = {0}, b = {0};
            const char *p, *nl;
            size_t i;

            for (i = 0; i < n; i++)
                ir_buf_adds(&value, units[u]);
            assert_int_equal(
                ir_mime_header(&b, "Subject", ir_buf_str(&value), &err), IR_OK);
            for (p = ir_buf_str(&b); (nl = strstr(p, "\r\n")) != NULL;
                 p = nl + 2) {
                assert_true(nl - p <= 78);
                assert_true(p == ir_buf_str(&b) || *p == ' ');
            }
            assert_int_equal(*p, '\0');
            ir_buf_done(&value);
            ir_buf_done(&b);
        }
}

static void
test_mailbox(void **state)
{
    struct ir_buf b = {0};
    struct ir_err err;

    (void)state;
    assert_int_equal(ir_mime_mailbox(&b, "To", "", "a@b", &err), IR_OK);
    assert_int_equal(ir_mime_mailbox(&b, "To", "It\"o\\", "a@b", &err), IR_OK);
    assert_int_equal(ir_mime_mailbox(&b, "To", "伊藤", "a@b", &err), IR_OK);
    assert_int_equal(ir_mime_mailbox(&b, "To", "x\r\n", "a@b", &err),
                     IR_EREFUSED);
    assert_int_equal(ir_mime_mailbox(&b, "To", "x", "a@b, c@d", &err),
                     IR_EREFUSED);
    assert_string_equal(ir_buf_str(&b),
                        "To: a@b\r\n"
                        "To: \"It\\\"o\\\\\"\r\n <a@b>\r\n"
                        "To: =?UTF-8?B?5LyK6Jek?=\r\n <a@b>\r\n");
    ir_buf_done(&b);
}

static void
test_text(void **state)
{
    struct ir_buf b = {0};

    (void)state;
    ir_mime_date(&b, 0);
    assert_string_equal(ir_buf_str(&b),
                        "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n");
    b.len = 0;
    ir_mime_text(&b, "a\nb\r\nc\rd\xff", 9);
    /* "a\r\nb\r\nc\r\nd" and U+FFFD */
    assert_non_null(strstr(ir_buf_str(&b), "\r\n\r\nYQ0KYg0KYw0KZO+/vQ==\r\n"));
    assert_non_null(strstr(ir_buf_str(&b), "charset=UTF-8\r\n"));
    ir_buf_done(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_headers),
        cmocka_unit_test(test_folding),   cmocka_unit_test(test_mailbox),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
