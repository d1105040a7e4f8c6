/* view_make.h: an incident, its people and its plan for the tests of screens,
 * built by hand; and the comparison of a screen with its expected file.
 */
#ifndef VIEW_MAKE_H
#define VIEW_MAKE_H

#include "base/i18n.h"
#include "base/time.h"
#include "base/utf8.h"
#include "plan_make.h"
#include "view/walk.h"

#include <time.h>
#include <unistd.h>

#define MIN INT64_C(60000)
/* Saturday 2026-11-21 03:12 in Tokyo. */
#define NOW INT64_C(1795198320000)

static const char contacts_text[] =
    "{'people':["
    "{'id':'ito','name':{'en':'Ito Kazuo','ja':'伊藤 和夫'},'channels':["
    "['phone','050-0000-0101'],['sms','050-0000-0101'],"
    "['mail','ito@example.jp']]},"
    "{'id':'mori','name':{'en':'Mori Daisuke','ja':'森 大輔'},'channels':["
    "['phone','050-0000-0104'],['radio','channel 3']]},"
    "{'id':'tanaka','name':{'en':'Tanaka Yumi','ja':'田中 由美'},'channels':["
    "['phone','050-0000-0102']]}],"
    "'roles':["
    "{'id':'commander','title':{'en':'Commander','ja':'指揮者'},"
    "'holders':['ito','tanaka']},"
    "{'id':'network','title':{'en':'Network','ja':'ネットワーク'},"
    "'holders':['mori']},"
    "{'id':'operator','title':{'en':'Operator','ja':'運用員'},"
    "'holders':['mori']},"
    "{'id':'scribe','title':{'en':'Scribe','ja':'記録係'},"
    "'holders':['tanaka']},"
    "{'id':'spokesperson','title':{'en':'Spokesperson','ja':'広報責任者'},"
    "'holders':['tanaka']}],"
    "'trees':[{'id':'command','title':{'en':'Commander and deputies',"
    "'ja':'指揮者と代行者'},'say':{'en':'A system is failing and I need "
    "somebody to command; can you?','ja':'システムに異常があります。"
    "指揮をとれますか。'},'levels':[['ito'],['tanaka','role:network']]}],"
    "'audiences':[{'id':'passengers','number':1,'title':{'en':'Passengers and "
    "visitors','ja':'旅客・来港者'},'may_know':['what','when','impact'],"
    "'releases':'spokesperson','by':{'en':'public address, boards',"
    "'ja':'館内放送、掲示板'}}],"
    "'authorities':[{'id':'mlit','title':{'en':'Transport ministry',"
    "'ja':'国土交通省'},'channels':[['phone','050-0000-0201'],"
    "['mail','desk@example.jp']],'hours':{'en':'day and night',"
    "'ja':'24時間'},'say':{'en':'Here is our first report.',"
    "'ja':'第一報をお伝えします。'},'form':'mlit-first'}],'partners':[]}";

static const char system_text[] =
    "{'id':'flight-information','title':{'en':'Flight information','ja':"
    "'フライトインフォメーション'},'description':{'en':'Informs passengers "
    "and staff about flights.','ja':'旅客と職員に運航情報を伝える。'},"
    "'operations':[{'id':'displays','title':{'en':'Displays','ja':'案内表示'},"
    "'rto':7200,'rpo':900,'mtpd':86400,'level':80,'fallback':{'en':'Boards "
    "and announcements.','ja':'掲示板と放送で案内する。'}}],"
    "'owner':'network'}";

static const char plan_vars[] =
    "'symptoms':{'en':'Ransom note, odd file names, displays frozen','ja':"
    "'脅迫文、見慣れないファイル名、固まった表示'},'severity':1,"
    "'safety':{'en':'People first: a crowd at a dark display needs a person.',"
    "'ja':'人の安全を優先する。人だまりには、まず係員を置く。'},"
    "'vars':{'host':{'type':'host','ask':{'en':'First host seen','ja':"
    "'最初に確認したホスト'}}},";

