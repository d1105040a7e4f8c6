-- Machinery that moves: stop it, get people out, lock it, start it again; and
-- the control side of a control system under attack. Written for the baggage
-- hall (baggage-handling/system.lua says what stands where).
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local machinery = {}

-- Look at the machinery first, and stop it unless it is surely well behaved.
-- The first steps of every runbook about machinery.
--   calm  id of the step when nothing moves oddly, and after stopping (required)
-- Returns four steps: look (choose), stop, aid, clear.
function machinery.danger(o)
  return {
    {
      id = "look",
      title = { en = "Look at the belts: stop them?", ja = "コンベヤを見て、止めるか決める" },
      say = { en = "Look from the hall door, not on a screen. In doubt, stop.",
              ja = "画面ではなく、仕分場の入口から目で見る。迷えば止める。" },
      role = "baggage-duty",
      within = "1m",
      choose = {
        { id = "hurt", title = { en = "Somebody is hurt or caught", ja = "けが人、巻き込まれた人がいる" },
          go = "stop" },
        { id = "strange", title = { en = "Belts or diverters move oddly", ja = "コンベヤや仕分機の動きがおかしい" },
          go = "stop" },
        { id = "unseen", title = { en = "Nobody can see it now", ja = "今は誰も見られない" },
          go = "stop" },
        { id = "calm", title = { en = "Moves as always, or stands still", ja = "普段どおり、または止まっている" },
          go = o.calm },
      },
    },
    {
      id = "stop",
      title = { en = "Press the emergency stop", ja = "非常停止を押す" },
      say = { en = "Press the nearest red button or pull the cord. Anybody may.",
              ja = "最寄りの赤いボタンを押すか、引き綱を引く。誰が行ってもよい。" },
      good = { en = "Belts stand; the amber lamp over the hall door blinks.",
               ja = "コンベヤが止まり、仕分場入口の橙色のランプが点滅する。" },
      on_fail = { en = "Still moves: main switch of MCC1, room B1F-06, handle down.",
                  ja = "止まらなければ、B1F-06室MCC1の主開閉器のハンドルを下げる。" },
      warn = { en = "Do not release it. Do not stop by the screen only.",
               ja = "非常停止を戻さない。画面の停止だけに頼らない。" },
      role = "baggage-duty",
      within = "1m",
      place = { en = "red buttons every 10 m, cords along the sorter",
                ja = "赤いボタンは10mごと、引き綱は仕分機沿い" },
      contain = true,
    },
    {
      id = "aid",
      title = { en = "Call an ambulance", ja = "救急車を呼ぶ" },
      say = { en = "Call 119: baggage hall, gate 2; send somebody there to lead them.",
              ja = "119番し「手荷物仕分場、2番ゲート」と告げ、誘導する人を出す。" },
      good = { en = "Somebody stays with the hurt person until they come.",
               ja = "到着まで、けが人のそばに人が付いている。" },
      on_fail = { en = "Guard room calls: radio channel 2.", ja = "警備室に無線2チャンネルで頼む。" },
      warn = { en = "Caught in a belt: do not turn it back without the engineer.",
               ja = "巻き込まれた場合、技術者が来るまで逆転させない。" },
      role = "baggage-duty",
      within = "2m",
      when = { step = "look", chose = "hurt" },
    },
    {
      id = "clear",
      title = { en = "Count the people out", ja = "退避した人数を確かめる" },
      say = { en = "Channel 6: everybody behind the yellow line. Call the roll.",
              ja = "無線6チャンネルで全員を黄色い線の外に出し、点呼する。" },
      good = { en = "Everybody on the roll is there; nobody on, under or in the lines.",
               ja = "名簿と人数が合い、ライン上、下、内部に誰もいない。" },
      on_fail = { en = "One missing: everything stays stopped, look in pairs.",
                  ja = "一人でも足りなければ停止のまま、二人組で探す。" },
      role = "baggage-duty",
      within = "5m",
      place = { en = "roll: board at the hall door", ja = "名簿は仕分場入口の板" },
      go = o.calm,
    },
  }
