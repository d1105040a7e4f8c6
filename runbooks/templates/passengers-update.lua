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
    en = "${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Who is concerned: ${who}.\n" ..
           "Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Please listen to our staff. We speak again within 20 minutes.\n",
    ja = "お知らせします。${what}。\n" ..
           "発生時刻: ${when}。場所: ${where}。\n" ..
           "対象の方: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "係員の案内をお聞きください。20分以内に改めてお知らせします。\n",
  },
}
