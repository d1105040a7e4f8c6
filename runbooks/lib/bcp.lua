-- Business continuity: the decision, interim measures, service levels.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local bcp = {}

-- The commander decides whether business continuity is invoked.
--   figure  when to invoke, bilingual sentence with a figure (required), as in
--           { en = "Invoke if displays stay dark beyond 30 minutes.", ... }
--   invoke  id of the step when it is invoked (the next step)
--   hold    id of the step when it is not (required)
-- Returns one step, id "invoke-bcp"; options "invoke" and "hold".
function bcp.decide(o)
  return step.over({
    id = "invoke-bcp",
    title = { en = "Decide: invoke continuity?", ja = "業務継続計画の発動を決める" },
    say = o.figure,
    good = { en = "The decision was said aloud, with the time.",
             ja = "判断を時刻とともに声に出して告げた。" },
    on_fail = { en = "In doubt, invoke: it can be taken back.",
                ja = "迷う場合は発動する。後で取り消せる。" },
    role = "commander",
    within = "10m",
    choose = {
      { id = "invoke",
        title = { en = "Invoke: go over to working by hand",
                  ja = "発動する: 代替運用に移る" },
        go = o.invoke },
      { id = "hold",
        title = { en = "Hold: repair comes first", ja = "発動しない: 復旧を優先する" },
        go = o.hold },
    },
  }, o, { figure = true, invoke = true, hold = true })
end

-- Start an interim measure, with owner and review date.
--   what    what is done until it is lifted, bilingual (required)
--   owner   role that answers for it (required)
--   review  when it is looked at again ("24h")
-- The caller gives id, title and say as well.
-- Returns one step.
function bcp.interim(o)
  return step.over({
    good = { en = "The measure stands in the list with owner and review time.",
             ja = "暫定措置の一覧に責任者と見直し時刻が載った。" },
    on_fail = { en = "No owner found: the commander owns it.",
                ja = "責任者が決まらない場合は指揮者が持つ。" },
    measure = { text = o.what, owner = o.owner, review = o.review or "24h" },
  }, o, { what = true, owner = true, review = true })
end

-- State the service level that has been reached.
--   operation  id of the operation of the system (required)
--   level      percent (required)
--   what       what that level means to see, bilingual sentence (required)
-- Returns one step, id "level-<percent>".
function bcp.level(o)
  local gaps = { level = tostring(o.level) }
  return step.over({
    id = "level-" .. tostring(o.level),
    title = text.fill({ en = "State the level: [level] percent",
                        ja = "サービス水準を記録する: [level]%" }, gaps),
    say = o.what,
    good = { en = "You have seen it yourself, or heard it from there.",
             ja = "自分で見たか、現場から聞いて確かめた。" },
    on_fail = { en = "Lower: enter the percentage you see when asked.",
                ja = "低い場合は、done の後の問いに実際の%を入れる。" },
    role = "operator",
    within = "10m",
    service = { operation = o.operation, level = o.level },
  }, o, { operation = true, level = true, what = true })
end

return bcp
