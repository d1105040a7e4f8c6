return {
  api = 1,
  kind = "template",
  id = "notice",
  audience = "public",
  title = { en = "Notice", ja = "お知らせ" },
  body = { en = "${what} since ${when}.", ja = "${when}から${what}。" },
  number = 1,
}
