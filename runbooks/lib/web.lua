-- The public pages: showing the static page instead, keeping the delivery
-- network from serving what is false, comparing with the ledger, and telling
-- the ministry which owns the content.
--
-- Every function takes one table; besides the parameters listed, any field of
-- a step may be given and wins over the default.

local contain = require "lib.contain"
local people = require "lib.people"
local step = require "lib.step"
local text = require "lib.text"

local web = {}

local CONSOLE = {
  en = "delivery console on the sealed laptop, cabinet K1, room 3F-12",
  ja = "封印済みノート端末（3F-12室 キャビネットK1）の配信管理画面",
}

-- Show the static page of STA1 instead of our own servers.
--   owner   role that answers for the interim measure ("content")
--   review  when the measure is looked at again ("4h")
-- Returns one step, id "static". Undone by o.undo, if given.
function web.static(o)
  o = o or {}
  return step.over({
    id = "static",
    title = { en = "Show the static page", ja = "代替ページに切り替える" },
    say = { en = "In the delivery console, menu Origin, choose STA1. Press Apply.",
            ja = "配信管理画面の「配信元」でSTA1を選び、「適用」を押す。" },
    good = { en = "A phone on mobile data shows the static page within two minutes.",
             ja = "2分以内に、携帯回線のスマートフォンで代替ページが出ればよい。" },
    on_fail = { en = "Phone Mihon Cloud (contract MSC-2026-023); have them switch to STA1.",
                ja = "見本クラウド（契約MSC-2026-023）に電話し、STA1への切替えを頼む。" },
    role = "administrator",
    within = "10m",
    place = CONSOLE,
    contain = true,
    measure = {
      text = { en = "Static page instead of the public pages",
               ja = "公開ページの代わりに代替ページを表示" },
      owner = o.owner or "content",
      review = o.review or "4h",
    },
  }, o, { owner = true, review = true })
end

-- Point the delivery network back at our own servers. A step for two people.
-- Returns one step, id "origin-back".
function web.origin_back(o)
  return step.over({
    id = "origin-back",
    title = { en = "Point delivery back to LB1", ja = "配信元をLB1に戻す" },
    say = { en = "In the delivery console, menu Origin, choose LB1. Press Apply.",
            ja = "配信管理画面の「配信元」でLB1を選び、「適用」を押す。" },
    good = { en = "A phone on mobile data shows today's home page.",
             ja = "携帯回線のスマートフォンに今日のトップページが出ればよい。" },
    on_fail = { en = "Choose STA1 again at once.",
                ja = "直ちにSTA1を選び直す。" },
    warn = { en = "Only after the pages match the ledger.",
             ja = "公開台帳と一致するまで戻さない。" },
    role = "administrator",
    within = "10m",
    place = CONSOLE,
    confirm = 2,
  }, o)
end

-- Take LB1 off the network by its cable, when the console does not answer.
-- Returns one step, id "pull-lb".
function web.pull(o)
  return step.over(contain.cable({
    id = "pull-lb",
    device = "LB1",
    cable = { en = "the grey uplink cable", ja = "灰色のアップリンクケーブル" },
    place = { en = "rack D1, PSW1 port 1", ja = "ラックD1、PSW1の1番ポート" },
    check = { en = "A phone on mobile data no longer gets our pages.",
              ja = "携帯回線のスマートフォンに当社のページが出なくなればよい。" },
  }), o)
end

-- Empty the caches of the delivery network, so that no old copy is served.
-- Returns one step, id "purge".
function web.purge(o)
  return step.over({
    id = "purge",
    title = { en = "Empty the delivery caches", ja = "配信網のキャッシュを消す" },
    say = { en = "In the delivery console, menu Cache, press Purge all.",
            ja = "配信管理画面の「キャッシュ」で「全件削除」を押す。" },
    good = { en = "The console says done; two phones show the same page.",
             ja = "「完了」と表示され、スマートフォン2台に同じページが出る。" },
    on_fail = { en = "Purge the one address; phone Mihon Cloud for the rest.",
                ja = "当該アドレスだけを消し、残りは見本クラウドに電話で頼む。" },
    role = "administrator",
    within = "10m",
    place = CONSOLE,
    contain = true,
  }, o)
end

