return {
  api = 1,
  kind = "controls",
  rows = { { id = "X 1", title = { en = "T", ja = "題" }, demand = { en = "D", ja = "求" }, where = { en = "W", ja = "所" } } },
}
