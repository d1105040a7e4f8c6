return {
  api = 1,
  kind = "template",
  id = "citizens-restored",
  number = 4,
  audience = "citizens",
  title = { en = "Citizens: available again",
            ja = "利用者: 提供の再開" },
  body = {
    en = "${what} at ${where} is available again as of ${when}.\n" ..
           "Concerned were: ${who}. Reason: ${why}.\n" ..
           "${how}. Everything shown has been compared with the ministry's originals.\n" ..
           "Please reload the page before you rely on it.\n",
    ja = "${where}の${what}は、${when}に提供を再開しました。\n" ..
           "対象は${who}でした。原因: ${why}。\n" ..
           "${how}。掲載内容は全て見本省の原本と照合済みです。\n" ..
           "ご利用の前に、画面を再読み込みしてください。\n",
  },
}