static const char plan_steps[] =
    "{'id':'lead','title':{'en':'Reach the commander','ja':'指揮者に連絡する'},"
    "'role':'operator','within':300,'say':{'en':'Call down the list until "
    "somebody answers.','ja':'応答があるまで順に電話する。'},"
    "'good':{'en':'Somebody said: I command.','ja':'「指揮をとる」という"
    "返事があった。'},'call':'command'},"
    "{'id':'isolate','title':{'en':'Isolate the first host','ja':"
    "'最初の端末を隔離する'},'role':'network','within':300,'after':[],"
    "'say':{'en':'Pull the blue uplink cable of ${host} (rack B3, port 24).',"
    "'ja':'${host}（ラックB3、24番ポート）の青いアップリンクケーブルを抜く。'},"
    "'place':{'en':'server room 2F, rack B3','ja':'2階サーバー室、ラックB3'},"
    "'good':{'en':'Link light off, monitoring shows ${host} red.','ja':"
    "'リンクランプが消え、監視画面で${host}が赤になればよい。'},"
    "'on_fail':{'en':'Nobody near the rack: run isolate.','ja':"
    "'ラックに行けない場合は run isolate。'},"
    "'warn':{'en':'Do not switch ${host} off: memory holds the traces.','ja':"
    "'${host}の電源は切らない。メモリーに痕跡が残っている。'},"
    "'run':['ssh','-o','BatchMode=yes','--','${host}',"
    "'nft -f /etc/nftables.isolate'],'confirm':2,'contain':true,"
    "'undo':'reconnect'},"
    "{'id':'volatile','title':{'en':'Save what memory holds','ja':"
    "'メモリーの内容を保全する'},'role':'operator','within':1200,"
    "'after':['isolate'],'say':{'en':'Collect volatile data of ${host}.','ja':"
    "'${host}の揮発性データを取得する。'},'collect':'linux-volatile',"
    "'target':'${host}','preserves':['memory']},"
    "{'id':'spread','title':{'en':'Decide: one or many?','ja':"
    "'1台か複数かを決める'},'role':'commander','within':300,'say':{'en':"
    "'One server, or does it spread? In doubt it spreads.','ja':"
    "'1台にとどまるか、広がっているか。迷えば「複数」とする。'},'choose':["
    "{'id':'one','title':{'en':'Only ${host}','ja':'${host}だけ'},'say':{'en':"
    "'The other server keeps its concourses.','ja':"
    "'もう1台が受け持つ表示は続く。'}},"
    "{'id':'many','title':{'en':'Two or more, or not known','ja':"
    "'2台以上、または不明'},'act':'commander'}]},"
    "{'id':'announce','title':{'en':'Tell the passengers','ja':"
    "'旅客に知らせる'},'role':'operator','say':{'en':'Read the text aloud "
    "over the public address.','ja':'館内放送で文面を読み上げる。'},"
    "'notify':'passengers','template':'passengers-displays'},"
    "{'id':'ministry','title':{'en':'First report to the ministry','ja':"
    "'国土交通省に第一報を入れる'},'role':'operator','say':{'en':'Phone the "
    "ministry.','ja':'電話で第一報を入れる。'},'tell':'mlit',"
    "'report':'first'},"
    "{'id':'settle','title':{'en':'Let caches settle','ja':"
    "'キャッシュの更新を待つ'},'say':{'en':'Wait.','ja':'待つ。'},"
    "'wait':1800},"
    "{'id':'boards','title':{'en':'Put boards out','ja':'掲示板を出す'},"
    "'role':'operator','say':{'en':'Bring boards to the dark concourses.','ja':"
    "'消えたコンコースに掲示板を置く。'},'measure':{'text':{'en':"
    "'Boards by hand','ja':'手書き掲示板'},'owner':'network','review':21600},"
    "'service':{'operation':'displays','level':40},"
    "'repeat':{'to':'boards','max':5,'ask':{'en':'Is another concourse dark?',"
    "'ja':'ほかに消えたコンコースはありますか？'}}},"
    "{'id':'count','title':{'en':'Note what is known','ja':"
    "'わかっていることを記録する'},'role':'operator','say':{'en':'Answer what "
    "you know.','ja':'わかる範囲で答える。'},'ask':['host']},"
    "{'id':'reimage','title':{'en':'Reimage ${host}','ja':"
    "'${host}を初期化する'},'role':'operator','say':{'en':'Start the installer "
    "from the blue "
    "stick.','ja':'青いUSBメモリーからインストーラーを起動する。'},"
    "'destroys':['memory','disk'],'warn':{'en':'Everything on it is lost.',"
    "'ja':'全ての内容が失われる。'}},"
    "{'id':'reconnect','title':{'en':'Reconnect the host','ja':"
    "'端末を再接続する'},'role':'network','say':{'en':'Plug the cable in.',"
    "'ja':'ケーブルを挿す。'}}";

