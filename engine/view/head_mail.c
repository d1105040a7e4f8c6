/* head_mail.c: what is known of mail, in words; see head.h. */
#include "base/i18n.h"
#include "view/head.h"
#include "view/pool.h"

const char *
ir_head_mail_word(int mail)
{
    return mail == 1   ? _("works")
           : mail == 2 ? _("down: use phone, radio, paper")
           : mail == 3 ? _("do not use: the attacker may read it")
                       : _("not known whether it works or is safe");
}

const char *
ir_head_mail(const struct ir_view *v, const struct ir_incident *inc,
             struct ir_pool *pool)
{
    const char *word = ir_head_mail_word(inc->mail), *who, *at;

    if (inc->mail == 0 || inc->mail_at_ms == 0)
        return word;
    at = ir_pool_take(pool, ir_view_time(v, inc->mail_at_ms));
    if (inc->mail_node)
        return ir_pool_f(pool, _("%s (a device found so, %s)"), word, at);
    who = ir_pool_take(pool, ir_view_member(v, inc->mail_by, false));
    return ir_pool_f(pool, _("%s (%s, %s)"), word, who, at);
}
