/* broken.c: mistakes made on purpose, one for each word, which the sanitizers
 * must stop at; test_sanitizers.sh runs it in sanitizer builds.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int one = 1; /* what the compiler may not foresee */

static int
heap(void)
{
    char *p = malloc((size_t)one * 8);
    int c;

    if (p == NULL)
        return 0;
    memset(p, 0, 8);
    c = p[7 + one]; /* one past the end */
    free(p);
    return c;
}

static int
leak(void)
{
    char *volatile p = malloc((size_t)one * 8);

    if (p != NULL)
        p[0] = 0;
    p = NULL;
    return p != NULL;
}

int
main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    int got = -1;

    if (strcmp(what, "heap") == 0)
        got = heap();
    else if (strcmp(what, "leak") == 0)
        got = leak();
    else if (strcmp(what, "overflow") == 0)
        got = INT_MAX + one;
    else if (strcmp(what, "shift") == 0)
        got = one << (31 + one);
    printf("survived %s: %d\n", what, got);
    return 0;
}
