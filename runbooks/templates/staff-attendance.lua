return {
  api = 1,
  kind = "template",
  id = "staff-attendance",
  number = 20,
  audience = "staff",
  title = { en = "Staff: who comes, who stays",
            ja = "社員: 出勤と在宅" },
  body = {
    en = "What: ${what}. From: ${when}. Where: ${where}.\n" ..
           "Who comes and who stays at home: ${who}. Reason: ${why}.\n" ..
           "How you report: ${how}.\n" ..
           "Ill, or somebody ill at home: stay, and phone personnel before your shift. Telling us is never held against you.\n" ..
           "Next word every day at 10:00 by phone tree and on the notice boards.\n",
    ja = "事象: ${what}。開始: ${when}。場所: ${where}。\n" ..
           "出勤する人、在宅の人: ${who}。理由: ${why}。\n" ..
           "連絡の方法: ${how}。\n" ..
           "本人や同居の家族に症状があれば出勤せず、勤務前に人事へ電話してください。申し出による不利益はありません。\n" ..
           "毎日10時に、連絡網と掲示板で改めて知らせます。\n",
  },
}
