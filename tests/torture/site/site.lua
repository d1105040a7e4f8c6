-- A site as small as it may be, for tests that walk it hundreds of times.
return {
  api = 1,
  kind = "site",
  organisation = { en = "Test", ja = "試験" },
  languages = { "ja", "en" },
  timezone = "Asia/Tokyo",
  fiscal_year_start = "04-01",
  business = { days = { "mon", "tue", "wed", "thu", "fri" }, hours = { "08:30", "17:15" }, holidays = { "2026-01-01" } },
  severities = {
    { level = 1, title = { en = "1", ja = "1" }, means = { en = "a", ja = "あ" } },
    { level = 2, title = { en = "2", ja = "2" }, means = { en = "b", ja = "い" } },
    { level = 3, title = { en = "3", ja = "3" }, means = { en = "c", ja = "う" } },
    { level = 4, title = { en = "4", ja = "4" }, means = { en = "d", ja = "え" } },
  },
  criteria = {
    review = "2027-03-31",
    items = { { id = "hurt", ask = { en = "Hurt?", ja = "けが？" }, severity = 1, unknown = "incident" } },
    not_incident = { { en = "Rain", ja = "雨" } },
  },
  deadlines = {
    { id = "first", law = { en = "Law", ja = "法" }, title = { en = "First", ja = "第一報" },
      authority = "ministry", counts_from = "awareness", trigger = { en = "T", ja = "き" },
      duration = "72h", days = "calendar", contains = { { en = "What", ja = "何" } },
      reviewed_by_counsel = false, applies = "default" },
  },
  policy = { first_word = "5m", update_every = "20m" },
  assembly = { { id = "hq", title = { en = "HQ", ja = "本部" }, place = { en = "Room 1", ja = "1号室" }, alternative = false } },
}
