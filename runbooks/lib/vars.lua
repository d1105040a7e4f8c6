-- Typed questions that many runbooks ask. "Unknown" is always an answer.
-- Use:  vars = { host = vars.host(), began = vars.began() }
-- Every function takes an optional table whose fields win over the defaults
-- (ask, choices, default, ask_at_start, unknown, type).

local step = require "lib.step"

local vars = {}

-- The first machine on which something was seen. Fields: see top.
function vars.host(o)
  return step.over({
    type = "host",
    ask = { en = "Which machine showed it first?",
            ja = "最初に異常が出た端末・サーバーはどれですか？" },
  }, o)
end

-- The time at which it began, as far as anybody knows.
function vars.began(o)
  return step.over({
    type = "time",
    ask = { en = "When did it begin, or when was it last normal?",
            ja = "いつ始まりましたか？（正常を最後に確認した時刻でもよい）" },
  }, o)
end

-- The person who noticed it.
function vars.reporter(o)
  return step.over({
    type = "person",
    ask = { en = "Who noticed it?", ja = "気づいたのは誰ですか？" },
  }, o)
end

-- A network address, by default the suspicious one.
function vars.address(o)
  return step.over({
    type = "address",
    ask = { en = "Which address does it come from?",
            ja = "通信元のアドレスは何ですか？" },
  }, o)
end

-- The account concerned.
function vars.account(o)
  return step.over({
    type = "text",
    ask = { en = "Which account?", ja = "対象のアカウントはどれですか？" },
  }, o)
end

-- A number of machines, people or records; the caller gives ask.
--   o.ask  bilingual question (required)
function vars.count(o)
  return step.over({ type = "number" }, o)
end

-- What can be seen, in the responder's own words.
function vars.seen(o)
  return step.over({
    type = "text",
    ask = { en = "What exactly do you see?",
            ja = "何が見えていますか？（そのまま書く）" },
  }, o)
end

-- A place in the buildings.
function vars.place(o)
  return step.over({
    type = "text",
    ask = { en = "Where is it (building, floor, room)?",
            ja = "場所はどこですか？（建物、階、部屋）" },
  }, o)
end

return vars
