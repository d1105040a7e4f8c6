return {
  api = 1,
  kind = "template",
  id = "residents-update",
  number = 18,
  audience = "residents",
  title = { en = "Residents: state",
            ja = "地域住民: 状況" },
  body = {
    en = "${what} at ${where} since ${when}.\n" ..
           "Who is concerned: ${who}. Reason: ${why}.\n" ..
           "${how}. Roads, noise or flights that change are named here.\n" ..
           "Questions: city disaster office. Next word within two hours.\n",
    ja = "${when}から、${where}で次の状況になっています。${what}。\n" ..
           "影響を受ける方: ${who}。原因: ${why}。\n" ..
           "${how}。道路、騒音、運航に変更があれば、ここでお知らせします。\n" ..
           "お問合せは市の防災担当へ。2時間以内に改めてお知らせします。\n",
  },
}
