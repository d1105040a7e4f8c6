/* lexer.c: see lexer.h. */
#include "script/lexer.h"

#include "base/i18n.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum token_type { T_NAME, T_STRING, T_NUMBER, T_OP, T_END };

struct token {
    enum token_type type;
    size_t off, len;
    int line;
};

struct lexer {
    const char *src;
    size_t len, pos;
    int line;
};

/* What is open around a token. */
struct open {
    char kind; /* '{' '(' '[', or 'B' for a block that ends with end/until */
    size_t ctor;
    bool call, start; /* of '{': wraps an argument; a field begins here */
};

struct rewrite {
    struct lexer lx;
    struct token *tok;
    size_t n, cap;
    struct open open[IR_LEX_DEPTH_MAX];
    size_t depth;
    size_t copied; /* bytes of the source already in the output */
    struct ir_lexed *out;
};

static bool
is_alpha(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int
peek(const struct lexer *lx, size_t ahead)
{
    if (lx->len - lx->pos <= ahead)
        return -1;
    return (unsigned char)lx->src[lx->pos + ahead];
}

/* Pass one line end: LF, CR, CR LF or LF CR, as llex.c counts them. */
static void
pass_newline(struct lexer *lx)
{
    int a = peek(lx, 0), b = peek(lx, 1);

    lx->pos++;
    if ((b == '\n' || b == '\r') && b != a)
        lx->pos++;
    lx->line++;
}

/* Number of `=` of a long bracket `[==[` at the cursor, or -1. */
static int
long_level(const struct lexer *lx)
{
    int n = 0;

    if (peek(lx, 0) != '[')
        return -1;
    while (peek(lx, 1 + (size_t)n) == '=')
        n++;
    return peek(lx, 1 + (size_t)n) == '[' ? n : -1;
}

/* Pass a long string or comment whose opening bracket is at the cursor. */
static bool
pass_long(struct lexer *lx, int level)
{
    int i;

    lx->pos += (size_t)level + 2;
    while (lx->pos < lx->len) {
        int c = peek(lx, 0);

        if (c == '\n' || c == '\r') {
            pass_newline(lx);
            continue;
        }
        lx->pos++;
        if (c != ']')
            continue;
        for (i = 0; i < level && peek(lx, (size_t)i) == '='; i++)
            ;
        if (i == level && peek(lx, (size_t)level) == ']') {
            lx->pos += (size_t)level + 1;
            return true;
        }
    }
    return false;
}

/* Pass a quoted string whose quote is at the cursor. */
static bool
pass_quoted(struct lexer *lx)
{
    int quote = peek(lx, 0);

    lx->pos++;
    while (lx->pos < lx->len) {
        int c = peek(lx, 0);

        if (c == quote) {
            lx->pos++;
            return true;
        }
        if (c == '\n' || c == '\r')
            return false;
        lx->pos++;
        if (c != '\\')
            continue;
        c = peek(lx, 0);
        if (c == '\n' || c == '\r') {
            pass_newline(lx);
        } else if (c == 'z') {
            lx->pos++;
            while ((c = peek(lx, 0)) == ' ' || (c >= '\t' && c <= '\r')) {
                if (c == '\n' || c == '\r')
                    pass_newline(lx);
                else
                    lx->pos++;
            }
        } else if (c >= 0) {
            lx->pos++;
        }
    }
    return false;
}

static void
pass_number(struct lexer *lx)
{
    int c, last = 0;
    bool hex = peek(lx, 0) == '0' && (peek(lx, 1) | 32) == 'x';

    while ((c = peek(lx, 0)) >= 0) {
        bool sign = (c == '+' || c == '-') && (last | 32) == (hex ? 'p' : 'e');

        if (!is_alpha(c) && !is_digit(c) && c != '.' && !sign)
            return;
        last = c;
        lx->pos++;
    }
}

/* Pass white space and comments; false when a comment does not end. */
static bool
pass_blank(struct lexer *lx)
{
    for (;;) {
        int c = peek(lx, 0);

        if (c == '\n' || c == '\r') {
            pass_newline(lx);
        } else if (c == ' ' || c == '\t' || c == '\v' || c == '\f') {
            lx->pos++;
        } else if (c == '-' && peek(lx, 1) == '-') {
            int level;

            lx->pos += 2;
            level = long_level(lx);
            if (level >= 0) {
                if (!pass_long(lx, level))
                    return false;
                continue;
            }
            while ((c = peek(lx, 0)) >= 0 && c != '\n' && c != '\r')
                lx->pos++;
        } else {
            return true;
        }
    }
}

static void
pass_operator(struct lexer *lx)
{
    static const char *const two[] = {"==", "~=", "<=", ">=", "//",
                                      "::", "<<", ">>", ".."};
    size_t i;

    for (i = 0; i < sizeof two / sizeof two[0]; i++) {
        if (peek(lx, 0) == two[i][0] && peek(lx, 1) == two[i][1]) {
            lx->pos += 2;
            return;
        }
    }
    lx->pos++;
}

/* The next token; false when a string or comment does not end. */
static bool
next_token(struct lexer *lx, struct token *t)
{
    int c, level;
    bool ok = true;

    if (!pass_blank(lx))
        return false;
    t->off = lx->pos;
    t->line = lx->line;
    c = peek(lx, 0);
    level = long_level(lx);
    if (c < 0) {
        t->type = T_END;
    } else if (is_alpha(c)) {
        t->type = T_NAME;
        while ((c = peek(lx, 0)) >= 0 && (is_alpha(c) || is_digit(c)))
            lx->pos++;
    } else if (is_digit(c) || (c == '.' && is_digit(peek(lx, 1)))) {
        t->type = T_NUMBER;
        pass_number(lx);
    } else if (c == '"' || c == '\'') {
        t->type = T_STRING;
        ok = pass_quoted(lx);
    } else if (level >= 0) {
        t->type = T_STRING;
        ok = pass_long(lx, level);
    } else {
        t->type = T_OP;
        pass_operator(lx);
    }
    t->len = lx->pos - t->off;
    return ok;
}

static bool
token_is(const struct rewrite *r, size_t i, const char *text)
{
    const struct token *t;
    size_t n = strlen(text);

    if (i >= r->n)
        return false;
    t = &r->tok[i];
    return t->type != T_STRING && t->len == n &&
           memcmp(r->lx.src + t->off, text, n) == 0;
}

static bool
is_keyword(const struct rewrite *r, size_t i)
{
    static const char *const words[] = {
        "and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
        "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
        "repeat",   "return", "then", "true", "until",  "while"};
    size_t w;

    for (w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (token_is(r, i, words[w]))
            return true;
    }
    return false;
}

/* Is a `{` at token `i` the argument of a call? */
static bool
is_call(const struct rewrite *r, size_t i)
{
    if (i == 0)
        return false;
    i--;
    if (r->tok[i].type == T_STRING)
        return true;
    if (r->tok[i].type == T_NAME)
        return !is_keyword(r, i);
    return token_is(r, i, ")") || token_is(r, i, "]") || token_is(r, i, "}");
}

/* The plain text of the string token `i`, or NULL when it has escapes. */
static char *
plain_string(const struct rewrite *r, size_t i)
{
    const struct token *t = &r->tok[i];
    const char *s = r->lx.src + t->off;

    if (t->len < 2 || (s[0] != '"' && s[0] != '\'') ||
        memchr(s, '\\', t->len) != NULL)
        return NULL;
    return ir_strndup(s + 1, t->len - 2);
}

static void
add_field(struct rewrite *r, size_t ctor, size_t i)
{
    struct ir_ctor *c = &r->out->ctors[ctor];
    struct ir_ctor_field f = {IR_LEX_ITEM, NULL, r->tok[i].line};

    if (r->tok[i].type == T_NAME && !is_keyword(r, i) &&
        token_is(r, i + 1, "=")) {
        f.kind = IR_LEX_KEY;
        f.key = ir_strndup(r->lx.src + r->tok[i].off, r->tok[i].len);
    } else if (token_is(r, i, "[")) {
        f.kind = IR_LEX_OTHER;
        if (i + 3 < r->n && r->tok[i + 1].type == T_STRING &&
            token_is(r, i + 2, "]") && token_is(r, i + 3, "="))
            f.key = plain_string(r, i + 1);
        if (f.key != NULL)
            f.kind = IR_LEX_KEY;
    }
    if (c->n == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 8;
        c->fields = ir_realloc(c->fields, c->cap * sizeof *c->fields);
    }
    c->fields[c->n++] = f;
}

static size_t
add_ctor(struct ir_lexed *out, int line)
{
    if (out->n == out->cap) {
        out->cap = out->cap ? 2 * out->cap : 64;
        out->ctors = ir_realloc(out->ctors, out->cap * sizeof *out->ctors);
    }
    out->ctors[out->n] = (struct ir_ctor){.line = line};
    return out->n++;
}

/* Copy the source up to `off` to the output. */
static void
copy_to(struct rewrite *r, size_t off)
{
    ir_buf_add(&r->out->text, r->lx.src + r->copied, off - r->copied);
    r->copied = off;
}

static bool
push(struct rewrite *r, char kind)
{
    if (r->depth == IR_LEX_DEPTH_MAX)
        return false;
    r->open[r->depth++] = (struct open){.kind = kind};
    return true;
}

/* Leave the innermost bracket or block if it is of this kind. */
static bool
pop(struct rewrite *r, char kind)
{
    if (r->depth == 0 || r->open[r->depth - 1].kind != kind)
        return false;
    r->depth--;
    return true;
}

static int
open_table(struct rewrite *r, size_t i, struct ir_err *err)
{
    struct open *o;

    if (!push(r, '{'))
        return ir_fail(err, IR_ELIMIT, _("nested more than %d deep"),
                       IR_LEX_DEPTH_MAX);
    o = &r->open[r->depth - 1];
    o->ctor = add_ctor(r->out, r->tok[i].line);
    o->call = is_call(r, i);
    o->start = true;
    copy_to(r, r->tok[i].off);
    ir_buf_addf(&r->out->text, "%s" IR_LEX_WRAP "(%zu,", o->call ? "(" : "",
                o->ctor);
    return IR_OK;
}

static int
one_token(struct rewrite *r, size_t i, struct ir_err *err)
{
    static const char *const opens[] = {"function", "if", "do", "repeat"};
    struct open *top = r->depth ? &r->open[r->depth - 1] : NULL;
    bool ok = true;
    size_t k;

    if (top != NULL && top->kind == '{' && top->start && !token_is(r, i, "}")) {
        add_field(r, top->ctor, i);
        top->start = false;
    }
    if (token_is(r, i, "{"))
        return open_table(r, i, err);
    if (token_is(r, i, IR_LEX_WRAP))
        return ir_fail(err, IR_EPARSE, _("the name %s is reserved"),
                       IR_LEX_WRAP);
    if (token_is(r, i, "}")) {
        ok = pop(r, '{');
        if (ok) {
            copy_to(r, r->tok[i].off + 1);
            ir_buf_adds(&r->out->text, top->call ? "))" : ")");
        }
    } else if (token_is(r, i, "(") || token_is(r, i, "[")) {
        ok = push(r, r->lx.src[r->tok[i].off]);
    } else if (token_is(r, i, ")")) {
        ok = pop(r, '(');
    } else if (token_is(r, i, "]")) {
        ok = pop(r, '[');
    } else if (token_is(r, i, "end") || token_is(r, i, "until")) {
        ok = pop(r, 'B');
    } else if (token_is(r, i, ",") || token_is(r, i, ";")) {
        if (top != NULL && top->kind == '{')
            top->start = true;
    }
    for (k = 0; ok && k < sizeof opens / sizeof opens[0]; k++) {
        if (token_is(r, i, opens[k]))
            ok = push(r, 'B');
    }
    if (!ok)
        return ir_fail(err,
                       r->depth == IR_LEX_DEPTH_MAX ? IR_ELIMIT : IR_EPARSE,
                       _("brackets or blocks do not match, or are too deep"));
    return IR_OK;
}

static int
read_tokens(struct rewrite *r, int *line, struct ir_err *err)
{
    struct token t = {T_END, 0, 0, 0};

    for (;;) {
        if (!next_token(&r->lx, &t)) {
            *line = t.line ? t.line : 1;
            return ir_fail(err, IR_EPARSE,
                           _("a string or comment does not end"));
        }
        if (t.type == T_END)
            return IR_OK;
        if (r->n == r->cap) {
            r->cap = r->cap ? 2 * r->cap : 1024;
            r->tok = ir_realloc(r->tok, r->cap * sizeof *r->tok);
        }
        r->tok[r->n++] = t;
    }
}

int
ir_lex_rewrite(const char *src, size_t len, struct ir_lexed *out, int *line,
               struct ir_err *err)
{
    struct rewrite r = {.lx = {src, len, 0, 1}, .out = out};
    size_t i;
    int rc;

    memset(out, 0, sizeof *out);
    rc = read_tokens(&r, line, err);
    for (i = 0; rc == IR_OK && i < r.n; i++) {
        rc = one_token(&r, i, err);
        if (rc != IR_OK)
            *line = r.tok[i].line;
    }
    if (rc == IR_OK && r.depth > 0) {
        *line = r.n ? r.tok[r.n - 1].line : 1;
        rc = ir_fail(err, IR_EPARSE, _("a bracket or block is not closed"));
    }
    if (rc == IR_OK)
        copy_to(&r, len);
    else
        ir_lexed_done(out);
    free(r.tok);
    return rc;
}

void
ir_lexed_done(struct ir_lexed *lx)
{
    size_t i, k;

    for (i = 0; i < lx->n; i++) {
        for (k = 0; k < lx->ctors[i].n; k++)
            free(lx->ctors[i].fields[k].key);
        free(lx->ctors[i].fields);
    }
    free(lx->ctors);
    ir_buf_done(&lx->text);
    memset(lx, 0, sizeof *lx);
}

int
ir_ctor_line(const struct ir_ctor *c, const char *key, size_t item)
{
    size_t i, seen = 0;
    int line = 0;

    for (i = 0; i < c->n; i++) {
        const struct ir_ctor_field *f = &c->fields[i];

        if (key != NULL && f->kind == IR_LEX_KEY && strcmp(f->key, key) == 0)
            line = f->line; /* the last one wins, as in Lua */
        if (key == NULL && f->kind == IR_LEX_ITEM && ++seen == item)
            return f->line;
    }
    return line;
}