struct fixture {
    struct ir_view v;
    struct ir_trust trust;
    struct ir_json *contacts, *system;
    struct ir_plan *plan;
    struct ir_incident inc;
    struct ir_walk w;
};

static inline const struct ir_json *
fixture_contacts(const char *list, void *arg)
{
    return ir_json_get(arg, list);
}

static inline struct ir_json *
view_json(const char *s)
{
    char *text = plan_quote(s);
    struct ir_json *j = NULL;
    struct ir_err err;

    if (ir_json_parse(text, strlen(text), &j, &err) != IR_OK)
        fail_msg("%s", err.msg);
    free(text);
    return j;
}

static inline void
view_member_add(struct ir_trust *t, const char *handle, const char *name)
{
    struct ir_member *m;
    size_t i = t->members_n++;

    t->members = ir_realloc(t->members, t->members_n * sizeof *t->members);
    m = &t->members[i];
    memset(m, 0, sizeof *m);
    memset(m->id, (int)i + 1, sizeof m->id);
    snprintf(m->handle, sizeof m->handle, "%s", handle);
    m->name = ir_strdup(name);
    m->active = true;
    m->admin = i == 0;
    t->keys = ir_realloc(t->keys, (t->keys_n + 1) * sizeof *t->keys);
    memset(&t->keys[t->keys_n], 0, sizeof *t->keys);
    memset(t->keys[t->keys_n].key_id, (int)i + 1, IR_KEYID_BYTES);
    t->keys[t->keys_n++].member = i;
}

/* The steps of the plan in these states, as at 03:12. */
static inline void
view_steps(struct fixture *f)
{
    size_t i;

    f->inc.steps_n = f->plan->steps_n;
    f->inc.steps = ir_calloc(f->plan->steps_n, sizeof *f->inc.steps);
    for (i = 0; i < f->plan->steps_n; i++) {
        struct ir_istep *st = &f->inc.steps[i];

        st->step = &f->plan->steps[i];
        st->path = ir_asprintf("1/%s", st->step->id);
        st->short_name = ir_strdup(st->step->id);
        st->instance = 1;
        st->plan = f->plan;
        st->iteration = 1;
        st->by = -1;
        st->state = IR_STEP_WAITING;
    }
}

static inline struct ir_istep *
view_step(struct fixture *f, const char *id)
{
    return &f->inc.steps[ir_plan_step(f->plan, id)];
}

static inline void
view_set(struct fixture *f, const char *id, enum ir_step_state s, int by,
         int64_t at_ms)
{
    struct ir_istep *st = view_step(f, id);

    st->state = s;
    st->by = by;
    if (s == IR_STEP_READY)
        st->ready_ms = at_ms;
    else if (s == IR_STEP_ACTIVE)
        st->begun_ms = at_ms;
    else
        st->ended_ms = at_ms;
    if (st->step->within_s > 0 && s != IR_STEP_DONE)
        st->due_ms = at_ms + st->step->within_s * 1000;
}

/* Free what the steps of fixture `f` need, then set these needs. */
static inline void
view_needs(struct ir_istep *st, size_t n, const char *const *needs)
{
    size_t i;

    st->needs = ir_calloc(n + 1, sizeof *st->needs);
    st->needs_n = n;
    for (i = 0; i < n; i++)
        st->needs[i] = ir_strdup(needs[i]);
}

static inline void
view_clock(struct fixture *f, const char *name, enum ir_clock_type type,
           enum ir_clock_state state, int64_t target_s, int64_t from_ms,
           int64_t due_ms)
{
    struct ir_iclock *c;

    f->inc.clocks =
        ir_realloc(f->inc.clocks, (f->inc.clocks_n + 1) * sizeof *c);
    c = &f->inc.clocks[f->inc.clocks_n++];
    memset(c, 0, sizeof *c);
    c->name = ir_strdup(name);
    c->type = type;
    c->state = state;
    c->target_s = target_s;
    c->from_ms = from_ms;
    c->due_ms = due_ms;
    c->by = -1;
    if (type != IR_CT_LEGAL) {
        c->operation = ir_strdup("displays");
    } else {
        c->title.en = ir_strdup("Ministry, first report");
        c->title.ja = ir_strdup("国土交通省 第一報");
    }
}

