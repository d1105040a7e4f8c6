return {
  api = 1,
  kind = "template",
  id = "passengers-flight-displays",
  number = 14,
  audience = "passengers",
  title = { en = "Passengers: displays are out",
            ja = "旅客: 案内表示の停止" },
  body = {
    en = "The flight displays are not working: ${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Your airline tells you about your flight. Who is concerned: ${who}.\n" ..
           "Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Boards stand at the yellow marks; the next flights are called every ten minutes.\n" ..
           "Please be at your gate 20 minutes earlier than printed on your pass.\n" ..
           "We speak again within 20 minutes.\n",
    ja = "案内表示が使えません。${what}。\n" ..
           "発生時刻: ${when}。場所: ${where}。\n" ..
           "運航の状況は各航空会社がご案内します。対象の方: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "黄色い印の場所に掲示板があり、10分ごとに次の便を放送します。\n" ..
           "搭乗券の時刻より20分早めに搭乗口へお越しください。\n" ..
           "20分以内に改めてお知らせします。\n",
  },
}
