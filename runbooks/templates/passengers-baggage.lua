return {
  api = 1,
  kind = "template",
  id = "passengers-baggage",
  number = 12,
  audience = "passengers",
  title = { en = "Passengers: baggage is delayed",
            ja = "旅客: 手荷物の遅れ" },
  body = {
    en = "Baggage is delayed: ${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Who is concerned: ${who}.\n" ..
           "Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Keep medicine, keys and valuables with you.\n" ..
           "If your bag does not arrive, staff at the arrivals desk take your address; the bag is sent to you.\n" ..
           "We speak again within 20 minutes.\n",
    ja = "手荷物の取扱いが遅れています。${what}。\n" ..
           "発生時刻: ${when}。場所: ${where}。\n" ..
           "対象の方: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "薬、鍵、貴重品はお手元にお持ちください。\n" ..
           "届かない手荷物は、到着カウンターで送り先を伺い、お届けします。\n" ..
           "20分以内に改めてお知らせします。\n",
  },
}
