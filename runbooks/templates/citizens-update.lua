return {
  api = 1,
  kind = "template",
  id = "citizens-update",
  number = 5,
  audience = "citizens",
  title = { en = "Citizens: not available",
            ja = "利用者: 提供の停止" },
  body = {
    en = "Information is not available or not complete: ${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Concerned: ${who}. Reason: ${why}.\n" ..
           "What we do: ${how}.\n" ..
           "Until then the ministry's telephone desk and local offices give the same information.\n" ..
           "This notice is renewed at least every 30 minutes while the service is down.\n",
    ja = "情報が見られない、または不完全な状態です。${what}。\n" ..
           "発生時刻: ${when}。場所: ${where}。\n" ..
           "対象: ${who}。原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "それまでは、見本省の電話窓口と地方窓口で同じ情報をご案内します。\n" ..
           "停止中は、少なくとも30分ごとにこのお知らせを更新します。\n",
  },
}