end

-- Have a control engineer in the response.
-- Returns one step, id "engineer".
function machinery.engineer(o)
  return step.over({
    id = "engineer",
    title = { en = "Call the control engineer", ja = "制御設備技術者を呼ぶ" },
    say = { en = "Call down the tree until a control engineer says \"I come\".",
            ja = "制御設備技術者が「行く」と答えるまで、連絡網を回す。" },
    good = { en = "An engineer is in room B1F-04 within 15 minutes.",
             ja = "15分以内に技術者がB1F-04室に着く。" },
    on_fail = { en = "Radio channel 6: Mihon Conveyor's engineer on site decides instead.",
                ja = "無線6チャンネルで、見本搬送エンジニアリングの常駐者に任せる。" },
    warn = { en = "Nobody else writes to a controller or restarts a line.",
             ja = "技術者以外は制御装置に書き込まず、ラインを動かさない。" },
    role = "operator",
    within = "10m",
    call = "control-side",
  }, o)
end

-- The control engineer decides how the lines run while it is looked into.
--   run   id of the step when they run on (required)
--   stop  id of the step when they are stopped (required)
-- Returns one step, id "mode"; options "run", "empty", "stop".
function machinery.mode(o)
  return step.over({
    id = "mode",
    title = { en = "Decide how the lines run", ja = "ラインの動かし方を決める" },
    say = { en = "The control engineer decides, with the duty manager. No engineer: stop.",
            ja = "制御設備技術者が当直責任者と決める。技術者が不在なら止める。" },
    role = "control",
    within = "10m",
    choose = {
      { id = "run",
        title = { en = "Run on, a person at each red button", ja = "動かす（赤いボタンごとに人を置く）" },
        go = o.run },
      { id = "empty",
        title = { en = "Run empty, then stop", ja = "荷を流し切ってから止める" },
        go = o.stop },
      { id = "stop",
        title = { en = "Stop now", ja = "すぐ止める" },
        go = o.stop },
    },
  }, o, { run = true, stop = true })
end

-- Put a person at each emergency stop.
-- Returns one step, id "stop-watch". Starts an interim measure.
function machinery.stop_watch(o)
  return step.over({
    id = "stop-watch",
    title = { en = "A person at each emergency stop", ja = "非常停止ごとに人を置く" },
    say = { en = "One person at each of the eight red posts, eyes on the belt.",
            ja = "赤い柱8本に一人ずつ置き、コンベヤだけを見させる。" },
    good = { en = "Eight answers on channel 6; each tried the button's cover.",
             ja = "無線6チャンネルで8人が応答し、各自がボタンの覆いを開けてみた。" },
    on_fail = { en = "Fewer than eight: stop the lines nobody watches.",
                ja = "8人に足りなければ、見る人のないラインを止める。" },
    role = "baggage-duty",
    within = "10m",
    measure = { text = { en = "A person at each emergency stop while lines run",
                         ja = "運転中は非常停止ごとに監視員を配置" },
                owner = "baggage-duty", review = "2h" },
  }, o)
end

-- Cut the control network off from everything else.
-- Returns one step, id "cut".
function machinery.cut(o)
  return step.over({
    id = "cut",
    title = { en = "Cut off the control network", ja = "制御ネットワークを切り離す" },
    say = { en = "Pull the orange cable, port 1 of firewall BFW. Belts run on.",
            ja = "ファイアウォールBFWの1番ポートの橙色のケーブルを抜く。コンベヤは動き続ける。" },
    good = { en = "Port 1 dark. HMI1 says \"no flight data\": expected.",
             ja = "1番が消え、HMI1に「便情報なし」と出る（想定どおり）。" },
    on_fail = { en = "Room locked: key 11, guard room; or network duty closes port 3 of OSW5.",
                ja = "入れなければ警備室の鍵11番。またはネットワーク当番がOSW5の3番を閉じる。" },
    warn = { en = "BFW only. Cables inside the hall carry safety signals.",
             ja = "抜くのはBFWだけ。仕分場内の線は安全信号を運んでいる。" },
    role = "control",
    within = "5m",
    place = { en = "rack F2, room B1F-05", ja = "B1F-05室 ラックF2" },
    contain = true,
  }, o)
