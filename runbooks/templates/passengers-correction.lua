return {
  api = 1,
  kind = "template",
  id = "passengers-correction",
  number = 13,
  audience = "passengers",
  title = { en = "Passengers: correction",
            ja = "旅客: 訂正のお知らせ" },
  body = {
    en = "Correction. What was shown or said at ${where} at ${when} was wrong: ${what}.\n" ..
           "It concerned ${who}. Reason: ${why}.\n" ..
           "What is right: ${how}.\n" ..
           "Please stay calm, walk, and listen to our staff.\n",
    ja = "訂正します。${when}に${where}で表示または放送した内容は誤りです。${what}。\n" ..
           "対象は${who}です。原因: ${why}。\n" ..
           "正しくは次のとおりです。${how}。\n" ..
           "落ち着いて、走らずに、係員の案内をお聞きください。\n",
  },
}
