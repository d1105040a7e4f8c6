/* calllive.c: a call on the terminal: how it stands, drawn anew in its place,
 * and what a person at the telephone does and hears; see callrun.h.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "cmd/callrun.h"
#include "cmd/keys.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 500   /* between two looks at the log */
#define SKIP_MS 60000 /* who was passed over comes again after that */
#define KICK_MS 30000 /* while something waits that nobody sends */
#define SKIPS_MAX 64

enum mode { HAND, WHO, SAID };

/* Somebody to be reached by hand. */
struct target {
    char *contact, *channel, *address;
};

struct live {
    struct ir_callrun *r;
    struct ir_ctx *c;
    struct ir_keys keys;
    enum mode mode;
    struct target at;   /* whom the prompt is about; contact NULL: nobody */
    struct target held; /* who answers is asked: about whom */
    char *proxy;        /* who answered in their place */
    char *note;         /* what became of the last line, or NULL */
    char *last;         /* as drawn, or NULL */
    int last_lines;
    bool moves; /* the terminal can be drawn over */
    struct {
        struct target t;
        int64_t until_ms;
    } skip[SKIPS_MAX];
    size_t skips_n;
    int64_t kick_ms;
};

static void
target_done(struct target *t)
{
    free(t->contact);
    free(t->channel);
    free(t->address);
    memset(t, 0, sizeof *t);
}

static void
target_set(struct target *t, const struct ir_recipient *r,
           const struct ir_way *w)
{
    target_done(t);
    t->contact = ir_strdup(r->contact);
    t->channel = ir_strdup(w != NULL ? w->channel : "phone");
    t->address = ir_strdup(w != NULL ? w->address : "");
}

static bool
is_target(const struct target *t, const struct ir_recipient *r,
          const struct ir_way *w)
{
    return t->contact != NULL && strcmp(t->contact, r->contact) == 0 &&
           strcmp(t->channel, w->channel) == 0 &&
           strcmp(t->address, w->address) == 0;
}

static bool
is_skipped(const struct live *l, const struct ir_recipient *r,
           const struct ir_way *w)
{
    int64_t now = ir_clock_mono_ms();
    size_t i;

    for (i = 0; i < l->skips_n; i++)
        if (l->skip[i].until_ms > now && is_target(&l->skip[i].t, r, w))
            return true;
    return false;
}

static void
skip(struct live *l)
{
    size_t i = l->skips_n < SKIPS_MAX ? l->skips_n++ : 0;

    target_done(&l->skip[i].t);
    l->skip[i].t = l->at;
    l->skip[i].until_ms = ir_clock_mono_ms() + SKIP_MS;
    memset(&l->at, 0, sizeof l->at);
}

/* Find whom to dial: who was being dialled, while that is due; else the first.
 * *recipient is their place; returns how many are due beside. */
static size_t
find_due(struct live *l, size_t *recipient, size_t *way)
{
    const struct ir_outgoing *x = l->r->x;
    size_t i, n = 0, best = SIZE_MAX;

    for (i = 0; i < x->due_n; i++) {
        const struct ir_due *d = &x->due[i];
        const struct ir_recipient *r = &x->to.r[d->recipient];
        const struct ir_way *w = &r->ways[d->way];

        if (!d->by_hand || is_skipped(l, r, w) ||
            (x->to.who[d->recipient].member >= 0 &&
             x->to.who[d->recipient].member == l->c->me))
            continue;
        n++;
        if (best == SIZE_MAX || is_target(&l->at, r, w))
            best = i;
    }
    if (best == SIZE_MAX) {
        target_done(&l->at);
        return 0;
    }
    *recipient = x->due[best].recipient;
    *way = x->due[best].way;
    target_set(&l->at, &x->to.r[*recipient], &x->to.r[*recipient].ways[*way]);
    return n;
}

/* What to say on the telephone, in the language of who answers. */
static char *
words_for(struct live *l, size_t recipient)
{
    const struct ir_alert *a = l->r->x->row->a;
    enum ir_lang lang = l->r->x->to.who[recipient].lang;
    enum ir_lang before = ir_i18n_lang();
    char *text = ir_tree_text(l->c, a, lang), *said;

    ir_i18n_set(lang);
    said = ir_asprintf(
        "%s%s", a->status == IR_ACTUAL ? "" : _("This is an exercise. "), text);
    ir_i18n_set(before);
    free(text);
    return said;
}

