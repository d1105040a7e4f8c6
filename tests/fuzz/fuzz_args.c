/* fuzz_args.c: the words of a command line, NUL between them. Whatever comes
 * in, operands and values are words that were there, in order.
 */
#include "cmd/args.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 32

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *reason = NULL, *list[IR_ARGS_REPEAT_MAX];
    size_t list_n = 0, i;
    bool flag = false;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {"all", 'a', NULL, &flag, NULL, NULL},
                                  {"var", 0, NULL, NULL, list, &list_n},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    char *text = malloc(size + 1), *argv[WORDS + 1], *p = text;
    struct ir_err err = {0};
    int argc = 0, n = -1, rc;

    memcpy(text, data, size);
    text[size] = '\0';
    while (argc < WORDS && p <= text + size) {
        argv[argc++] = p;
        p += strlen(p) + 1;
    }
    argv[argc] = NULL;
    rc = ir_args(argc, argv, opts, &n, &err);
    if (rc == IR_OK) {
        MUST(n >= 0 && n < argc);
        for (i = 1; i <= (size_t)n; i++)
            MUST(argv[i] >= text && argv[i] <= text + size);
        for (i = 0; i < list_n; i++)
            MUST(list[i] >= text && list[i] <= text + size);
        MUST(reason == NULL || (reason >= text && reason <= text + size));
        (void)ir_args_count(n, 0, 2, "x", &err);
    } else {
        MUST(err.code == rc && err.msg[0] != '\0');
    }
    free(text);
    return 0;
}
