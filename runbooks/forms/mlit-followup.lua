-- Follow-up to the transport ministry: what changed since the last report
-- (airport guideline, 3.2.2.2; site.lua, mlit-followup).
return {
  api = 1,
  kind = "form",
  id = "mlit-followup",
  for_kind = "authority",
  title = { en = "Transport ministry: follow-up", ja = "国土交通省への続報" },
  intro = { en = "Say first what changed. What did not change is read out shortly.",
            ja = "変化した点から伝えます。変わらない項目は手短に読み上げます。" },
  phone = { en = "This is Mihon International Airport with a follow-up. Our receipt number of the first report is on my sheet.",
            ja = "見本国際空港です。続報です。第一報の受付番号は手元にあります。" },
  like = "mlit-first",
  fields = {
    "sender", "system",
    { id = "changes", type = "text", required = true,
      ask = { en = "What changed since the last report?", ja = "前回の報告からの変化" } },
    "impact",
    { id = "attack", type = "choice", required = true,
      ask = { en = "Is an attack suspected?", ja = "サイバー攻撃の疑い" },
      choices = {
        { id = "yes", title = { en = "Suspected", ja = "疑いあり" } },
        { id = "no", title = { en = "Not suspected", ja = "疑いなし" } },
        { id = "unknown", title = { en = "Not known", ja = "不明" } },
      } },
    { id = "cause", required = true },
    "measures",
    { id = "recovery", type = "text", required = true,
      ask = { en = "State of recovery, and when is it expected?", ja = "復旧の状況と見込み" } },
    "public", "next",
  },
}
