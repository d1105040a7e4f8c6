-- Containment: it may be done by somebody alone and is never blocked.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local contain = {}

-- Isolate a machine by pulling a cable.
--   device  what people call the machine (required)
--   cable   which cable, bilingual (required)
--   place   bilingual: rack and port (required; also shown as the place)
--   check   what shows that it worked, bilingual
--           (link light off and the machine red in monitoring)
-- Returns one step, id "isolate".
function contain.cable(o)
  local gaps = { device = o.device, cable = o.cable, place = o.place }
  return step.over({
    id = "isolate",
    title = text.fill({ en = "Isolate [device]", ja = "[device]を隔離する" }, gaps),
    say = text.fill({
      en = "Pull [cable] of [device] ([place]).",
      ja = "[device]（[place]）の[cable]を抜く。",
    }, gaps),
    good = o.check or text.fill({
      en = "Link light off, monitoring shows [device] red.",
      ja = "リンクランプが消え、監視画面で[device]が赤になればよい。",
    }, gaps),
    on_fail = { en = "Cannot reach it: call the network duty, close the switch port.",
                ja = "近づけない場合はネットワーク当番に電話し、ポートを閉じてもらう。" },
    warn = text.fill({
      en = "Do not switch [device] off: memory holds the traces.",
      ja = "[device]の電源は切らない（メモリーに痕跡が残っている）。",
    }, gaps),
    role = "network",
    within = "5m",
    contain = true,
  }, o, { device = true, cable = true, check = true })
end

-- Isolate a machine by a script, with two people, and the step that undoes it.
--   device   what people call the machine (required)
--   run      argv of the isolating command (required)
--   undo_run argv of the command that reconnects (none: by hand)
--   undo_id  id of the undoing step ("reconnect")
--   check    what shows that it worked, bilingual
-- Returns two steps: isolate (or o.id) and reconnect. The second stands
-- outside the flow; put the pair anywhere in the list.
function contain.script(o)
  local gaps = { device = o.device }
  local undo_id = o.undo_id or "reconnect"
  local isolate = step.over({
    id = "isolate",
    title = text.fill({ en = "Isolate [device]", ja = "[device]を隔離する" }, gaps),
    say = text.fill({
      en = "Run the isolation of [device] from the jump host.",
      ja = "踏み台サーバーから[device]の隔離を実行する。",
    }, gaps),
    good = o.check or text.fill({
      en = "Monitoring shows [device] red within a minute.",
      ja = "1分以内に監視画面で[device]が赤になればよい。",
    }, gaps),
    on_fail = text.fill({
      en = "Pull the uplink cable of [device] at the patch panel.",
      ja = "配線盤で[device]のアップリンクケーブルを抜く。",
    }, gaps),
    warn = text.fill({
      en = "Do not switch [device] off: memory holds the traces.",
      ja = "[device]の電源は切らない（メモリーに痕跡が残っている）。",
    }, gaps),
    role = "network",
    within = "5m",
    contain = true,
    confirm = 2,
    undo = undo_id,
  }, o, { device = true, check = true, undo_run = true, undo_id = true })
  local reconnect = {
    id = undo_id,
    title = text.fill({ en = "Reconnect [device]", ja = "[device]を再接続する" }, gaps),
    say = text.fill({
      en = "Reconnect [device] only when the commander says so.",
      ja = "指揮者の指示を受けてから[device]を再接続する。",
    }, gaps),
    good = text.fill({
      en = "Monitoring shows [device] green; no strange traffic for ten minutes.",
      ja = "監視画面で[device]が緑になり、10分間不審な通信がない。",
    }, gaps),
    on_fail = { en = "Isolate it again at once.",
                ja = "直ちに再び隔離する。" },
    role = "network",
    confirm = 2,
    run = o.undo_run,
  }
  return { isolate, reconnect }
end

-- Cut a whole segment off at a switch or firewall.
--   segment  which segment, string or bilingual (required)
--   place    bilingual: switch, rack, port (required; shown as the place)
--   effect   bilingual sentence: what stops working by it (required)
-- Further fields as run, undo, confirm may be given.
-- Returns one step, id "cut".
function contain.segment(o)
  local gaps = { segment = o.segment, place = o.place }
  return step.over({
    id = "cut",
    title = text.fill({ en = "Cut off [segment]", ja = "[segment]を切り離す" }, gaps),
    say = text.both(text.fill({
      en = "Pull both uplinks of [segment] ([place]).",
      ja = "[segment]のアップリンク（[place]）を2本とも抜く。",
    }, gaps), o.effect),
    good = { en = "No traffic passes; monitoring shows the segment red.",
             ja = "通信が止まり、監視画面で区画全体が赤になればよい。" },
    on_fail = { en = "Cannot reach the rack: call the network duty, have both ports closed.",
                ja = "ラックに行けない場合はネットワーク当番に電話し、両方のポートを閉じてもらう。" },
    role = "network",
    within = "10m",
    contain = true,
  }, o, { segment = true, effect = true })
end

-- Lock an account and end its sessions.
--   account  whose, string or bilingual ("${account}" as a rule; required)
--   where    the directory or service, bilingual (required)
-- Returns one step, id "lock".
function contain.account(o)
  local gaps = { account = o.account, where = o.where }
  return step.over({
    id = "lock",
    title = { en = "Lock the account, end its sessions",
              ja = "アカウントを止め、接続を切る" },
    say = text.fill({
      en = "In [where], disable [account] and end all its sessions.",
      ja = "[where]で[account]を無効にし、接続中の利用をすべて切る。",
    }, gaps),
    good = { en = "The list of sessions is empty; a new sign-in is refused.",
             ja = "接続の一覧が空になり、新しいログインが拒否される。" },
    on_fail = { en = "Remove the account's rights group, then try again.",
                ja = "権限グループから外し、もう一度試す。" },
    warn = { en = "Do not delete the account: its record is evidence.",
             ja = "アカウントを削除しない（利用記録は証拠である）。" },
    role = "administrator",
    within = "5m",
    contain = true,
  }, o, { account = true, where = true })
end

-- Block an address at the outer firewall.
--   address  string or "${address}" (required)
--   place    bilingual: which firewall (required; shown as the place)
-- Returns one step, id "block".
function contain.block(o)
  local gaps = { address = o.address, place = o.place }
  return step.over({
    id = "block",
    title = { en = "Block the address", ja = "通信元を遮断する" },
    say = text.fill({
      en = "Block [address] at [place], both directions.",
      ja = "[place]で[address]との通信を双方向とも遮断する。",
    }, gaps),
    good = { en = "The counter of the rule rises, the sessions end.",
             ja = "規則の計数が増え、通信が切れればよい。" },
    on_fail = { en = "Block the whole provider range, note it as a measure.",
                ja = "事業者のアドレス範囲ごと遮断し、記録する。" },
    role = "network",
    within = "10m",
    contain = true,
  }, o, { address = true })
end

return contain
