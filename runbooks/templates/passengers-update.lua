-- Read aloud and posted. Passengers may not know the cause: "why" reads "under
-- investigation" until the spokesperson decides otherwise.
return {
  api = 1,
  kind = "template",
  id = "passengers-update",
  number = 16,
  audience = "passengers",
  title = { en = "Passengers: what is wrong, what to do",
            ja = "旅客: 状況とお願い" },
  body = {
    en = "${what}, since ${when}, at ${where}.\n" ..
           "This concerns ${who}.\n" ..
           "Reason: ${why}.\n" ..
           "${how}.\n" ..
           "Please listen to our staff. We speak again within 20 minutes.\n",
    ja = "${when}から、${where}で次の状況になっています。${what}。\n" ..
           "対象となるのは${who}です。\n" ..
           "原因: ${why}。\n" ..
           "${how}。\n" ..
           "係員の案内をお聞きください。20分以内に改めてお知らせします。\n",
  },
}
