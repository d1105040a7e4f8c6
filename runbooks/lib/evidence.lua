-- Preserving evidence, in the order in which it vanishes: memory before logs
-- before disk. What a builder preserves opens the gate of steps that destroy.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local step = require "lib.step"
local text = require "lib.text"

local evidence = {}

local OWN = { device = true, how = true, span = true, what = true }

-- Save what memory holds, before anything else touches the machine.
--   target   host name or "${host}" (required)
--   device   what people call the machine, string or bilingual (the target)
--   collect  "linux-volatile" (default) or "windows-volatile"
-- Returns one step, id "volatile". Preserves memory.
function evidence.volatile(o)
  local gaps = { device = o.device or o.target }
  return step.over({
    id = "volatile",
    title = { en = "Save what memory holds", ja = "メモリーの内容を保全する" },
    say = text.fill({
      en = "At [device], plug in the collection USB stick and run the collector.",
      ja = "[device]に採取用USBメモリーを挿し、採取プログラムを動かす。",
    }, gaps),
    good = { en = "The collector ends with a digest and no error.",
             ja = "エラーなく終わり、ハッシュ値が表示された。" },
    on_fail = { en = "Photograph processes and connections; leave the power on.",
                ja = "プロセスと通信の一覧を撮影する。電源は入れたままにする。" },
    warn = { en = "Do not switch it off, do not run an antivirus scan.",
             ja = "電源を切らない。ウイルススキャンをかけない。" },
    role = "operator",
    within = "20m",
    collect = "linux-volatile",
    preserves = { "memory" },
  }, o, OWN)
end

-- Save logs before they rotate.
--   target   host name or "${host}" (required)
--   device   what people call the machine (the target)
--   collect  "linux-logs" (default), "cloud-logs", "network-device"
--   span     how far back, bilingual ({ "the last 30 days", "過去30日分" })
-- Returns one step, id "logs". Preserves logs.
function evidence.logs(o)
  local gaps = {
    device = o.device or o.target,
    span = o.span or { en = "the last 30 days", ja = "過去30日分" },
  }
  return step.over({
    id = "logs",
    title = { en = "Save the logs", ja = "ログを保全する" },
    say = text.fill({
      en = "Copy the logs of [device], [span], to the evidence disk.",
      ja = "[device]のログ（[span]）を証拠用ディスクに写す。",
    }, gaps),
    good = { en = "The oldest line is older than the trouble.",
             ja = "異常が始まる前の行まで入っている。" },
    on_fail = { en = "Stop log rotation first, then copy what is left.",
                ja = "先にログの世代切替えを止め、残っている分を写す。" },
    role = "operator",
    within = "30m",
    collect = "linux-logs",
    preserves = { "logs" },
  }, o, OWN)
end

-- Image a disk before it is overwritten.
--   target  host name or "${host}" (required)
--   device  what people call the machine (the target)
-- Returns one step, id "image". Preserves disk.
function evidence.disk(o)
  local gaps = { device = o.device or o.target }
  return step.over({
    id = "image",
    title = { en = "Image the disk", ja = "ディスクの複製を取る" },
    say = text.fill({
      en = "Image the disk of [device] through the write blocker.",
      ja = "書込み防止装置を通して[device]のディスクを複製する。",
    }, gaps),
    good = { en = "Digests of disk and image are the same.",
             ja = "元のディスクと複製のハッシュ値が一致した。" },
    on_fail = { en = "Take the disk out, seal it in a bag, put in a new one.",
                ja = "ディスクを抜いて封印し、新しいディスクに替える。" },
    role = "security",
    within = "4h",
    place = { en = "evidence case, cabinet K1, room 3F-12",
              ja = "証拠採取用ケース（3F-12室 キャビネットK1）" },
    collect = "disk-image",
    preserves = { "disk" },
  }, o, OWN)
end

-- Save the state of a switch, router or firewall.
--   target  name of the device (required)
--   device  what people call it (the target)
-- Returns one step, id "net-state". Preserves logs and config.
function evidence.network_device(o)
  local gaps = { device = o.device or o.target }
  return step.over({
    id = "net-state",
    title = { en = "Save the network device state", ja = "通信機器の状態を保全する" },
    say = text.fill({
      en = "Save log, sessions and running configuration of [device].",
      ja = "[device]のログ、通信の一覧、動作中の設定を保存する。",
    }, gaps),
    good = { en = "The file names today's sessions and the configuration.",
             ja = "保存したファイルに当日の通信と設定が入っている。" },
    on_fail = { en = "Photograph the console page by page.",
                ja = "コンソール画面を1ページずつ撮影する。" },
    warn = { en = "Do not restart it before this is done.",
             ja = "終わるまで再起動しない。" },
    role = "network",
    within = "15m",
    collect = "network-device",
    preserves = { "logs", "config" },
  }, o, OWN)
