return {
  api = 1,
  kind = "template",
  id = "ministry-client-update",
  number = 10,
  audience = "ministry-client",
  title = { en = "Ministry of Samples: state",
            ja = "見本省: 状況の報告" },
  body = {
    en = "Public information system: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "What citizens see, how many: ${who}.\n" ..
           "Was content changed, and cause so far: ${why}.\n" ..
           "What we do, what we ask you to decide: ${how}.\n" ..
           "Please register nothing until we call. Next call within 30 minutes.\n",
    ja = "行政情報提供システム: ${what}。開始: ${when}。箇所: ${where}。\n" ..
           "利用者から見える状態と規模: ${who}。\n" ..
           "内容の改ざんの有無、判明した原因: ${why}。\n" ..
           "当社の対応と、ご判断いただきたいこと: ${how}。\n" ..
           "再度の連絡まで、情報の登録をお控えください。30分以内に改めて電話します。\n",
  },
}
