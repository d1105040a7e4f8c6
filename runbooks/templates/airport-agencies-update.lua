return {
  api = 1,
  kind = "template",
  id = "airport-agencies-update",
  number = 2,
  audience = "airport-agencies",
  title = { en = "Customs, immigration, police: state",
            ja = "税関・入管・検疫・空港警察: 状況" },
  body = {
    en = "What: ${what}. Since: ${when}. Where: ${where}.\n" ..
           "Areas and people concerned: ${who}. Reason: ${why}.\n" ..
           "What we do, what we ask of you: ${how}.\n" ..
           "Guards stand at the points named. We call your direct line again within 20 minutes.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "対象の区域・人: ${who}。原因: ${why}。\n" ..
           "当社の対応とお願い: ${how}。\n" ..
           "伝えた場所に警備員を配置しています。20分以内に直通電話で改めてお知らせします。\n",
  },
}