end

-- Save video recordings before they are overwritten.
--   target  name of the recorder (required)
--   span    which part, bilingual (required)
-- Returns one step, id "recording". Preserves recording.
function evidence.recording(o)
  return step.over({
    id = "recording",
    title = { en = "Protect the recordings", ja = "録画を保護する" },
    say = text.fill({
      en = "Lock and export the recording of [device]: [span].",
      ja = "[device]の録画（[span]）を上書き禁止にし、書き出す。",
    }, { device = o.device or o.target, span = o.span }),
    good = { en = "The export plays on the viewing machine.",
             ja = "書き出した映像が閲覧用端末で再生できる。" },
    on_fail = { en = "Stop the recorder's overwriting and keep its disk.",
                ja = "録画装置の上書きを止め、ディスクごと保管する。" },
    role = "security",
    within = "1h",
    collect = "recording",
    preserves = { "recording" },
  }, o, OWN)
end

-- Save a mailbox with its access record.
--   target  the mailbox or account (required)
-- Returns one step, id "mailbox". Preserves logs.
function evidence.mailbox(o)
  return step.over({
    id = "mailbox",
    title = { en = "Save the mailbox", ja = "メールボックスを保全する" },
    say = text.fill({
      en = "Export [device], its rules and its access record.",
      ja = "[device]の内容、転送・仕分けの規則、利用記録を書き出す。",
    }, { device = o.device or o.target }),
    good = { en = "Messages, rules and sign-ins are in the export.",
             ja = "本文、規則、ログインの記録がそろっている。" },
    on_fail = { en = "Place the mailbox on hold so nothing can be deleted.",
                ja = "削除できないよう保留の設定をかける。" },
    role = "security",
    within = "1h",
    collect = "mailbox",
    preserves = { "logs" },
  }, o, OWN)
end

-- Save the records of a cloud service.
--   target  name of the service (required)
-- Returns one step, id "cloud-logs". Preserves logs.
function evidence.cloud(o)
  return step.over({
    id = "cloud-logs",
    title = { en = "Save the cloud records", ja = "クラウドの記録を保全する" },
    say = text.fill({
      en = "Export the audit and sign-in records of [device].",
      ja = "[device]の操作記録とログイン記録を書き出す。",
    }, { device = o.device or o.target }),
    good = { en = "The export begins before the trouble did.",
             ja = "異常が始まる前の記録から入っている。" },
    on_fail = { en = "Ask the provider by phone to keep the records.",
                ja = "事業者に電話し、記録の保存を依頼する。" },
    role = "security",
    within = "1h",
    collect = "cloud-logs",
    preserves = { "logs" },
  }, o, OWN)
end

-- Save program and settings of a controller (PLC).
--   target  name of the controller (required)
-- Returns one step, id "controller". Preserves config.
function evidence.controller(o)
  return step.over({
    id = "controller",
    title = { en = "Save the controller program", ja = "制御装置のプログラムを保全する" },
    say = text.fill({
      en = "Upload program and settings of [device] with the clean laptop.",
      ja = "封印済みの専用端末で[device]のプログラムと設定を読み出す。",
    }, { device = o.device or o.target }),
    good = { en = "The upload is saved and compared with the master copy.",
             ja = "読み出しを保存し、原本と比べ終えた。" },
    on_fail = { en = "Photograph the lamps and the panel display.",
                ja = "表示灯と操作盤の画面を撮影する。" },
    warn = { en = "Read only. Do not write to a moving machine.",
             ja = "読み出しだけを行う。動いている設備に書き込まない。" },
    role = "control",
    within = "1h",
    collect = "controller-config",
    preserves = { "config" },
  }, o, OWN)
end

-- Photograph or collect paper.
--   what  what to collect, string or bilingual (required)
--   target  where it comes from ("paper")
-- Returns one step, id "paper".
function evidence.paper(o)
  return step.over({
    id = "paper",
    title = { en = "Collect the paper records", ja = "紙の記録を集める" },
    say = text.fill({
      en = "Collect [what]; write taker, time and place on the bag.",
      ja = "[what]を集め、袋に採取者、時刻、場所を書く。",
    }, { what = o.what }),
    good = { en = "The bag is sealed and listed.",
             ja = "袋を封印し、一覧に記入した。" },
    on_fail = { en = "If it cannot be taken, photograph it where it is.",
                ja = "持ち出せない場合は、その場で撮影する。" },
    role = "scribe",
    within = "1h",
    collect = "paper",
    target = "paper",
  }, o, OWN)
end

return evidence
