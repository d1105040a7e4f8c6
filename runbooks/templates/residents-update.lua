return {
  api = 1,
  kind = "template",
  id = "residents-update",
  number = 18,
  audience = "residents",
  title = { en = "Residents: state",
            ja = "地域住民: 状況" },
  body = {
    en = "${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Who is concerned: ${who}. Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Roads, noise or flights that change are named here.\n" ..
           "Questions: city disaster office. Next word within two hours.\n",
    ja = "お知らせします。${what}。\n" ..
           "発生時刻: ${when}。場所: ${where}。\n" ..
           "影響を受ける方: ${who}。原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "道路、騒音、運航に変更があれば、ここでお知らせします。\n" ..
           "お問合せは市の防災担当へ。2時間以内に改めてお知らせします。\n",
  },
}
