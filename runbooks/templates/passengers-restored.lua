return {
  api = 1,
  kind = "template",
  id = "passengers-restored",
  number = 15,
  audience = "passengers",
  title = { en = "Passengers: working again",
            ja = "旅客: 復旧のお知らせ" },
  body = {
    en = "${what} at ${where} works again as of ${when}.\n" ..
           "This concerned ${who}. Reason: ${why}.\n" ..
           "${how}. From now on the displays count; boards are being taken away.\n" ..
           "Thank you for your patience. If something looks wrong, please tell any member of staff.\n",
    ja = "${where}の${what}は、${when}に復旧しました。\n" ..
           "対象は${who}でした。原因: ${why}。\n" ..
           "${how}。これからは案内表示をご覧ください。掲示板は片付けます。\n" ..
           "ご協力ありがとうございました。おかしな点があれば、お近くの係員にお知らせください。\n",
  },
}