static bool
is_voice(const char *channel)
{
    return strcmp(channel, "phone") == 0 || strcmp(channel, "radio") == 0 ||
           strcmp(channel, "person") == 0;
}

/* The part below the tally; *prompt is what stands before the line. */
static void
put_below(struct live *l, struct ir_buf *out, char **prompt)
{
    const struct ir_view *v = &l->c->view;
    struct ir_vdial d = {0};
    char code[IR_CHECK_CODE_MAX], *say;
    size_t recipient = 0, way = 0, n = find_due(l, &recipient, &way);

    ir_view_call_end(v, &l->r->view, out);
    if (n > 0) {
        const struct ir_recip *who = &l->r->x->to.who[recipient];

        say = words_for(l, recipient);
        ir_check_code(l->r->alert, code);
        d.name = who->name;
        d.channel = l->at.channel;
        d.address = l->at.address;
        d.say = say;
        d.code = code;
        d.duty = l->r->x->to.r[recipient].duty;
        d.duty_ms = l->r->x->to.r[recipient].duty_ms;
        d.voice = is_voice(l->at.channel);
        d.more = n - 1;
        ir_view_call_dial(v, &d, out);
        free(say);
    } else {
        ir_view_call_keys(v, out);
    }
    if (l->note != NULL)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, l->note);
    if (l->mode == SAID)
        ir_view_call_proxy(v, out);
    *prompt = l->mode == WHO              ? ir_strdup(_(" Who answered?> "))
              : l->mode == SAID || n == 0 ? ir_strdup(" > ")
                                          : ir_asprintf(" %s> ", l->at.contact);
}

static int
lines_of(const struct ir_buf *b)
{
    int n = 0;
    size_t i;

    for (i = 0; i < b->len; i++)
        n += b->p[i] == '\n';
    return n;
}

/* The end of what is typed that fits beside the prompt. */
static const char *
tail_of(const char *line, int room)
{
    while (*line != '\0' && ir_utf8_width(line) > room) {
        size_t step = 1;

        (void)ir_utf8_next(line, strlen(line), &step);
        line += step;
    }
    return line;
}

/* Draw it where it was drawn before, when it looks different now. */
static void
draw(struct live *l, bool anew)
{
    const struct ir_view *v = &l->c->view;
    struct ir_buf out = {0}, below = {0};
    char *prompt = NULL, *line, *text;
    int room = v->term.lines > 4 ? v->term.lines - 1 : 0, max = room;

    put_below(l, &below, &prompt);
    ir_view_call(v, &l->r->view, 0, &out);
    while (room > 0 && max > 2 && lines_of(&out) + lines_of(&below) > room) {
        out.len = 0;
        ir_view_call(v, &l->r->view, --max, &out);
    }
    ir_buf_adds(&out, ir_buf_str(&below));
    ir_buf_adds(&out, prompt);
    line = ir_view_safe(v, l->keys.line);
    ir_buf_adds(&out, tail_of(line, v->term.cols - 1 - ir_utf8_width(prompt)));
    text = ir_buf_take(&out);
    if (anew || l->last == NULL || strcmp(text, l->last) != 0) {
        ir_buf_addf(&l->c->out, "%s", l->moves && anew ? "\033[H\033[2J" : "");
        if (l->last != NULL && !anew && l->moves) {
            ir_buf_addc(&l->c->out, '\r');
            if (l->last_lines > 0)
                ir_buf_addf(&l->c->out, "\033[%dA", l->last_lines);
            ir_buf_adds(&l->c->out, "\033[J");
        } else if (l->last != NULL && !l->moves) {
            ir_buf_addc(&l->c->out, '\n');
        }
        l->last_lines = 0;
        for (line[0] = '\0', max = 0; text[max] != '\0'; max++)
            l->last_lines += text[max] == '\n';
        ir_buf_adds(&l->c->out, text);
        ir_ctx_flush(l->c);
        free(l->last);
        l->last = text;
        text = NULL;
    }
    free(text);
    free(line);
    free(prompt);
    ir_buf_done(&below);
}

static void
set_note(struct live *l, char *note)
{
    free(l->note);
    l->note = note;
}

