return {
  api = 1,
  kind = "template",
  id = "partners-update",
  number = 11,
  audience = "partners",
  title = { en = "Partners: state and rules",
            ja = "取引先: 状況とお願い" },
  body = {
    en = "What: ${what}. Since: ${when}.\n" ..
           "Which connections and contracts: ${who}. Reason: ${why}.\n" ..
           "What we ask of you: ${how}.\n" ..
           "If you doubt a message from us, call back the number in the contract.\n" ..
           "Next word within two hours, by phone.\n",
    ja = "事象: ${what}。開始: ${when}。\n" ..
           "対象の接続・契約: ${who}。原因: ${why}。\n" ..
           "お願い: ${how}。\n" ..
           "当社からの連絡に疑問があれば、契約書の番号へ折り返しご確認ください。\n" ..
           "2時間以内に改めて電話します。\n",
  },
}