static inline void
view_role_add(struct fixture *f, const char *role, int member, bool acting)
{
    struct ir_irole *r;

    f->inc.roles = ir_realloc(f->inc.roles, (f->inc.roles_n + 1) * sizeof *r);
    r = &f->inc.roles[f->inc.roles_n++];
    memset(r, 0, sizeof *r);
    r->role = ir_strdup(role);
    r->member = member;
    r->acting = acting;
    r->offered_to = -1;
    r->since_ms = NOW - 20 * MIN;
}

static inline void
view_incident(struct fixture *f)
{
    struct ir_incident *inc = &f->inc;

    memset(inc->declare, 0x3f, sizeof inc->declare);
    memcpy(inc->id, inc->declare, sizeof inc->id);
    memcpy(inc->name, "IR-7K4Q", 8);
    inc->system = ir_strdup("flight-information");
    inc->scenario = ir_strdup("ransomware");
    inc->title = ir_strdup("Display servers encrypted");
    inc->severity = 1;
    inc->began_ms = NOW - 72 * MIN;
    inc->declared_ms = NOW - 31 * MIN;
    inc->mail = 3;
    inc->entries_n = 14;
    inc->instances_n = 1;
    inc->instances = ir_calloc(1, sizeof *inc->instances);
    inc->instances[0].number = 1;
    inc->instances[0].plan = f->plan;
    inc->vars_n = 1;
    inc->vars = ir_calloc(1, sizeof *inc->vars);
    inc->vars[0].name = ir_strdup("host");
    inc->vars[0].value = ir_strdup("FS1");
    view_steps(f);
    view_set(f, "lead", IR_STEP_DONE, 0, NOW - 25 * MIN);
    view_set(f, "isolate", IR_STEP_READY, -1, NOW - 2 * MIN);
    view_set(f, "volatile", IR_STEP_ACTIVE, 1, NOW - 2 * MIN);
    view_step(f, "reconnect")->optional = true;
    view_role_add(f, "commander", 0, true);
    view_role_add(f, "network", 1, false);
    view_clock(f, "flight-information/displays/rto", IR_CT_RTO,
               IR_CLOCK_AT_RISK, 7200, inc->began_ms, NOW + 48 * MIN);
    view_clock(f, "flight-information/displays/rpo", IR_CT_RPO,
               IR_CLOCK_RUNNING, 900, inc->began_ms, 0);
    view_clock(f, "mlit-first", IR_CT_LEGAL, IR_CLOCK_RUNNING, 7200,
               inc->began_ms, NOW + 88 * MIN);
}

/* Before the first word is said: where the catalogue is, and the zone. */
static inline int
view_setup(void **state)
{
    (void)state;
    setenv("IR_LOCALEDIR", IR_BUILD_DIR "/engine/po", 0);
    setenv("TZ", "Asia/Tokyo", 1);
    tzset();
    ir_i18n_set(IR_LANG_EN);
    return 0;
}

static inline void
fixture_init(struct fixture *f)
{
    char *json, *title;
    struct ir_err err = {0};

    memset(f, 0, sizeof *f);
    view_member_add(&f->trust, "ito", "Ito Kazuo");
    view_member_add(&f->trust, "mori", "Mori Daisuke");
    view_member_add(&f->trust, "smith", "Jo Smith");
    f->contacts = view_json(contacts_text);
    f->system = view_json(system_text);
    title = plan_quote("'id':'flight-information/ransomware',"
                       "'kind':'emergency','title':{'en':'Display servers "
                       "encrypted','ja':'表示サーバーの暗号化'},");
    json = ir_asprintf("{\"api\":1,%s", title);
    free(title);
    title = plan_quote(plan_vars);
    {
        char *steps = plan_quote(plan_steps);
        char *all = ir_asprintf("%s%s\"steps\":[%s]}", json, title, steps);

        if (ir_plan_decode(all, strlen(all), &f->plan, &err) != IR_OK)
            fail_msg("%s", err.msg);
        free(steps);
        free(all);
    }
    free(json);
    free(title);
    view_incident(f);
    f->v = (struct ir_view){.term = {.cols = 80, .lines = 24, .utf8 = true},
                            .now_ms = NOW,
                            .trust = &f->trust,
                            .contacts = fixture_contacts,
                            .contacts_arg = f->contacts,
                            .system = f->system,
                            .me = 0};
    f->w = (struct ir_walk){.inc = &f->inc, .focus = -1};
    f->w.record = (struct ir_view_record){.entries = 14,
                                          .this_device_only = 14,
                                          .oldest_ms = NOW - 31 * MIN,
                                          .newest_ms = NOW - MIN,
                                          .save = "ir carry out"};
}

