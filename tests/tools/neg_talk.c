/* neg_talk.c: negentropy by lines, so that another program can compare:
 *
 *   new a                    empty set a (or b)
 *   add a HLC ID             put in
 *   begin a LIMIT SALT       SALT: 32 hex digits, or -
 *   answer a LIMIT SALT MSG
 *   next a LIMIT SALT MSG
 *
 * The last three answer one line: the message in hex; for next, before it,
 * "done" or "more", the ids only we have and those only they have, joined (or
 * -). Refused: "refused".
 */
#include "core/negentropy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
say_hex(const void *p, size_t n)
{
    const uint8_t *b = p;
    size_t i;

    if (n == 0)
        putchar('-');
    for (i = 0; i < n; i++)
        printf("%02x", b[i]);
}

/* Hex digits to bytes; how many. The writer is a test: no checks. */
static size_t
bytes(const char *hex, uint8_t *out)
{
    size_t n = 0;
    unsigned v;

    for (; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
        out[n] = (uint8_t)v;
    return n;
}

static void
talk(struct ir_idset *set, const char *verb, size_t limit, const uint8_t *salt,
     const uint8_t *msg, size_t n)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf out = {0};
    bool done = false;
    int rc;

    if (strcmp(verb, "begin") == 0)
        rc = ir_neg_begin(set, salt, limit, &out);
    else if (strcmp(verb, "answer") == 0)
        rc = ir_neg_answer(set, salt, limit, msg, n, &out, NULL);
    else
        rc = ir_neg_next(set, salt, limit, msg, n, &have, &need, &out, &done,
                         NULL);
    if (rc != IR_OK) {
        printf("refused\n");
    } else {
        if (strcmp(verb, "next") == 0) {
            printf("%s ", done ? "done" : "more");
            say_hex(have.v, have.n * 32);
            putchar(' ');
            say_hex(need.v, need.n * 32);
            putchar(' ');
        }
        say_hex(out.p, out.len);
        putchar('\n');
    }
    fflush(stdout);
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&out);
}

int
main(void)
{
    struct ir_idset *sets[2] = {ir_idset_new(), ir_idset_new()};
    char *line = NULL, verb[8], which[2], salt_hex[40], *word;
    uint8_t id[32], salt[32], *msg = malloc(1 << 20);
    size_t cap = 0, side;
    int at;

    if (msg == NULL)
        return 1;
    while (getline(&line, &cap, stdin) > 0) {
        uint64_t number = 0;

        salt_hex[0] = '\0';
        at = 0;
        if (sscanf(line, "%7s %1s %" SCNu64 "%n", verb, which, &number, &at) <
            2)
            return 1;
        side = which[0] == 'b';
        if (strcmp(verb, "new") == 0) {
            ir_idset_free(sets[side]);
            sets[side] = ir_idset_new();
            continue;
        }
        word = line + at + 1;
        if (strcmp(verb, "add") == 0) {
            bytes(word, id);
            ir_idset_add(sets[side], number, id);
            continue;
        }
        sscanf(word, "%39s", salt_hex);
        bytes(salt_hex, salt);
        word += strlen(salt_hex);
        talk(sets[side], verb, (size_t)number, salt_hex[0] == '-' ? NULL : salt,
             msg, *word == ' ' ? bytes(word + 1, msg) : 0);
    }
    free(line);
    free(msg);
    ir_idset_free(sets[0]);
    ir_idset_free(sets[1]);
    return 0;
}
