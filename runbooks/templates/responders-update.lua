return {
  api = 1,
  kind = "template",
  id = "responders-update",
  number = 19,
  audience = "responders",
  title = { en = "Responders: common picture",
            ja = "対応要員: 現在の状況" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Who does what: ${who}.\n" ..
           "Cause so far: ${why}.\n" ..
           "Next: ${how}.\n" ..
           "Contradict now if you know better. Next round in 20 minutes at the whiteboard.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "担当: ${who}。\n" ..
           "判明した原因: ${why}。\n" ..
           "次の対応: ${how}。\n" ..
           "違う点を知っていれば今言ってください。20分後に白板の前で再度確認します。\n",
  },
}
