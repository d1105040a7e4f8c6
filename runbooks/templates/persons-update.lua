return {
  api = 1,
  kind = "template",
  id = "persons-update",
  number = 17,
  audience = "persons",
  title = { en = "Persons concerned: your data",
            ja = "本人への通知" },
  body = {
    en = "We must tell you that data about you may have been lost or seen by others, and we apologise.\n" ..
           "What happened: ${what}. When: ${when}. Where: ${where}.\n" ..
           "Which data of yours: ${who}.\n" ..
           "Cause: ${why}.\n" ..
           "What we have done, and what we advise you to do: ${how}.\n" ..
           "We never ask for passwords or money by phone. Our desk answers from 9:00 to 20:00; a letter with the result follows.\n",
    ja = "あなたの情報が、失われたか第三者に見られたおそれがあります。お詫びのうえお知らせします。\n" ..
           "事象: ${what}。日時: ${when}。場所: ${where}。\n" ..
           "対象となるあなたの情報: ${who}。\n" ..
           "原因: ${why}。\n" ..
           "当社の対応と、お願いしたいこと: ${how}。\n" ..
           "当社が電話でパスワードや金銭を求めることはありません。専用窓口は9時から20時です。結果は書面で改めてお知らせします。\n",
  },
}
