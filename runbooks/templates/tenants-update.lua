return {
  api = 1,
  kind = "template",
  id = "tenants-update",
  number = 23,
  audience = "tenants",
  title = { en = "Tenants: state and what to do",
            ja = "テナント: 状況とお願い" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Shops concerned: ${who}. Reason: ${why}.\n" ..
           "What we ask of you: ${how}.\n" ..
           "Send questions of customers to the information counter. Next word within one hour.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "対象の店舗: ${who}。原因: ${why}。\n" ..
           "お願い: ${how}。\n" ..
           "お客様からの質問は総合案内へお回しください。1時間以内に改めてお知らせします。\n",
  },
}
