/* floor_verify.c: floor-verify N: how fast one core checks signatures.
 * Signs N different messages of 103 bytes (what an entry's signature covers),
 * then checks them all with libsodium and prints the nanoseconds that took.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGE_BYTES 103
#define SIGNED_MAX 4096 /* made once, checked again and again */

static int64_t
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int
main(int argc, char **argv)
{
    static unsigned char m[SIGNED_MAX][MESSAGE_BYTES], sig[SIGNED_MAX][64];
    unsigned char pub[32], secret[64];
    long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0, i, bad = 0;
    int64_t began;

    if (n < 1 || sodium_init() < 0)
        return 64;
    crypto_sign_keypair(pub, secret);
    randombytes_buf(m, sizeof m);
    for (i = 0; i < n && i < SIGNED_MAX; i++)
        crypto_sign_detached(sig[i], NULL, m[i], MESSAGE_BYTES, secret);
    began = now_ns();
    for (i = 0; i < n; i++)
        bad +=
            crypto_sign_verify_detached(sig[i % SIGNED_MAX], m[i % SIGNED_MAX],
                                        MESSAGE_BYTES, pub) != 0;
    printf("%" PRId64 "\n", now_ns() - began);
    return bad == 0 ? 0 : 1;
}
