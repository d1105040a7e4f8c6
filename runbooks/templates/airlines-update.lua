return {
  api = 1,
  kind = "template",
  id = "airlines-update",
  number = 1,
  audience = "airlines",
  title = { en = "Airlines: state and next time",
            ja = "航空会社: 状況と次の連絡" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Flights and counters concerned: ${who}.\n" ..
           "Reason: ${why}.\n" ..
           "What we do, what we ask of you: ${how}.\n" ..
           "We call again within 20 minutes.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "対象の便・カウンター: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "当社の対応とお願い: ${how}。\n" ..
           "20分以内に改めて電話します。\n",
  },
}
