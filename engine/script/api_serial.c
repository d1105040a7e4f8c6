/* api_serial.c: ir.serial: one serial line, 8 bits, no parity, raw; only the
 * device that the channel's configuration names. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define PORT "ir.serial.port"
#define READ_MAX 4096
#define LOOK_MS 100 /* between two looks whether the line is free */

struct port {
    int fd; /* -1: closed */
};

static speed_t
speed_of(lua_Integer baud)
{
    static const struct {
        int baud;
        speed_t speed;
    } known[] = {{1200, B1200},     {2400, B2400},     {4800, B4800},
                 {9600, B9600},     {19200, B19200},   {38400, B38400},
                 {57600, B57600},   {115200, B115200}, {230400, B230400},
                 {460800, B460800}, {921600, B921600}};
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].baud == baud)
            return known[i].speed;
    return B0;
}

static struct port *
port_at(lua_State *L)
{
    struct port *p = luaL_checkudata(L, 1, PORT);

    if (p->fd < 0)
        luaL_error(L, "%s", _("the line is closed"));
    return p;
}

static int
do_close(lua_State *L)
{
    struct port *p = luaL_checkudata(L, 1, PORT);

    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    return 0;
}

/* What is left of the message's time, at most `ms`. */
static int
patience(lua_State *L, int64_t ms)
{
    int64_t left = ir_api_of(L)->until_ms - ir_clock_mono_ms();

    return (int)(left < 0 ? 0 : left < ms ? left : ms);
}

/* port:write(text) */
static int
do_write(lua_State *L)
{
    struct port *p = port_at(L);
    size_t n, at = 0;
    const char *s = luaL_checklstring(L, 2, &n);

    while (at < n) {
        struct pollfd w = {.fd = p->fd, .events = POLLOUT};
        ssize_t got = write(p->fd, s + at, n - at);

        if (got > 0)
            at += (size_t)got;
        else if (got < 0 && errno != EAGAIN && errno != EINTR)
            return ir_api_fail(L, "retry", "%s", strerror(errno));
        else if (poll(&w, 1, patience(L, IR_API_TIMEOUT_MS)) <= 0)
            return ir_api_fail(L, "retry", "%s", _("no answer in time"));
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* port:read(seconds): what has come, as soon as something has; "" when
 * nothing came in that time. */
static int
do_read(lua_State *L)
{
    struct port *p = port_at(L);
    lua_Number secs = luaL_optnumber(L, 2, 1);
    struct pollfd r = {.fd = p->fd, .events = POLLIN};
    char room[READ_MAX];
    ssize_t n;

    if (!(secs >= 0 && secs <= 60))
        return luaL_error(L, "%s", _("a line is read for 0 to 60 seconds"));
    if (poll(&r, 1, patience(L, (int64_t)(secs * 1000))) <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    n = read(p->fd, room, sizeof room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        n = 0;
    else if (n <= 0)
        return ir_api_fail(L, "retry", "%s",
                           n < 0 ? strerror(errno) : _("the line is closed"));
    lua_pushlstring(L, room, (size_t)n);
    return 1;
}

static bool
make_raw(int fd, speed_t speed)
{
    struct termios t;

    if (tcgetattr(fd, &t) != 0)
        return false;
    cfmakeraw(&t);
    t.c_cflag |= CLOCAL | CREAD;
    t.c_cflag &= ~(tcflag_t)(CSTOPB | PARENB | CRTSCTS);
    return cfsetspeed(&t, speed) == 0 && tcsetattr(fd, TCSANOW, &t) == 0 &&
           tcflush(fd, TCIOFLUSH) == 0;
}

/* One at a time: whoever sends and whoever fetches answers share a line. */
static bool
wait_free(lua_State *L, int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int ms = patience(L, LOOK_MS);

        if (errno != EWOULDBLOCK || ms == 0)
            return false;
        (void)poll(NULL, 0, ms);
    }
    return true;
}

static int
do_open(lua_State *L)
{
    const char *device;
    char shown[128];
    lua_Integer baud;
    struct port *p;

    ir_api_args(L, "ir.serial.open");
    device = ir_api_text(L, "device", true, NULL);
    baud = ir_api_int(L, "speed", 115200, 1, 10000000);
    ir_utf8_show(device, shown, sizeof shown);
    if (!ir_api_granted(ir_api_of(L), "device", device))
        return ir_api_fail(L, "refused",
                           _("%s is not the device of this channel's "
                             "configuration"),
                           shown);
    if (speed_of(baud) == B0)
        return ir_api_fail(L, "refused", _("no line has this speed: %lld"),
                           (long long)baud);
    p = lua_newuserdatauv(L, sizeof *p, 0);
    p->fd = -1;
    luaL_setmetatable(L, PORT);
    p->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (p->fd < 0)
        return ir_api_fail(L, "retry", "%s: %s", shown, strerror(errno));
    if (!wait_free(L, p->fd))
        return ir_api_fail(L, "retry",
                           _("%s: another program is using this line"), shown);
    if (!make_raw(p->fd, speed_of(baud)))
        return ir_api_fail(L, "refused", _("%s: is no serial line (%s)"), shown,
                           strerror(errno));
    return 1;
}

void
ir_api_serial_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"write", do_write},
                                       {"read", do_read},
                                       {"close", do_close},
                                       {NULL, NULL}};
    static const luaL_Reg fns[] = {{"open", do_open}, {NULL, NULL}};

    luaL_newmetatable(L, PORT);
    lua_pushcfunction(L, do_close);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    luaL_newlib(L, fns);
}
