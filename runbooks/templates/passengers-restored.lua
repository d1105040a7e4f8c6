return {
  api = 1,
  kind = "template",
  id = "passengers-restored",
  number = 15,
  audience = "passengers",
  title = { en = "Passengers: working again",
            ja = "旅客: 復旧のお知らせ" },
  body = {
    en = "Works again: ${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Who was concerned: ${who}. Reason: ${why}.\n" ..
           "What was done: ${how}.\n" ..
           "From now on the displays count; boards are being taken away.\n" ..
           "Thank you for your patience. If something looks wrong, please tell any member of staff.\n",
    ja = "復旧しました。${what}。\n" ..
           "復旧時刻: ${when}。場所: ${where}。\n" ..
           "対象の方: ${who}。原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "これからは案内表示をご覧ください。掲示板は片付けます。\n" ..
           "ご協力ありがとうございました。おかしな点があれば、お近くの係員にお知らせください。\n",
  },
}
