return {
  api = 1,
  kind = "template",
  id = "citizens-falsified",
  number = 3,
  audience = "citizens",
  title = { en = "Citizens: false content, correction",
            ja = "利用者: 誤った内容の訂正" },
  body = {
    en = "False content was shown: ${what}. It did not come from the ministry.\n" ..
           "When: ${when}. Where: ${where}.\n" ..
           "Concerned: ${who}. Reason: ${why}.\n" ..
           "What is right, and what to do if you acted on it: ${how}.\n" ..
           "If you entered a password or card number, change it and call the telephone desk.\n" ..
           "The page was taken off until it has been proved right.\n",
    ja = "見本省が出していない内容が掲載されていました。${what}。\n" ..
           "掲載の時刻: ${when}。場所: ${where}。\n" ..
           "対象: ${who}。原因: ${why}。\n" ..
           "正しい内容と、ご覧になった方へのお願い: ${how}。\n" ..
           "パスワードやカード番号を入力した方は、変更のうえ電話窓口にご連絡ください。\n" ..
           "正しいと確認できるまで、該当ページの提供を止めています。\n",
  },
}