end

-- Turn the remote maintenance gateway off.
-- Returns one step, id "remote-off".
function machinery.remote_off(o)
  return step.over({
    id = "remote-off",
    title = { en = "Turn remote maintenance off", ja = "遠隔保守を切る" },
    say = { en = "Turn the key of RG1 to OFF and take it along.",
            ja = "RG1の鍵を「切」に回し、鍵を抜いて持ち帰る。" },
    good = { en = "Lamp REMOTE out; the key is in your pocket.",
             ja = "「遠隔」ランプが消え、鍵は手元にある。" },
    on_fail = { en = "Key missing: pull the white cable of RG1.",
                ja = "鍵がなければRG1の白いケーブルを抜く。" },
    role = "control",
    within = "3m",
    place = { en = "rack F2, top, room B1F-05", ja = "B1F-05室 ラックF2の最上段" },
    contain = true,
  }, o)
end

-- Write-protect the controllers by their key switches.
-- Returns one step, id "key-run".
function machinery.key_run(o)
  return step.over({
    id = "key-run",
    title = { en = "Lock the controllers against writing", ja = "制御装置を書込み禁止にする" },
    say = { en = "Turn the keys of PLC1, PLC2, PLC3 from REMOTE to RUN; take the keys.",
            ja = "PLC1〜PLC3の鍵を「遠隔」から「運転」に回し、鍵を抜く。" },
    good = { en = "Three keys in hand; lamps RUN steady green.",
             ja = "鍵3本が手元にあり、「運転」の緑が点灯している。" },
    on_fail = { en = "A switch broken: pull that controller's network cable instead.",
                ja = "鍵が回らなければ、その制御装置の通信ケーブルを抜く。" },
    warn = { en = "Never through STOP. Never switch a controller off.",
             ja = "「停止」を通さない。制御装置の電源を切らない。" },
    role = "control",
    within = "5m",
    place = { en = "cabinets H1 (PLC1, PLC2) and H2 (PLC3), hall",
              ja = "仕分場の盤H1（PLC1、PLC2）とH2（PLC3）" },
    contain = true,
  }, o)
end

-- Lock a line out before hands go in: switch off, padlock, tag; then try.
--   line  which line, bilingual (required)
-- Returns two steps: lock-out, try.
function machinery.lock_out(o)
  local gaps = { line = o.line }
  return {
    step.over({
      id = "lock-out",
      title = text.fill({ en = "Lock out [line]", ja = "[line]の電源を切り施錠する" }, gaps),
      say = text.fill({
        en = "Turn off the isolator of [line]. Hang your own padlock and tag.",
        ja = "[line]の開閉器を切り、各自の錠と札を掛ける。",
      }, gaps),
      good = { en = "One padlock for each person who goes in.",
               ja = "中に入る人数と同じ数の錠が掛かっている。" },
      on_fail = { en = "No padlock left: nobody goes in.", ja = "錠が足りなければ、誰も入らない。" },
      warn = { en = "Your lock, your key, your pocket. Nobody removes another's.",
               ja = "鍵は本人が持つ。他人の錠を外さない。" },
      role = "control",
      within = "10m",
      place = { en = "MCC1, room B1F-06; padlocks in the red box beside it",
                ja = "B1F-06室 MCC1。錠は隣の赤い箱" },
    }, o, { line = true, go = true }),
    {
      id = "try",
      title = { en = "Try to start it", ja = "動かないことを試す" },
      say = { en = "Press Start at the line's panel, then back to Stop.",
              ja = "ラインの操作盤で「起動」を押し、「停止」に戻す。" },
      good = { en = "Nothing moves, nothing hums.", ja = "何も動かず、音もしない。" },
      on_fail = { en = "It moves: wrong isolator. Everybody back, begin again.",
                  ja = "動けば開閉器が違う。全員離れ、やり直す。", go = o.id or "lock-out" },
      role = "control",
      within = "2m",
      go = o.go,
    },
  }
