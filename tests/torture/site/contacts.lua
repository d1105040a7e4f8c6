return {
  api = 1,
  kind = "contacts",
  people = {
    { id = "ito", name = { en = "Ito", ja = "伊藤" }, language = "ja", verified = "2026-10-01",
      channels = { { "phone", "050-0000-0001" } } },
  },
  roles = {
    { id = "commander", title = { en = "Commander", ja = "指揮者" }, holders = { "ito" }, wait = "5m" },
    { id = "operator", title = { en = "Operator", ja = "運用員" }, holders = { "ito" } },
  },
  trees = {},
  audiences = {},
  authorities = {
    { id = "ministry", title = { en = "Ministry", ja = "省" }, channels = { { "phone", "050-0000-0002" } },
      say = { en = "A failure.", ja = "障害です。" } },
  },
  partners = {},
}
