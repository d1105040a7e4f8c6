return {
  api = 1,
  kind = "form",
  id = "report",
  for_kind = "authority",
  title = { en = "Report", ja = "報告" },
  intro = { en = "Fill in.", ja = "記入する。" },
  fields = {
    { id = "what", type = "text", required = true, ask = { en = "What?", ja = "何が？" } },
    { id = "bad", type = "choice", required = false, ask = { en = "Bad?", ja = "重い？" },
      choices = { { id = "yes", title = { en = "Yes", ja = "はい" } }, { id = "no", title = { en = "No", ja = "いいえ" } } } },
  },
}
