/* api_utf16.c: ir.utf16: text as UTF-16, the higher byte first, as SMS and
 * other old protocols have it. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"

#define TEXT_MAX (64 * 1024) /* bytes of one call */

static void
add_unit(struct ir_buf *b, uint32_t v)
{
    ir_buf_addc(b, (char)(unsigned char)(v >> 8));
    ir_buf_addc(b, (char)(unsigned char)(v & 0xFF));
}

static int
encode(lua_State *L)
{
    size_t n, step;
    const char *s = luaL_checklstring(L, 1, &n);
    struct ir_buf *b = ir_api_buf(L);

    if (n > TEXT_MAX)
        return luaL_error(L, "%s", _("the text would be too long"));
    for (; n > 0; s += step, n -= step) {
        int32_t cp = ir_utf8_next(s, n, &step);
        uint32_t v = cp < 0 ? 0xFFFD : (uint32_t)cp;

        if (v >= 0x10000) {
            add_unit(b, 0xD800 + ((v - 0x10000) >> 10));
            v = 0xDC00 + ((v - 0x10000) & 0x3FF);
        }
        add_unit(b, v);
    }
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

/* A code point as UTF-8. */
static void
add_char(struct ir_buf *b, uint32_t v)
{
    static const uint32_t ends[] = {0x80, 0x800, 0x10000};
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    int more = 0;

    while (more < 3 && v >= ends[more])
        more++;
    ir_buf_addc(b, (char)(unsigned char)(first[more] | v >> (6 * more)));
    while (more-- > 0)
        ir_buf_addc(b, (char)(unsigned char)(0x80 | (v >> (6 * more) & 0x3F)));
}

/* Half a pair becomes U+FFFD, half a unit at the end is left out. */
static int
decode(lua_State *L)
{
    size_t n, i;
    const unsigned char *s = (const unsigned char *)luaL_checklstring(L, 1, &n);
    struct ir_buf *b = ir_api_buf(L);

    if (n > TEXT_MAX)
        return luaL_error(L, "%s", _("the text would be too long"));
    for (i = 0; i + 1 < n; i += 2) {
        uint32_t v = (uint32_t)s[i] << 8 | s[i + 1], low;

        if (v >= 0xD800 && v < 0xDC00 && i + 3 < n) {
            low = (uint32_t)s[i + 2] << 8 | s[i + 3];
            if (low >= 0xDC00 && low < 0xE000) {
                v = 0x10000 + ((v & 0x3FF) << 10 | (low & 0x3FF));
                i += 2;
            }
        }
        add_char(b, v >= 0xD800 && v < 0xE000 ? 0xFFFD : v);
    }
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

void
ir_api_utf16_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"encode", encode}, {"decode", decode}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
