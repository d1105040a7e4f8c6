/* unit.h: cmocka with what it wants before it, and short helpers. */
#ifndef IR_TESTS_UNIT_H
#define IR_TESTS_UNIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Say which row of a table is wrong, then stop the test. */
#define ROW(i, cond)                                                           \
    do {                                                                       \
        if (!(cond))                                                           \
            fail_msg("row %zu: %s", (size_t)(i), #cond);                       \
    } while (0)

#endif
