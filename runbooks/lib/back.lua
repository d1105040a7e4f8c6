-- The way back: from working by hand to normal operation, without gaps or
-- mismatches in the data; then cause, prevention, review and close.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local back = {}

-- Carry what was done by hand into the system, and prove that nothing is
-- missing or double. Four steps: freeze, enter, count, spot.
--   records  what is carried over, bilingual (required), as in
--            { en = "flight changes", ja = "便の変更" }
--   sheet    on what paper it stands, bilingual (required)
--   sample   how many are compared one by one, string ("20")
--   source   what the truth is compared with, bilingual (required)
--   role     who does it ("operator")
--   after    what the first of them waits for
-- Returns four steps: freeze, enter, count, spot.
function back.reconcile(o)
  local gaps = { records = o.records, sheet = o.sheet, source = o.source,
                 sample = o.sample or "20" }
  local role = o.role or "operator"
  return {
    {
      id = "freeze",
      title = { en = "Close the paper at a stated time", ja = "紙の記録を締める" },
      say = text.fill({
        en = "Name a time. After it nothing more is written on [sheet].",
        ja = "締め時刻を決める。以後、[sheet]には書き足さない。",
      }, gaps),
      good = { en = "Every sheet bears the time, a name and a number.",
               ja = "全ての用紙に締め時刻、氏名、通し番号が入った。" },
      on_fail = { en = "A post cannot be reached: send a runner before going on.",
                  ja = "連絡のつかない持ち場には人を走らせてから進む。" },
      role = role,
      within = "15m",
      after = o.after,
    },
    {
      id = "enter",
      title = { en = "Enter what was done by hand", ja = "手作業の分を入力する" },
      say = text.fill({
        en = "Enter the [records] from [sheet], in order of time. Tick each line.",
        ja = "[sheet]から[records]を時刻順に入力し、1行ごとに印を付ける。",
      }, gaps),
      good = { en = "Every line has a tick and the initials of who entered it.",
               ja = "全行に印と入力者の頭文字がある。" },
      on_fail = { en = "Unreadable: ask who wrote it; do not guess.",
                  ja = "読めない行は書いた本人に聞く。推測しない。" },
      role = role,
      within = "2h",
    },
    {
      id = "count",
      title = { en = "Compare the counts", ja = "件数を突き合わせる" },
      say = text.fill({
        en = "Count [records] on paper, in the system and at [source].",
        ja = "[records]の件数を、紙、システム、[source]の三つで数える。",
      }, gaps),
      good = { en = "The three numbers are the same.",
               ja = "三つの件数が一致した。" },
      on_fail = { en = "Not the same: find the line before anybody goes on.",
                  ja = "違う場合は、差の行を見つけるまで先へ進まない。",
                  go = "enter" },
      role = "security",
      within = "1h",
    },
    {
      id = "spot",
      title = { en = "Compare a sample line by line", ja = "抜き取りで照合する" },
      say = text.fill({
        en = "Draw [sample] [records] by lot and compare each with [source].",
        ja = "[records]から無作為に[sample]件を選び、[source]と照合する。",
      }, gaps),
      good = { en = "No difference. Whoever compared did not do the entering.",
               ja = "相違なし。照合したのは入力者とは別の人である。" },
      on_fail = { en = "One difference: compare them all.",
                  ja = "1件でも違えば全件を照合する。",
                  go = "enter" },
      role = "secretariat",
      within = "1h",
    },
  }
end

-- Switch back while the fallback still stands by.
--   what   what is switched back, bilingual (required)
--   quiet  when it is quiet enough, bilingual clause (required)
-- Returns one step, id "switch".
function back.switch(o)
  return step.over({
    id = "switch",
    title = { en = "Switch back to normal", ja = "平常運用へ切り戻す" },
    say = text.fill({
      en = "Switch [what] back [quiet]. The fallback stays ready.",
      ja = "[quiet]に[what]を切り戻す。代替運用の態勢は残す。",
    }, { what = o.what, quiet = o.quiet }),
    good = { en = "Normal operation works and the fallback still could.",
             ja = "通常の運用が動き、代替運用にもすぐ戻せる。" },
    on_fail = { en = "Go back to the fallback at once, then look for the cause.",
                ja = "直ちに代替運用に戻し、それから原因を探す。" },
    role = "commander",
    within = "30m",
  }, o, { what = true, quiet = true })
