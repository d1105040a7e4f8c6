return {
  api = 1,
  kind = "template",
  id = "insurer-update",
  number = 6,
  audience = "insurer",
  title = { en = "Insurer: notice of loss",
            ja = "保険会社: 事故の通知" },
  body = {
    en = "Notice under contract MSC-2026-026.\n" ..
           "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Who is affected: ${who}. Cause so far: ${why}.\n" ..
           "Measures taken and costs expected: ${how}.\n" ..
           "Please confirm by phone which costs need your word first, and give a claim number.\n",
    ja = "契約MSC-2026-026に基づく通知です。\n" ..
           "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "影響を受ける方: ${who}。判明した原因: ${why}。\n" ..
           "講じた措置と見込まれる費用: ${how}。\n" ..
           "事前の承認が必要な費用と受付番号を、電話でお知らせください。\n",
  },
}