-- Stop CMS1 from publishing anything more, timed items included.
-- Returns one step, id "halt".
function web.halt(o)
  return step.over({
    id = "halt",
    title = { en = "Stop all publishing from CMS1", ja = "CMS1からの公開を止める" },
    say = { en = "On JMP2, run: pubctl hold. It stops timed publishing too.",
            ja = "JMP2で pubctl hold を実行する。予約公開も止まる。" },
    good = { en = "The publishing screen says HELD and names you.",
             ja = "公開管理画面に「保留中」と自分の名前が出る。" },
    on_fail = { en = "Pull the yellow cable of CMS1 (rack D2, MSW1 port 3).",
                ja = "CMS1の黄色いケーブル（ラックD2、MSW1の3番ポート）を抜く。" },
    role = "administrator",
    within = "5m",
    place = { en = "JMP2, room 4F-03", ja = "JMP2（4F-03室）" },
    contain = true,
  }, o)
end

-- Compare what WEB1 and WEB2 hold with the ledger of approved pages.
-- Returns one step, id "compare". Reads only: a drill really does it.
function web.compare(o)
  return step.over({
    id = "compare",
    title = { en = "Compare all pages with the ledger", ja = "全ページを公開台帳と照合する" },
    say = { en = "Compare every page of WEB1 and WEB2 with the ledger of digests.",
            ja = "WEB1とWEB2の全ページを、公開台帳のハッシュ値と照合する。" },
    good = { en = "The list of differing pages is complete and saved.",
             ja = "相違のあるページの一覧が最後まで出て、保存された。" },
    on_fail = { en = "Compare by hand: top twenty pages against the prints in room 4F-03.",
                ja = "手で照合する。閲覧上位20ページを4F-03室の印刷原本と比べる。" },
    role = "content",
    within = "20m",
    run = { "ssh", "-o", "BatchMode=yes", "--", "jmp2",
            "publedger compare --server web1 --server web2" },
    accept = { exit = { 0, 1 } },
    deadline = "15m",
    real = true,
  }, o)
end

-- Tell the Ministry of Samples: the clock of the contract, then the call.
--   report  "first" (default), "follow-up" or "final"; only the first has a clock
--   after, when, go  as in people.authority
-- Returns three steps for the first report, one for the others.
function web.client(o)
  o = o or {}
  local first = (o.report or "first") == "first"
  return people.authority({
    authority = "client-ministry",
    who = { en = "Ministry of Samples", ja = "見本省" },
    report = o.report,
    id = o.id or (first and "tell-client" or "tell-client-" .. o.report),
    clock = first and "client-first" or nil,
    start = first,
    after = o.after,
    when = o.when,
    go = o.go,
    within = o.within,
  })
end

-- Inform citizens by ways that do not pass through our own pages.
--   by  how, bilingual clause (static page, telephone desk, other outlets)
-- Returns one step, id "inform-citizens".
function web.citizens(o)
  o = o or {}
  return people.audience(step.over({
    audience = "citizens",
    who = { en = "citizens", ja = "利用者" },
    by = { en = "by the static page and the telephone desk",
           ja = "代替ページと電話窓口で" },
  }, o))
end

-- A machine of the public pages, its rack and its port, for contain.cable.
--   name  "CMS1", "WEB1", "WEB2", "FORM1", "DB1" or "BKP1"
-- Returns a table to hand to web.unplug.
local PORTS = {
  CMS1 = { rack = "D2", switch = "MSW1", port = "3", colour = { en = "yellow", ja = "黄色い" } },
  FORM1 = { rack = "D2", switch = "MSW1", port = "5", colour = { en = "yellow", ja = "黄色い" } },
  DB1 = { rack = "D2", switch = "MSW1", port = "6", colour = { en = "yellow", ja = "黄色い" } },
  BKP1 = { rack = "D2", switch = "MSW1", port = "9", colour = { en = "yellow", ja = "黄色い" } },
  WEB1 = { rack = "D1", switch = "PSW1", port = "11", colour = { en = "grey", ja = "灰色の" } },
  WEB2 = { rack = "D1", switch = "PSW1", port = "12", colour = { en = "grey", ja = "灰色の" } },
}

-- Pull the cable of one of the machines above.
--   name  which one (required)
-- Returns one step, id "unplug-<name in small letters>".
function web.unplug(o)
  local p = PORTS[o.name]
  if not p then
    error("web.unplug: no machine " .. tostring(o.name), 0)
  end
  local place = text.fill({ en = "rack [rack], [switch] port [port]",
                            ja = "ラック[rack]、[switch]の[port]番ポート" }, p)
  return step.over(contain.cable({
    id = "unplug-" .. string.lower(o.name),
    device = o.name,
    cable = text.fill({ en = "the [colour] cable", ja = "[colour]ケーブル" }, p),
    place = place,
  }), o, { name = true })
end

return web
