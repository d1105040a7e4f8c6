-- Who leads: reaching the commander, acting when nobody answers, the call-out,
-- the scribe, the hand-over of command.
--
-- Every function takes one table. Its named parameters are listed; any other
-- field of a step may be given too and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local command = {}

-- Reach the commander, or act as one. The first two steps of an emergency
-- runbook: `reach` works down a contact tree, `lead` records who leads. If
-- nobody answered, whoever is there acts as commander and goes on.
--   tree   contact tree with the commander and the deputies ("command")
--   after  what the first of the two waits for (at once)
--   go     where to continue after `lead` (the next step)
-- Returns two steps: reach, lead.
function command.lead(o)
  o = o or {}
  return {
    {
      id = "reach",
      title = { en = "Call the commander", ja = "指揮者に電話する" },
      say = { en = "Call the numbers below in order, one minute each. You are the commander yourself? Type done.",
              ja = "下の番号に上から順に電話する（1件1分）。自分が指揮者なら done と入力する。" },
      good = { en = "A person answered, not a voicemail.",
               ja = "本人が電話に出た（留守番電話は応答に数えない）。" },
      on_fail = { en = "Nobody answered: type fail. You act for now.",
                  ja = "全員出ない場合は fail と入力する。当面は自分が代行する。",
                  go = "lead" },
      warn = { en = "Do not report by mail only.",
               ja = "メールだけで知らせたことにしない。" },
      role = "operator",
      within = "5m",
      call = o.tree or "command",
      after = o.after,
    },
    {
      id = "lead",
      title = { en = "Settle who commands", ja = "指揮をとる人を決める" },
      say = { en = "Say aloud who commands, and choose it here.",
              ja = "誰が指揮をとるかを声に出して確かめ、ここで選ぶ。" },
      good = { en = "Everybody present can name the commander.",
               ja = "その場の全員が指揮者の名前を言える。" },
      on_fail = { en = "In doubt, act yourself; hand over when somebody comes.",
                  ja = "迷う場合は自分が代行し、誰か来たら引き継ぐ。" },
      role = "operator",
      within = "1m",
      go = o.go,
      choose = {
        { id = "reached",
          title = { en = "The commander or a deputy leads",
                    ja = "指揮者または代行者が指揮をとる" },
          say = { en = "Work on; report to this person.",
                  ja = "作業を続け、その人に報告する。" } },
        { id = "self",
          title = { en = "I am the commander, or a deputy: I lead",
                    ja = "自分が指揮者または代行者で、指揮をとる" },
          say = { en = "Say so aloud; others report to you.",
                  ja = "声に出して告げる。ほかの人は自分に報告する。" },
          act = "commander" },
        { id = "nobody",
          title = { en = "Nobody answers: I act for now",
                    ja = "誰も出ない: 自分が代行する" },
          say = { en = "You may contain and inform. Calling goes on meanwhile.",
                  ja = "封じ込めと連絡を行ってよい。電話は続ける。" },
          act = "commander" },
      },
    },
  }
end

-- Call the team out with a contact tree.
--   tree  contact tree ("emergency")
-- Returns one step, id "call-out".
function command.call_out(o)
  o = o or {}
  return step.over({
    id = "call-out",
    title = { en = "Call the team out", ja = "要員を招集する" },
    say = { en = "Work down the tree. Say what, where to meet, and the check code.",
            ja = "連絡網を回す。事象、参集場所、照合コードを伝える。" },
    good = { en = "A network, a security and an operations person are coming.",
             ja = "ネットワーク、セキュリティ、運用の各1名が対応可と答えた。" },
    on_fail = { en = "Have the guard room go and wake people by name.",
                ja = "警備室に頼み、氏名を伝えて直接起こしてもらう。" },
    role = "operator",
    within = "15m",
    call = o.tree or "emergency",
  }, o, { tree = true })
end

-- Name somebody who writes everything down.
-- Returns one step, id "scribe".
function command.scribe(o)
  return step.over({
    id = "scribe",
    title = { en = "Name a scribe", ja = "記録係を決める" },
    say = { en = "Name one person who only writes: what, who, when.",
            ja = "記録だけを行う人を一人決める。何を、誰が、いつを書く。" },
    good = { en = "The scribe has opened the timeline or a paper log.",
             ja = "記録係が時系列記録（または紙の記録用紙）を開いた。" },
    on_fail = { en = "Alone: note the time of each action yourself.",
                ja = "一人の場合は、動作ごとに時刻を自分で記録する。" },
    role = "commander",
    within = "5m",
  }, o)
end

-- Hand command over to another person, aloud and acknowledged.
--   to  role or group that takes over, a string or bilingual text
--       ({ en = "the next commander", ja = "次の指揮者" })
-- Returns two steps: brief, accept.
function command.handover(o)
  o = o or {}
  local gaps = { to = o.to or { en = "the next commander", ja = "次の指揮者" } }
  return {
    step.over({
      id = "brief",
      title = { en = "Brief the successor", ja = "後任に状況を説明する" },
      say = text.fill({
        en = "Tell [to]: state, open steps, running clocks, decisions, worries.",
        ja = "[to]に、現状、未完了の手順、動いている時計、決定事項、懸念を説明する。",
      }, gaps),
      good = { en = "The successor repeats it in their own words.",
               ja = "後任が自分の言葉で言い直せた。" },
      on_fail = { en = "If words are not enough, walk the screen together.",
                  ja = "言い直せない場合は、画面を一緒に上から見る。" },
      role = "commander",
      within = "15m",
    }, o, { to = true, go = true }),
    {
      id = "accept",
      title = { en = "Hand command over aloud", ja = "声に出して指揮を引き継ぐ" },
      say = { en = "Type role offer; the successor types role accept and says so aloud.",
              ja = "role offer と入力する。後任は role accept と入力し、声に出して告げる。" },
      good = { en = "The people line shows the new commander.",
               ja = "画面の要員欄に新しい指揮者が出た。" },
      on_fail = { en = "Until it shows, the old commander keeps command.",
                  ja = "表示が変わるまで、前任が指揮を続ける。" },
      warn = { en = "Never two commanders, never none.",
               ja = "指揮者を二人にしない。空席にもしない。" },
      role = "commander",
      within = "5m",
      go = o.go,
    },
  }
end

return command