/* The key 1 to 6 as what is recorded about `t`; false: it is none. */
static bool
hand_of(const char *key, const struct target *t, const char *proxy,
        struct ir_callhand *h)
{
    memset(h, 0, sizeof *h);
    h->contact = t->contact;
    h->channel = t->channel;
    h->address = t->address[0] != '\0' ? t->address : NULL;
    h->detail = proxy;
    h->outcome = IR_OUTCOME_REPLIED;
    if (strcmp(key, "1") == 0) {
        h->ack = IR_ACK_ACCEPT;
        h->reply = _("can come");
    } else if (strcmp(key, "2") == 0) {
        h->ack = IR_ACK_DECLINE;
        h->reply = _("cannot");
    } else if (strcmp(key, "4") == 0) {
        h->reply = _("will call back");
    } else if (strcmp(key, "3") == 0) {
        h->outcome = IR_OUTCOME_NO_ANSWER;
    } else if (strcmp(key, "6") == 0 && !is_voice(t->channel)) {
        h->outcome = IR_OUTCOME_HANDED;
    } else {
        return false;
    }
    return true;
}

/* How it is known what they said: "phone 050-0000-0101, Sato answered". */
static char *
how_of(const struct live *l, const struct ir_callhand *h)
{
    char *channel = ir_view_channel(&l->c->view, h->channel), *how, *all;

    how = h->address != NULL ? ir_asprintf("%s %s", channel, h->address)
                             : ir_strdup(channel);
    free(channel);
    if (h->detail == NULL)
        return how;
    all = ir_asprintf(_("%s, %s"), how, h->detail);
    free(how);
    return all;
}

static void
record(struct live *l, const char *key, const struct target *t,
       const char *proxy)
{
    struct ir_callhand h;
    char *how, *name;
    char *answered =
        proxy != NULL ? ir_asprintf(_("%s answered"), proxy) : NULL;
    int rc;

    if (!hand_of(key, t, answered, &h)) {
        free(answered);
        set_note(l, ir_strdup(_("Type one of the numbers above, s or q.")));
        return;
    }
    how = how_of(l, &h);
    h.how = how;
    name = ir_view_person(&l->c->view, t->contact, true);
    ir_keys_end(&l->keys); /* a passphrase may be asked for */
    rc = ir_callrun_record(l->c, l->r->x->row->a, &h, 1);
    (void)ir_keys_begin(&l->keys, NULL);
    ir_callrun_stale(l->r);
    if (rc == IR_OK) {
        set_note(l, ir_asprintf(_("Recorded: %s: %s"), name,
                                h.reply != NULL ? h.reply
                                : h.outcome == IR_OUTCOME_HANDED
                                    ? _("handed over")
                                    : _("no answer")));
        ir_comms_kick(l->c);
    } else {
        set_note(l, ir_asprintf(_("NOT recorded: %s"), l->c->err.msg));
        memset(&l->c->err, 0, sizeof l->c->err);
        l->c->not_recorded = false;
    }
    free(answered);
    free(name);
    free(how);
}

/* Somebody of the tree whose id or name was typed, by their first way by hand;
 * false: nobody. */
static bool
find_person(const struct live *l, const char *typed, struct target *t)
{
    const struct ir_outgoing *x = l->r->x;
    size_t i, k;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];
        char *name = ir_view_person(&l->c->view, r->contact, false);
        bool same = strcasecmp(r->contact, typed) == 0 ||
                    strcasecmp(name, typed) == 0 ||
                    strcasecmp(x->to.who[i].name, typed) == 0;

        free(name);
        if (!same)
            continue;
        for (k = 0; k + 1 < r->ways_n && r->ways[k].use != IR_WAY_BY_HAND; k++)
            ;
        target_set(t, r, r->ways_n > 0 ? &r->ways[k] : NULL);
        return true;
    }
    return false;
}

static void
hand_line(struct live *l, char *key, char *rest)
{
    struct target other = {0};

    if (*rest != '\0' && strlen(key) == 1 && strchr("12346", *key) != NULL) {
        if (find_person(l, rest, &other))
            record(l, key, &other, NULL);
        else
            set_note(
                l, ir_asprintf(_("Nobody of the tree is called %.60s."), rest));
        target_done(&other);
    } else if (l->at.contact == NULL) {
        set_note(l, ir_strdup(_("Nobody to dial now. 1 NAME, 2 NAME, or q.")));
    } else if (strcmp(key, "s") == 0) {
        skip(l);
    } else if (strcmp(key, "5") == 0) {
        target_done(&l->held);
        l->held =
            (struct target){ir_strdup(l->at.contact), ir_strdup(l->at.channel),
                            ir_strdup(l->at.address)};
        l->mode = WHO;
    } else {
        record(l, key, &l->at, NULL);
    }
}

