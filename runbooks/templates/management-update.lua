return {
  api = 1,
  kind = "template",
  id = "management-update",
  number = 7,
  audience = "management",
  title = { en = "Management: one page",
            ja = "経営層: 1枚の報告" },
  body = {
    en = "What stopped: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "For whom: ${who}.\n" ..
           "Cause so far: ${why}.\n" ..
           "What we do and what we need from you: ${how}.\n" ..
           "Authorities told, with times: on the second sheet.\n" ..
           "Next page in one hour, sooner if people are in danger.\n",
    ja = "停止した業務: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "影響を受ける方: ${who}。\n" ..
           "判明した原因: ${why}。\n" ..
           "対応と、判断いただきたいこと: ${how}。\n" ..
           "官庁等への連絡状況と時刻は別紙のとおりです。\n" ..
           "次の報告は1時間後です。人に危険があれば直ちに報告します。\n",
  },
}
