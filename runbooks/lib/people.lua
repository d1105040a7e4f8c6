-- Informing people: contact trees, audiences, authorities. Always with a way
-- that needs no mail.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local people = {}

-- Work down a contact tree.
--   tree  id of the tree (required)
--   who   who is reached by it, bilingual (required)
-- Returns one step, id "call".
function people.tree(o)
  local gaps = { who = o.who }
  return step.over({
    id = "call",
    title = text.fill({ en = "Call [who]", ja = "[who]に電話する" }, gaps),
    say = text.fill({
      en = "Call [who] down the tree. Read the two sentences shown.",
      ja = "連絡網に沿って[who]に電話し、表示された文を読み上げる。",
    }, gaps),
    good = { en = "A person answered and repeated it.",
             ja = "本人が出て、内容を復唱した。" },
    on_fail = { en = "Next name in the tree; then send a runner.",
                ja = "次の人にかける。全員出なければ人を走らせる。" },
    role = "operator",
    within = "15m",
    call = o.tree,
  }, o, { tree = true, who = true })
end

-- Inform an audience. The words say how it is done by hand, because mail and
-- groupware may be down or read by the attacker.
--   audience  id of the audience (required; becomes notify)
--   who       what the audience is called, bilingual (required)
--   by        how it is reached by hand, bilingual clause (required), as in
--             { en = "over the public address and at the counters",
--               ja = "館内放送とカウンターで" }
--   template  name of a template ("<audience>-update")
-- Returns one step, id "inform-<audience>".
function people.audience(o)
  local gaps = { who = o.who, by = o.by }
  return step.over({
    id = "inform-" .. o.audience,
    title = text.fill({ en = "Inform [who]", ja = "[who]に知らせる" }, gaps),
    say = text.fill({
      en = "Tell [who] [by]. Say what, since when, what to do, next word when.",
      ja = "[by]、[who]に事象、開始時刻、とるべき行動、次の連絡時刻を知らせる。",
    }, gaps),
    good = { en = "It was heard or read, and the next time is named.",
             ja = "相手に届いたことを確かめ、次の連絡時刻を告げた。" },
    on_fail = { en = "Send people with a written sheet.",
                ja = "文面を書いた紙を持たせて人を向かわせる。" },
    warn = { en = "No guess at the cause, no names, no blame.",
             ja = "原因の推測、個人名、責任の話はしない。" },
    role = "spokesperson",
    within = "15m",
    notify = o.audience,
    template = o.audience .. "-update",
  }, o, { audience = true, who = true, by = true })
end

