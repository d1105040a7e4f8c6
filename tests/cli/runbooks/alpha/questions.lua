-- A question of every type.
local function var(type, more)
  local v = { type = type, ask = { en = "The " .. type .. "?", ja = type .. "は？" } }
  for k, x in pairs(more or {}) do
    v[k] = x
  end
  return v
end

return {
  api = 1,
  kind = "emergency",
  id = "alpha/questions",
  title = { en = "Questions", ja = "質問" },
  symptoms = { en = "Questions to answer", ja = "答える質問" },
  order = 22,
  vars = {
    first = var("host", { ask_at_start = true }),
    host = var("host"),
    address = var("address"),
    seen = var("time"),
    count = var("number"),
    colour = var("choice", { choices = {
      { id = "red", title = { en = "Red", ja = "赤" } },
      { id = "green", title = { en = "Green", ja = "緑" } } } }),
    who = var("person"),
    words = var("text"),
  },
  steps = {
    { id = "all", title = { en = "Answer", ja = "答える" }, say = { en = "Answer.", ja = "答える。" },
      good = { en = "Answered.", ja = "答えた。" },
      ask = { "host", "address", "seen", "count", "colour", "who", "words" } },
    { id = "red", title = { en = "Only for red", ja = "赤のとき" }, say = { en = "Red.", ja = "赤。" },
      good = { en = "Done.", ja = "できた。" }, when = { var = "colour", is = "red" } },
    { id = "lost", title = { en = "Only when not known", ja = "不明のとき" }, say = { en = "Look.", ja = "探す。" },
      good = { en = "Found.", ja = "見つけた。" }, when = { var = "host", unknown = true } },
    { id = "last", title = { en = "The last", ja = "最後" }, say = { en = "End.", ja = "終える。" },
      good = { en = "Ended.", ja = "終えた。" } },
  },
}
