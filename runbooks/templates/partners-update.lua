return {
  api = 1,
  kind = "template",
  id = "partners-update",
  audience = "partners",
  title = { en = "Partners: state and rules",
            ja = "取引先: 状況とお願い" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Which connections and contracts: ${who}. Reason: ${why}.\n" ..
           "What we ask of you: ${how}.\n" ..
           "Close remote access to us until we open it again by phone. Trust no mail from us today.\n" ..
           "Next word within two hours, by phone.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "対象の接続・契約: ${who}。原因: ${why}。\n" ..
           "お願い: ${how}。\n" ..
           "当社が電話で再開を伝えるまで、遠隔接続を止めてください。本日の当社発のメールは信用しないでください。\n" ..
           "2時間以内に改めて電話します。\n",
  },
}