static inline void
fixture_done(struct fixture *f)
{
    struct ir_incident *inc = &f->inc;
    size_t i, k;

    for (i = 0; i < inc->steps_n; i++) {
        struct ir_istep *st = &inc->steps[i];

        for (k = 0; k < st->needs_n; k++)
            free(st->needs[k]);
        free(st->needs);
        free(st->path);
        free(st->short_name);
        free(st->choice);
        free(st->reason);
        free(st->note);
    }
    for (i = 0; i < inc->clocks_n; i++) {
        free(inc->clocks[i].name);
        free(inc->clocks[i].operation);
        ir_text_done(&inc->clocks[i].title);
    }
    for (i = 0; i < inc->roles_n; i++)
        free(inc->roles[i].role);
    for (i = 0; i < inc->vars_n; i++) {
        free(inc->vars[i].name);
        free(inc->vars[i].value);
    }
    for (i = 0; i < f->trust.members_n; i++)
        free(f->trust.members[i].name);
    free(f->trust.members);
    free(f->trust.keys);
    free(f->trust.releases);
    free(inc->steps);
    free(inc->clocks);
    free(inc->roles);
    free(inc->vars);
    free(inc->instances);
    free(inc->system);
    free(inc->scenario);
    free(inc->title);
    free(inc->exceptions);
    free(inc->requests);
    free(inc->measures);
    free(inc->services);
    ir_plan_free(f->plan);
    ir_json_free(f->contacts);
    ir_json_free(f->system);
}

/* No line wider than the columns, no control bytes, valid UTF-8. */
static inline void
screen_check(const struct ir_buf *b, int cols, const char *name)
{
    const char *s = ir_buf_str(b);

    assert_true(ir_utf8_valid(s, b->len));
    while (*s != '\0') {
        size_t n = strcspn(s, "\n"), i;
        char *line = ir_strndup(s, n);

        for (i = 0; i < n; i++)
            if ((uint8_t)line[i] < 0x20 || (uint8_t)line[i] == 0x7f)
                fail_msg("%s: control byte %02x in \"%s\"", name,
                         (uint8_t)line[i], line);
        if (ir_utf8_width(line) > cols)
            fail_msg("%s: %d columns, not %d: \"%s\"", name,
                     ir_utf8_width(line), cols, line);
        free(line);
        s += n + (s[n] == '\n');
    }
}

/* Compare with tests/unit/screens/NAME.LANG.COLS.txt; with IR_SCREENS_WRITE
 * set, write that file instead.
 */
static inline void
screen_is(const struct ir_buf *b, const char *name, int cols)
{
    char *path = ir_asprintf(IR_SOURCE_DIR "/tests/unit/screens/%s.%s.%d.txt",
                             name, ir_lang_code(ir_i18n_lang()), cols);
    struct ir_buf want = {0};
    char chunk[4096];
    size_t n;
    FILE *file;

    screen_check(b, cols, path);
    if (getenv("IR_SCREENS_WRITE") != NULL) {
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(ir_buf_str(b), 1, b->len, file), b->len);
        assert_int_equal(fclose(file), 0);
    }
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is not there", path);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        ir_buf_add(&want, chunk, n);
    fclose(file);
    if (strcmp(ir_buf_str(&want), ir_buf_str(b)) != 0)
        fail_msg("%s differs; it is now:\n%s", path, ir_buf_str(b));
    ir_buf_done(&want);
    free(path);
}

/* Each screen in both languages at both widths. `draw` may change `f`; a new
 * one is made each time.
 */
static inline void
screens(const char *name, void (*draw)(struct fixture *f, struct ir_buf *out))
{
    static const int cols[] = {80, 40};
    int lang, i;

    for (lang = IR_LANG_EN; lang <= IR_LANG_JA; lang++)
        for (i = 0; i < 2; i++) {
            struct fixture f;
            struct ir_buf out = {0};

            ir_i18n_set((enum ir_lang)lang);
            fixture_init(&f);
            f.v.term.cols = cols[i];
            draw(&f, &out);
            screen_is(&out, name, cols[i]);
            ir_buf_done(&out);
            fixture_done(&f);
        }
    ir_i18n_set(IR_LANG_EN);
}

#endif
