/* replay.c: main for a fuzz target without libFuzzer. Runs every file of the
 * directories given as arguments, then all beginnings of it and some hundred
 * seeded changes to it, and prints how many. An input that stops the program
 * is printed in hex before it dies, to become a corpus file:
 *
 *   xxd -r -p > tests/fuzz/corpus/TARGET/NAME
 */
#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX (1 << 20) /* bytes of a file */
#define PREFIX_MAX 512      /* beginnings tried */
#define CHANGES 300         /* changed copies tried of one file */

/* With a sanitizer, how to hear that it is about to end the program. */
extern void __sanitizer_set_death_callback(void (*callback)(void))
    __attribute__((weak));

static const uint8_t *current;
static size_t current_len;

static void
tell(void)
{
    static const char digit[] = "0123456789abcdef";
    static const char head[] = "the input was, in hex:\n";

    (void)!write(2, head, sizeof head - 1);
    for (size_t i = 0; i < current_len; i++) {
        char pair[2] = {digit[current[i] >> 4], digit[current[i] & 15]};

        (void)!write(2, pair, 2);
    }
    (void)!write(2, "\n", 1);
}

static void
on_signal(int sig)
{
    tell();
    signal(sig, SIG_DFL);
    raise(sig);
}

/* Run a copy of exactly that size, so that a read past its end is seen. */
static void
run(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);

    if (copy == NULL)
        abort();
    if (n > 0)
        memcpy(copy, p, n);
    current = copy;
    current_len = n;
    LLVMFuzzerTestOneInput(copy, n);
    current_len = 0;
    free(copy);
}

/* The same numbers on every machine. */
static uint32_t
next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void
vary(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n + 8);
    uint64_t seed = n;

    if (copy == NULL)
        abort();
    for (size_t i = 0; i < n && i < PREFIX_MAX; i++)
        run(p, i);
    for (int i = 0; i < CHANGES && n > 0; i++) {
        size_t len = n, edits = 1 + next_random(&seed) % 4;

        memcpy(copy, p, n);
        while (edits-- > 0 && len > 0) {
            size_t at = next_random(&seed) % len;
            size_t from = next_random(&seed) % len;

            switch (next_random(&seed) % 4) {
            case 0:
                copy[at] = (uint8_t)next_random(&seed);
                break;
            case 1:
                copy[at] ^= (uint8_t)(1u << next_random(&seed) % 8);
                break;
            case 2:
                memmove(copy + at, copy + at + 1, len - at - 1);
                len--;
                break;
            default:
                copy[at] = copy[from];
            }
        }
        run(copy, len);
    }
    free(copy);
}

/* Run one file; false if it cannot be read. */
static bool
replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *p = malloc(INPUT_MAX);
    bool ok = false;
    size_t n;

    if (p == NULL)
        abort();
    if (f != NULL) {
        n = fread(p, 1, INPUT_MAX, f);
        ok = !ferror(f);
        if (ok) {
            run(p, n);
            vary(p, n);
        }
        fclose(f);
    }
    free(p);
    return ok;
}

static int
visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
    int files = 0, bad = 0;

    signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(tell);
    else
        signal(SIGSEGV, on_signal);
    for (int i = 1; i < argc; i++) {
        struct dirent **list = NULL;
        int n = scandir(argv[i], &list, visible, alphasort);

        if (n < 0)
            perror(argv[i]);
        for (int j = 0; j < n; j++) {
            char path[4096];

            snprintf(path, sizeof path, "%s/%s", argv[i], list[j]->d_name);
            if (!replay(path)) {
                fprintf(stderr, "%s: cannot be read\n", path);
                bad++;
            }
            files++;
            free(list[j]);
        }
        free(list);
    }
    printf("%d files and their variations\n", files);
    return files > 0 && bad == 0 ? 0 : 1;
}
