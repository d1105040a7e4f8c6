-- One step of every sort that records something by itself.
return {
  api = 1,
  kind = "emergency",
  id = "box/fire",
  title = { en = "Fire", ja = "火災" },
  symptoms = { en = "Smoke", ja = "煙" },
  vars = {
    host = { type = "host", ask = { en = "Host?", ja = "端末は？" } },
    boxes = { type = "number", ask = { en = "How many?", ja = "いくつ？" } },
  },
  steps = {
    { id = "look", title = { en = "Look", ja = "見る" }, say = { en = "Look.", ja = "見る。" },
      good = { en = "Seen.", ja = "見えた。" } },
    { id = "count", title = { en = "Count", ja = "数える" }, say = { en = "Count.", ja = "数える。" }, ask = { "boxes" } },
    { id = "echo", title = { en = "Echo", ja = "返す" }, say = { en = "Echo.", ja = "返す。" },
      good = { en = "Heard.", ja = "聞こえた。" }, run = { "echo", "--", "${host}" }, accept = { exit = 0 } },
    { id = "spread", title = { en = "One or many?", ja = "一か複数か" }, say = { en = "Judge.", ja = "判断する。" },
      choose = { { id = "one", title = { en = "One", ja = "一つ" } },
                 { id = "many", title = { en = "Many", ja = "複数" }, go = "hold" } } },
    { id = "cut", title = { en = "Cut", ja = "切る" }, say = { en = "Cut.", ja = "切る。" },
      good = { en = "Off.", ja = "切れた。" } },
    { id = "hold", title = { en = "Hold", ja = "保つ" }, say = { en = "Hold.", ja = "保つ。" },
      good = { en = "Held.", ja = "保てた。" },
      measure = { text = { en = "By hand", ja = "手作業" }, owner = "operator", review = "24h" } },
    { id = "watch", title = { en = "Watch", ja = "見張る" }, say = { en = "Watch.", ja = "見張る。" },
      good = { en = "Watched.", ja = "見張った。" } },
  },
}
