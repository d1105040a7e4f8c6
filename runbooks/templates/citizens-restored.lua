return {
  api = 1,
  kind = "template",
  id = "citizens-restored",
  number = 4,
  audience = "citizens",
  title = { en = "Citizens: available again",
            ja = "利用者: 提供の再開" },
  body = {
    en = "Available again: ${what}.\n" ..
           "Since: ${when}. Where: ${where}.\n" ..
           "Concerned were: ${who}. Reason: ${why}.\n" ..
           "What was done: ${how}.\n" ..
           "Everything shown has been compared with the ministry's originals.\n" ..
           "Please reload the page before you rely on it.\n",
    ja = "提供を再開しました。${what}。\n" ..
           "再開の時刻: ${when}。場所: ${where}。\n" ..
           "対象: ${who}。原因: ${why}。\n" ..
           "対応: ${how}。\n" ..
           "掲載内容は全て見本省の原本と照合済みです。\n" ..
           "ご利用の前に、画面を再読み込みしてください。\n",
  },
}
