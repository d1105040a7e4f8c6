return {
  api = 1,
  kind = "recovery",
  id = "common/two",
  title = { en = "Two", ja = "二" },
  steps = {
    { id = "wait", title = { en = "Wait", ja = "待つ" }, say = { en = "Wait.", ja = "待つ。" }, wait = "30m" },
    { id = "call", title = { en = "Call", ja = "呼ぶ" }, say = { en = "Call.", ja = "呼ぶ。" },
      good = { en = "Here.", ja = "来た。" }, call = "call" },
  },
}
