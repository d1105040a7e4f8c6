return {
  api = 1,
  kind = "template",
  id = "media-breach",
  number = 8,
  audience = "media",
  title = { en = "Media: cause, remedy, prevention",
            ja = "報道機関: 原因・改善・再発防止" },
  body = {
    en = "Statement of Mihon International Airport Co., with an apology to all concerned.\n" ..
           "1 What was broken, when and where: ${what}; ${when}; ${where}.\n" ..
           "2 Who is affected, and how they are helped: ${who}.\n" ..
           "3 Cause: ${why}.\n" ..
           "4 Improvement, recovery and future protection, each with owner and date: ${how}.\n" ..
           "5 Independent review, and the date on which we report again.\n" ..
           "Questions: press desk, at any hour.\n",
    ja = "見本国際空港株式会社 発表（関係の皆様に深くお詫び申し上げます）\n" ..
           "1 守られなかった事項と日時・場所: ${what}、${when}、${where}\n" ..
           "2 影響を受けた方と対応: ${who}\n" ..
           "3 原因: ${why}\n" ..
           "4 改善、復旧、今後の防止策（責任者と期日）: ${how}\n" ..
           "5 第三者による検証と、次回の報告予定日\n" ..
           "お問合せは、報道窓口で常時お受けします。\n",
  },
}
