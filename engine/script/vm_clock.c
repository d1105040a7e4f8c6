/* vm_clock.c: the time of the processor one file may take. The count of
 * instructions stops loops of the script; this stops what is slow within one
 * call of the library, where no instruction is counted: string patterns,
 * shifting long lists.
 */
#include "script/vm_in.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#define TICK_MS 500 /* after the time is up: to stop, or to be stuck */

static struct ir_vm *volatile running;

/* At the first tick the script is stopped at its next instruction. When there
 * was none until the next tick, it is within a call that does not end, and
 * only the end of the process ends that.
 */
static void
on_tick(int sig)
{
    struct ir_vm *vm = running;

    (void)sig;
    if (vm == NULL)
        return;
    if (vm->late && vm->limits->stuck != NULL)
        vm->limits->stuck(ir_vm_main_line(vm));
    vm->late = 1;
    ir_vm_hurry(vm);
}

static void
set_timer(int64_t first_ms)
{
    const struct itimerval it = {
        .it_value = {first_ms / 1000, first_ms % 1000 * 1000},
        .it_interval = {0, first_ms > 0 ? TICK_MS * 1000 : 0}};

    (void)setitimer(ITIMER_PROF, &it, NULL);
}

void
ir_vm_clock_start(struct ir_vm *vm)
{
    struct sigaction sa;

    if (vm->limits->cpu_ms <= 0)
        return;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_tick;
    sa.sa_flags = SA_RESTART;
    sigemptyset(&sa.sa_mask);
    running = vm;
    if (sigaction(SIGPROF, &sa, NULL) == 0)
        set_timer(vm->limits->cpu_ms);
}

void
ir_vm_clock_stop(struct ir_vm *vm)
{
    if (vm->limits->cpu_ms > 0)
        set_timer(0);
    running = NULL;
}
