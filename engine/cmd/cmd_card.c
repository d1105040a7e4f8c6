/* cmd_card.c: `ir card`: the card in everybody's wallet. */
#include "base/i18n.h"
#include "cmd/commands.h"
#include "cmd/contacts.h"
#include "view/card.h"

#include <string.h>

static int
choose_language(const char *word, struct ir_err *err)
{
    if (word == NULL)
        return IR_OK;
    if (strcmp(word, "en") == 0 || strcmp(word, "ja") == 0) {
        ir_i18n_set(word[0] == 'j' ? IR_LANG_JA : IR_LANG_EN);
        return IR_OK;
    }
    return ir_fail(err, IR_EUSAGE, _("\"%.20s\" is no language: en or ja"),
                   word);
}

/* The release in force, of which the card is; without it there is none. */
static int
release_of(struct ir_ctx *c, struct ir_card *card, char hex[9])
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    size_t i;

    if (r == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND,
                _("no release is in force: a card of it would not be true"));
        ir_err_hint(&c->err, "ir release approve");
        return IR_ENOTFOUND;
    }
    for (i = 0; i < 4; i++)
        snprintf(hex + 2 * i, 3, "%02x", r->manifest[i]);
    card->release = hex;
    card->released_ms = r->made_ms;
    return IR_OK;
}

int
ir_cmd_card(struct ir_ctx *c, int argc, char **argv)
{
    const char *lang = NULL;
    bool html = false;
    struct ir_card card = {0};
    const struct ir_opt opts[] = {{"tree", 0, &card.tree, NULL, NULL, NULL},
                                  {"language", 0, &lang, NULL, NULL, NULL},
                                  {"html", 0, NULL, &html, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    enum ir_lang before = ir_i18n_lang();
    char hex[9] = "";
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "card", &c->err);
    if (rc == IR_OK)
        rc = choose_language(lang, &c->err);
    if (rc == IR_OK)
        rc = ir_contacts_open(c);
    if (rc == IR_OK)
        rc = release_of(c, &card, hex);
    if (rc == IR_OK && card.tree != NULL &&
        ir_view_contact(&c->view, "trees", card.tree) == NULL) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("there is no contact tree \"%.60s\""), card.tree);
        ir_err_hint(&c->err, "ir contacts list trees");
    }
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_card_json(&c->view, &card));
    else if (rc == IR_OK && html)
        ir_view_card_html(&c->view, &card, &c->out);
    else if (rc == IR_OK)
        ir_view_card(&c->view, &card, &c->out);
    ir_i18n_set(before);
    return rc;
}
