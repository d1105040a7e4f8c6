/* clock.c: see clock.h. */
#include "base/clock.h"

#include "base/scan.h"
#include "base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t
read_ms(clockid_t id)
{
    struct timespec ts = {0, 0};

    clock_gettime(id, &ts);
    /* the record knows no moment before 1970, nor before the boot */
    return ts.tv_sec < 0 ? 0 : (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* "8f3c1d2a-9b4e-...": 16 hex digits of it, its hyphens left out. A process
 * lives in one boot: it is read once.
 */
static void
read_boot(uint8_t boot[8])
{
    static _Thread_local uint8_t known[8];
    static _Thread_local bool is_known;
    char text[64], digits[17] = "";
    int fd;
    ssize_t n;
    size_t len = 0;

    memcpy(boot, known, sizeof known);
    if (is_known)
        return;
    fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    n = read(fd, text, sizeof text);
    close(fd);
    for (ssize_t i = 0; i < n && len < sizeof digits - 1; i++)
        if (text[i] != '-')
            digits[len++] = text[i];
    digits[len] = '\0';
    is_known = ir_scan_hex(digits, known, sizeof known, NULL) == IR_OK;
    memcpy(boot, known, sizeof known);
}

void
ir_clock_now(struct ir_now *now)
{
    struct timex tx = {.modes = 0};
    int state;

    memset(now, 0, sizeof *now);
    now->wall_ms = read_ms(CLOCK_REALTIME);
    now->mono_ms = read_ms(CLOCK_BOOTTIME);
    read_boot(now->boot);
    now->utc_off_min = ir_time_offset_min(now->wall_ms);
    state = adjtimex(&tx);
    if (state < 0)
        return;
    now->synced = state != TIME_ERROR && (tx.status & STA_UNSYNC) == 0;
    now->offset_us = (tx.status & STA_NANO) ? tx.offset / 1000 : tx.offset;
    now->maxerr_us = tx.maxerror;
}

int64_t
ir_clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t
ir_clock_cpu_ms(pid_t pid)
{
    struct timespec ts;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) != 0)
        return 0;
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
ms_of(const struct timeval *tv)
{
    return (int64_t)tv->tv_sec * 1000 + tv->tv_usec / 1000;
}

int64_t
ir_clock_children_ms(void)
{
    struct rusage ru;

    if (getrusage(RUSAGE_CHILDREN, &ru) != 0)
        return 0;
    return ms_of(&ru.ru_utime) + ms_of(&ru.ru_stime);
}
