return {
  api = 1,
  kind = "template",
  id = "staff-mail-distrusted",
  number = 21,
  audience = "staff",
  title = { en = "Staff: do not use mail",
            ja = "社員: メール使用禁止" },
  body = {
    en = "Do not use mail or groupware: somebody else may be reading. This holds from ${when} for ${who}.\n" ..
           "What: ${what}. Where: ${where}. Reason: ${why}.\n" ..
           "Use telephone, radio channel 1 and runners. ${how}.\n" ..
           "Believe no instruction that comes by mail, not even this one: call back on a number from the printed list.\n" ..
           "Next word at your section head's desk within one hour.\n",
    ja = "メールとグループウェアを使わないでください。第三者に読まれているおそれがあります。${when}から、${who}が対象です。\n" ..
           "事象: ${what}。場所: ${where}。原因: ${why}。\n" ..
           "電話、無線1チャンネル、伝令を使ってください。${how}。\n" ..
           "メールで届いた指示は信じず、紙の名簿の番号に電話して確かめてください。\n" ..
           "1時間以内に、各課長の席で改めて知らせます。\n",
  },
}
