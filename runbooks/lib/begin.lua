-- The first look: what is known, and what is not.

local step = require "lib.step"

local begin = {}

-- Ask what is known at the beginning.
--   ask  names of vars of the runbook (required)
-- Returns one step, id "begin".
function begin.ask(o)
  return step.over({
    id = "begin",
    title = { en = "Note what is known", ja = "わかっていることを記録する" },
    say = { en = "Answer what you know. \"unknown\" is a good answer.",
            ja = "わかる範囲で答える。わからない項目は「不明」でよい。" },
    good = { en = "Every question has an answer or \"unknown\".",
             ja = "どの項目にも答えか「不明」が入った。" },
    on_fail = { en = "Do not search now: enter unknown and go on.",
                ja = "今は調べない。「不明」と入力して進む。" },
    role = "operator",
    within = "3m",
  }, o)
end

-- Photograph what the screen shows before anything is touched.
--   what    what to photograph, string or bilingual text (required)
-- Returns one step, id "photo".
function begin.photo(o)
  local text = require "lib.text"
  return step.over({
    id = "photo",
    title = { en = "Photograph the screen", ja = "画面を撮影する" },
    say = text.fill({
      en = "Photograph [what] with the duty camera, clock in the picture.",
      ja = "当直用カメラで[what]を撮る。時計も画面に入れる。",
    }, { what = o.what }),
    good = { en = "Text and time can be read in the picture.",
             ja = "写真で文字と時刻が読める。" },
    on_fail = { en = "No camera: copy the text by hand, with the time.",
                ja = "カメラがない場合は、文面と時刻を手で書き写す。" },
    warn = { en = "Do not click, close or restart anything.",
             ja = "クリックしない。閉じない。再起動しない。" },
    role = "operator",
    within = "3m",
    collect = "paper",
    target = o.target or "duty-camera",
  }, o, { what = true })
end

return begin