end

-- Start a line again after it was stopped.
--   line  which line, bilingual (required)
-- Returns three steps: locks-off, horn, restart.
function machinery.restart(o)
  local gaps = { line = o.line }
  return {
    {
      id = "locks-off",
      title = { en = "Each takes their own lock off", ja = "各自が自分の錠を外す" },
      say = text.fill({
        en = "Tools out, guards on. Each removes their own padlock from [line].",
        ja = "工具を出し、覆いを戻し、[line]から各自の錠を外す。",
      }, gaps),
      good = { en = "No lock, no tag; everybody on the roll is there.", ja = "錠も札もなく、点呼の人数が合う。" },
      on_fail = { en = "A lock stays: find its owner; nobody cuts it.",
                  ja = "残った錠は持ち主を探す。切らない。" },
      role = "control",
      within = "10m",
      after = o.after,
    },
    {
      id = "horn",
      title = { en = "Sound the horn, look once more", ja = "警報を鳴らし、もう一度見る" },
      say = { en = "Reset the emergency stops by hand, sound the horn ten seconds, look along.",
              ja = "非常停止を手で戻し、警報を10秒鳴らし、端から端まで見る。" },
      good = { en = "Eight posts say \"clear\" on channel 6.", ja = "無線6チャンネルで8か所が「よし」と答えた。" },
      on_fail = { en = "No answer from one: do not start.", ja = "1か所でも返事がなければ動かさない。" },
      role = "baggage-duty",
      within = "5m",
    },
    step.over({
      id = "restart",
      title = text.fill({ en = "Start [line] empty", ja = "[line]を空で動かす" }, gaps),
      say = text.fill({
        en = "Start [line] at its panel, slow, without bags, for ten minutes.",
        ja = "操作盤で[line]を低速、荷なしで10分動かす。",
      }, gaps),
      good = { en = "Each stop, diverter and counter does what was told.",
               ja = "停止、分岐、計数が指示どおりに働く。" },
      on_fail = { en = "Anything odd: red button, lock out, engineer.",
                  ja = "少しでもおかしければ赤いボタンを押し、施錠して技術者を呼ぶ。" },
      warn = { en = "From the panel, not from a terminal.", ja = "操作端末ではなく、現場の操作盤で行う。" },
      role = "control",
      within = "20m",
      confirm = 2,
    }, o, { line = true, after = true }),
  }
end

-- Keep bags whose inspection is doubtful away from aircraft.
--   since  since when they count, bilingual clause (required), as in
--          { en = "since ${began}", ja = "${began}以降" }
-- Returns one step, id "hold-bags". Containment.
function machinery.hold_bags(o)
  return step.over({
    id = "hold-bags",
    title = { en = "Hold the doubtful bags", ja = "疑わしい手荷物を止める" },
    say = text.fill({
      en = "Channel 4 and 6: load no bag sorted [since]. Carts stay in lane S.",
      ja = "無線4・6チャンネルで、[since]に仕分けた手荷物の積込みを止め、台車をS列に置かせる。",
    }, { since = o.since }),
    good = { en = "Each handler repeats flight and number of carts.",
             ja = "各地上取扱会社が、便名と台車の数を復唱した。" },
    on_fail = { en = "Loaded already: tell the captain through the airline, before departure.",
                ja = "積込み済みなら、出発前に航空会社から機長に伝える。" },
    warn = { en = "Nobody opens a bag.", ja = "手荷物を開けない。" },
    role = "baggage-duty",
    within = "5m",
    contain = true,
  }, o, { since = true })
end

return machinery