-- Tell an authority, with the clock of its deadline.
--   authority  id of the authority (required; becomes tell)
--   who        what it is called, bilingual (required)
--   report     "first" (default), "follow-up" or "final"
--   clock      id of the deadline of site.lua (none: no clock steps)
--   start      true: a step before it states from when the clock counts
--   starter    role that states it ("commander")
--   id         id of the telling step ("tell-<authority>")
-- Returns one to three steps: clock-<authority> (if start), tell-<authority>,
-- told-<authority> (if clock). `after` goes to the first of them, `when` to
-- all, `go` to the last, role and within to the telling step.
function people.authority(o)
  local report = o.report or "first"
  local id = o.id or ("tell-" .. o.authority)
  local tail = string.gsub(id, "^tell%-", "")
  local gaps = { who = o.who }
  local names = {
    ["first"] = { en = "first report", ja = "第一報" },
    ["follow-up"] = { en = "follow-up report", ja = "続報" },
    ["final"] = { en = "final report", ja = "最終報告" },
  }
  gaps.report = names[report]
  local own = { authority = true, who = true, clock = true, start = true,
                starter = true, id = true, go = true, report = true }
  local out = {}
  if o.clock and o.start then
    out[#out + 1] = {
      id = "clock-" .. tail,
      title = text.fill({ en = "State from when: [who]",
                          ja = "報告期限の起算: [who]" }, gaps),
      say = { en = "Decide whether the duty applies, and from what time it counts.",
              ja = "報告義務に当たるか、いつから数えるかを決める。" },
      good = { en = "The clock shows a due time and your name.",
               ja = "時計に期限と決めた人の名前が出た。" },
      on_fail = { en = "Undecided: leave it undecided and ask legal by phone.",
                  ja = "決められない場合は未判断のまま、法務に電話で相談する。" },
      role = o.starter or "commander",
      within = "30m",
      after = o.after,
      when = o.when,
      clock = { id = o.clock, op = "start" },
    }
    own.after = true
  end
  out[#out + 1] = step.over({
    id = id,
    title = text.fill({ en = "[who]: [report]", ja = "[who]への[report]" }, gaps),
    say = text.fill({
      en = "Phone [who] with the form. Unknown items: \"under investigation\".",
      ja = "様式を見ながら[who]に電話する。不明な項目は「調査中」と伝える。",
    }, gaps),
    good = { en = "Name, time and receipt number are written down.",
             ja = "相手の氏名、時刻、受付番号を控えた。" },
    on_fail = { en = "Nobody answers: night duty number, then try every 15 minutes.",
                ja = "出ない場合は夜間窓口にかけ、15分ごとに繰り返す。" },
    warn = { en = "Facts only; do not wait until everything is known.",
             ja = "事実だけを伝える。全容がわかるまで待たない。" },
    role = "secretariat",
    within = "30m",
    tell = o.authority,
    report = report,
  }, o, own)
  if o.clock then
    out[#out + 1] = {
      id = "told-" .. tail,
      title = text.fill({ en = "Note the receipt: [who]",
                          ja = "受付番号を控える: [who]" }, gaps),
      say = { en = "Read back who was told, when, and the receipt number; type done.",
              ja = "伝えた相手、時刻、受付番号を読み返し、done と入力する。" },
      good = { en = "The clock shows met; the next report has a time.",
               ja = "時計が「達成」になり、次の報告の時刻が出た。" },
      on_fail = { en = "No number given: write \"none given\" and the name.",
                  ja = "番号がない場合は「番号なし」と相手の氏名を書く。" },
      role = "scribe",
      within = "10m",
      when = o.when,
      clock = { id = o.clock, op = "met" },
    }
  end
  out[#out].go = o.go
  return out
end

-- Decide whether the police are told, at the organisation's own judgement.
--   go_no  id of the step after "not now" (required: the step after the four)
-- The clock counts from this decision, and a step of its own states it.
-- Returns four steps: police (choose), clock-police, tell-police, told-police.
function people.police(o)
  local first = step.over({
    id = "police",
    title = { en = "Decide: tell the police?", ja = "警察への相談を決める" },
    say = { en = "With legal, decide whether a crime is suspected and police are told.",
            ja = "法務と相談し、犯罪の疑いの有無と警察への相談を決める。" },
    good = { en = "The decision and its reason stand in the timeline.",
             ja = "判断と理由が時系列記録に残った。" },
    on_fail = { en = "Legal not reached: preserve the evidence, decide by morning.",
                ja = "法務が不在なら証拠を保全し、朝までに決める。" },
    role = "commander",
    within = "2h",
    choose = {
      { id = "yes", title = { en = "Tell the police now", ja = "今、警察に相談する" },
        go = "clock-police" },
      { id = "later", title = { en = "Not now; look again tomorrow",
                                ja = "今はしない（翌日見直す）" },
        go = o.go_no },
    },
  }, o, { go_no = true })
  local out = { first }
  for _, s in ipairs(people.authority({
    authority = "police", clock = "police", start = true,
    who = { en = "Police", ja = "警察" },
    title = { en = "Consult the police", ja = "警察に相談する" },
    role = "legal",
  })) do
    out[#out + 1] = s
  end
  return out
end

return people
