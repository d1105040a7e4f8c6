return {
  api = 1,
  kind = "contacts",
  people = {
    { id = "ito", name = { en = "Ito", ja = "伊藤" }, language = "ja", verified = "2026-10-01",
      channels = { { "phone", "050-0000-0001" } } },
    { id = "mori", name = { en = "Mori", ja = "森" }, language = "ja", verified = "2026-10-01",
      channels = { { "radio", "channel 3" } } },
  },
  roles = {
    { id = "commander", title = { en = "Commander", ja = "指揮者" }, holders = { "ito", "mori" }, wait = "5m" },
    { id = "operator", title = { en = "Operator", ja = "運用員" }, holders = { "mori" } },
  },
  trees = {
    { id = "call", title = { en = "All", ja = "全員" }, say = { en = "Come.", ja = "来てください。" },
      levels = { { "ito", "role:operator" } }, wait = "5m" },
  },
  audiences = {
    { id = "public", number = 1, title = { en = "Public", ja = "一般" }, inside = false,
      may_know = { "what", "when" }, releases = "commander" },
    { id = "staff", number = 2, title = { en = "Staff", ja = "職員" }, inside = true,
      may_know = { "what" }, releases = "commander" },
  },
  authorities = {
    { id = "ministry", verified = "2026-10-01", title = { en = "Ministry", ja = "省" }, channels = { { "phone", "050-0000-0002" } },
      say = { en = "A failure.", ja = "障害です。" }, form = "report" },
  },
  partners = {
    { id = "vendor", name = { en = "Vendor", ja = "業者" }, role = { en = "Repair", ja = "修理" },
      contract = "C-1", response = "4h", channels = { { "phone", "050-0000-0003" } }, verified = "2026-10-01" },
  },
}