/* Do what a line says; false: they leave. */
static bool
take_line(struct live *l)
{
    struct ir_buf narrow = {0};
    char *p, *rest;
    bool stay = true;

    set_note(l, NULL);
    ir_utf8_narrow(&narrow, l->keys.line);
    p = (char *)(uintptr_t)ir_buf_str(&narrow);
    p += strspn(p, " ");
    while (*p != '\0' && p[strlen(p) - 1] == ' ')
        p[strlen(p) - 1] = '\0';
    rest = p + strcspn(p, " ");
    if (l->mode == WHO) {
        free(l->proxy);
        l->proxy = *p != '\0' ? ir_strdup(p) : NULL;
        l->mode = l->proxy != NULL ? SAID : HAND;
    } else if (l->mode == SAID) {
        /* nothing of that: nobody has answered */
        record(l, *p != '\0' ? p : "3", &l->held, l->proxy);
        l->mode = HAND;
    } else if (*p != '\0') {
        if (*rest != '\0')
            *rest++ = '\0';
        rest += strspn(rest, " ");
        stay = strcmp(p, "q") != 0 && strcmp(p, "quit") != 0;
        if (stay)
            hand_line(l, p, rest);
    }
    l->keys.n = 0;
    l->keys.line[0] = '\0';
    ir_buf_done(&narrow);
    return stay;
}

/* Does something wait to be sent that no process seems to send? */
static void
kick(struct live *l)
{
    int64_t now = ir_clock_mono_ms();
    size_t i;
    bool due = false;

    for (i = 0; i < l->r->x->due_n; i++)
        due |= !l->r->x->due[i].by_hand;
    if (!due || now < l->kick_ms)
        return;
    l->kick_ms = now + KICK_MS;
    ir_comms_kick(l->c);
}

static bool
runs(const struct ir_callrun *r)
{
    return r->view.state == IR_VCALL_RUNS ||
           r->view.state == IR_VCALL_WAITING ||
           (r->view.state == IR_VCALL_TRIED && ir_callrun_to_dial(r));
}

/* The last picture stays, without the prompt. */
static void
leave(struct live *l)
{
    struct ir_buf *out = &l->c->out;

    if (l->moves && l->last != NULL) {
        ir_buf_addc(out, '\r');
        if (l->last_lines > 0)
            ir_buf_addf(out, "\033[%dA", l->last_lines);
        ir_buf_adds(out, "\033[J");
    } else {
        ir_buf_addc(out, '\n');
    }
    if (l->r->x != NULL)
        ir_view_call(&l->c->view, &l->r->view, 0, out);
    ir_ctx_flush(l->c);
}

int
ir_call_live(struct ir_callrun *r, bool *left)
{
    struct ir_ctx *c = r->c;
    const char *term = getenv("TERM");
    struct live l = {.r = r, .c = c, .last_lines = 0};
    bool changed = false, anew = false;
    size_t i;
    int rc;

    *left = false;
    l.moves = c->view.term.tty && !c->plain && term != NULL &&
              strcmp(term, "dumb") != 0;
    ir_ctx_flush(c);
    rc = ir_keys_begin(&l.keys, &c->err);
    l.kick_ms = ir_clock_mono_ms() + KICK_MS;
    while (rc == IR_OK && runs(r) && !*left) {
        enum ir_keyed key;

        draw(&l, anew);
        anew = false;
        key = ir_keys_wait(&l.keys, LOOK_MS);
        if (key == IR_KEY_QUIT)
            *left = true;
        else if (key == IR_KEY_LINE)
            *left = !take_line(&l);
        else if (key == IR_KEY_RESIZE) {
            ir_term_detect(STDOUT_FILENO, c->plain, getenv, &c->view.term);
            anew = true;
        }
        rc = ir_callrun_again(r, &changed);
        if (rc == IR_OK)
            kick(&l);
    }
    leave(&l);
    ir_keys_end(&l.keys);
    for (i = 0; i < l.skips_n; i++)
        target_done(&l.skip[i].t);
    target_done(&l.at);
    target_done(&l.held);
    free(l.proxy);
    free(l.note);
    free(l.last);
    return rc;
}
