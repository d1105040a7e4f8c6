return {
  api = 1,
  kind = "template",
  id = "media-update",
  number = 9,
  audience = "media",
  title = { en = "Media: statement",
            ja = "報道機関: 発表文" },
  body = {
    en = "Statement of Mihon International Airport Co.\n" ..
           "What happened: ${what}.\n" ..
           "When: ${when}. Where: ${where}.\n" ..
           "Who is affected: ${who}.\n" ..
           "Cause: ${why}.\n" ..
           "What we are doing: ${how}.\n" ..
           "We do not speculate. The next statement follows within two hours, in room 2F-05 and on paper at the press desk.\n",
    ja = "見本国際空港株式会社 発表\n" ..
           "事象: ${what}。\n" ..
           "発生日時: ${when}。場所: ${where}。\n" ..
           "影響を受ける方: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "推測に基づく説明は控えます。次の発表は2時間以内に、2F-05会見室と報道窓口の配布資料で行います。\n",
  },
}