end

-- Watch for a while before the fallback is stood down.
--   wait  how long ("2h")
--   what  what to watch, bilingual (required)
-- Returns one step, id "watch".
function back.watch(o)
  return step.over({
    id = "watch",
    title = { en = "Watch before standing down", ja = "代替運用を解く前に監視する" },
    say = text.fill({
      en = "Watch [what]. The fallback crew stays within reach.",
      ja = "[what]を監視する。代替運用の要員は、すぐ戻れる所で待機させる。",
    }, { what = o.what }),
    good = { en = "Nothing unusual for the whole time.",
             ja = "この間、異常がない。" },
    on_fail = { en = "Anything odd: back to the fallback, tell the commander.",
                ja = "少しでもおかしければ代替運用に戻し、指揮者に知らせる。" },
    role = "operator",
    wait = o.wait or "2h",
  }, o, { what = true })
end

-- Lift the interim measures, or make each permanent.
-- Returns one step, id "lift".
function back.lift(o)
  return step.over({
    id = "lift",
    title = { en = "Settle the interim measures", ja = "暫定措置を整理する" },
    say = { en = "Go through the list. Lift each, or name its permanent successor.",
            ja = "一覧を順に見て、解除するか、恒久対策を決める。" },
    good = { en = "No measure is without an owner and a date.",
             ja = "責任者と期日のない暫定措置が残っていない。" },
    on_fail = { en = "Not yet possible: set a new review date and owner.",
                ja = "まだ解除できないものは、責任者と見直し日を付け直す。" },
    role = "commander",
    within = "1h",
  }, o)
end

-- The way out of the incident: cause, prevention, review. The last steps of
-- an emergency runbook.
--   where  where the cause is looked for, bilingual (required), as in
--          { en = "image, logs and firewall record", ja = "..." }
--   after  what the first of them waits for (the step before)
-- Returns three steps: cause, prevent, review. The last one ends the runbook.
function back.close(o)
  return {
    {
      id = "cause",
      title = { en = "Find the root cause", ja = "根本原因を突き止める" },
      say = text.fill({
        en = "From [where], write down how it began and why it was possible.",
        ja = "[where]から、どう始まり、なぜ防げなかったかを書く。",
      }, { where = o.where }),
      good = { en = "The explanation fits every line of the timeline.",
               ja = "説明が時系列記録の全てと矛盾しない。" },
      on_fail = { en = "Not found: write what was excluded, call the security firm.",
                  ja = "不明なら除外できた原因を書き、専門会社に依頼する。" },
      role = "security",
      within = "3d",
      after = o.after,
    },
    {
      id = "prevent",
      title = { en = "Decide what prevents a repeat", ja = "再発防止策を決める" },
      say = { en = "For each cause, name a permanent fix, an owner and a date.",
              ja = "原因ごとに恒久対策、責任者、期日を決める。" },
      good = { en = "Every cause has a fix; every interim measure a successor.",
               ja = "全ての原因に対策があり、暫定措置に後継がある。" },
      on_fail = { en = "No money or time: management decides, in writing.",
                  ja = "費用や時間が足りない場合は経営層が文書で判断する。" },
      role = "commander",
      within = "7d",
    },
    {
      id = "review",
      title = { en = "Review, then close", ja = "振り返り、終結する" },
      say = { en = "Within two weeks, walk the timeline with everybody involved.",
              ja = "2週間以内に、関係者全員で時系列記録を順に見る。" },
      good = { en = "Exceptions reviewed by others; findings have owners; closed.",
               ja = "例外措置を別の要員が確認し、改善事項に責任者が付き、終結した。" },
      on_fail = { en = "Somebody missing: hear them within a month, then close.",
                  ja = "欠席者には1か月以内に話を聞き、その後に終結する。" },
      warn = { en = "Look for what failed, not for whom to blame.",
               ja = "人を責めない。仕組みの弱い所を探す。" },
      role = "commander",
      within = "14d",
      go = "end",
    },
  }
end

return back
