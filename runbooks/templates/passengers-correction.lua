return {
  api = 1,
  kind = "template",
  id = "passengers-correction",
  number = 13,
  audience = "passengers",
  title = { en = "Passengers: correction",
            ja = "旅客: 訂正のお知らせ" },
  body = {
    en = "Correction. What was shown or said was wrong: ${what}.\n" ..
           "When: ${when}. Where: ${where}.\n" ..
           "Who is concerned: ${who}. Reason: ${why}.\n" ..
           "What is right: ${how}.\n" ..
           "Please stay calm, walk, and listen to our staff.\n",
    ja = "訂正します。次の表示または放送は誤りです。${what}。\n" ..
           "日時: ${when}。場所: ${where}。\n" ..
           "対象の方: ${who}。原因: ${why}。\n" ..
           "正しい内容: ${how}。\n" ..
           "落ち着いて、走らずに、係員の案内をお聞きください。\n",
  },
}
