/* fuzz_var.c: what is typed for a variable. The first byte is its type, the
 * next four the moment "now", in units of 100 seconds. What is taken is read
 * back as itself; a host or an address can do no harm in a command line.
 */
#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/plan.h"
#include "fuzz.h"

#include <string.h>

static char one[] = "one", many[] = "many";
static struct ir_option choices[] = {
    {one, {one, one}, {NULL, NULL}, NULL, NULL},
    {many, {many, many}, {NULL, NULL}, NULL, NULL},
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "host";
    struct ir_var v = {.name = name,
                       .unknown = true,
                       .choices = choices,
                       .choices_n = sizeof choices / sizeof choices[0]};
    char *typed, *out = NULL, *again = NULL;
    struct ir_err err = {0};
    int64_t now = 0;
    int rc;

    if (size < 5)
        return 0;
    MUST(ir_time_zone_set("Asia/Tokyo", NULL) == IR_OK);
    v.type = (enum ir_var_type)(data[0] % (IR_VAR_TEXT + 1));
    for (int i = 1; i < 5; i++)
        now = now << 8 | data[i];
    now = (now & 0xFFFFFFF) * 100000;
    typed = ir_strndup((const char *)data + 5, size - 5);
    rc = ir_var_parse(&v, typed, now, &out, &err);
    MUST((rc == IR_OK) == (out != NULL));
    MUST(rc == IR_OK || (err.code == rc && err.msg[0] != '\0'));
    if (rc == IR_OK) {
        MUST(ir_var_parse(&v, out, now, &again, &err) == IR_OK);
        MUST(strcmp(out, again) == 0);
        MUST((v.type != IR_VAR_HOST && v.type != IR_VAR_ADDRESS) ||
             (out[0] != '-' && out[0] != '\0' &&
              strpbrk(out, " \t\n\r;&|<>$`'\"\\(){}*?!#~") == NULL));
    }
    free(typed);
    free(out);
    free(again);
    return 0;
}
