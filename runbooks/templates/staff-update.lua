return {
  api = 1,
  kind = "template",
  id = "staff-update",
  number = 22,
  audience = "staff",
  title = { en = "Staff: state and rules",
            ja = "社員: 状況と守ること" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Concerned: ${who}. Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Say nothing outside; send questions to public relations.\n" ..
           "Do not switch off or clean a machine that looks odd. Report it to the operations desk by phone.\n" ..
           "Next word within 20 minutes, on radio channel 1 and the notice boards.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "対象: ${who}。原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "社外には話さず、問合せは広報へ回してください。\n" ..
           "様子のおかしい端末の電源を切ったり、駆除したりせず、運用室に電話してください。\n" ..
           "20分以内に、無線1チャンネルと掲示板で改めて知らせます。\n",
  },
}
