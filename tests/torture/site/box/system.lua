return {
  api = 1,
  kind = "system",
  id = "box",
  title = { en = "Box", ja = "箱" },
  description = { en = "Shows things.", ja = "表示する。" },
  operations = { { id = "show", title = { en = "Show", ja = "表示" }, rto = "2h", rpo = "15m", mtpd = "24h",
                   level = 80, priority = 1, fallback = { en = "By hand.", ja = "手で行う。" } } },
  owner = "commander",
  config_record = { place = { en = "Binder", ja = "綴り" }, checked = "2026-10-01", max_age = "183d" },
  partners = {},
}
