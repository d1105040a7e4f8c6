-- flight-information: what passengers, visitors and staff read and hear about
-- flights.
--
-- Server room 2F, rack B3: FS1 (displays of concourses A and B, port 24, blue
-- cable), FDB1 (flight database, port 20), FG1 (gateway of the airlines' feed,
-- port 18). Rack B4: FS2 (displays of concourses C and D, port 24), FDB2
-- (standby database, port 20), AN1 (automatic announcements, port 16).
-- Rack A1: core switches SW-C1 and SW-C2; display network VLAN 210, uplinks
-- port 21 on both. FW1 outer firewall, rack A2. BK1 backup server, rack D1;
-- weekly backup disk in the safe, room 5F-01. Operations room 3F-08: console
-- OPS1, monitoring screen, fax. 96 displays, 24 in each concourse. Twelve
-- boards with printed grids, trolleys and sheets F-1 stand in store 1F-S1.
-- The public address desk 1F-02 needs neither network nor FS1.
return {
  api = 1,
  kind = "system",
  id = "flight-information",
  title = { en = "Flight information", ja = "フライトインフォメーション" },
  description = {
    en = "Shows and announces departures, arrivals, gates and changes to passengers, visitors and airport staff. "
      .. "By hand it goes on with boards and announcements, but slowly: at busy hours passengers miss gates and flights leave late.",
    ja = "出発・到着、搭乗口、変更を旅客、来港者、空港職員に表示し、放送する。"
      .. "掲示板と放送による代替運用は可能だが遅い。混雑時は搭乗の遅れや出発遅延が出る。",
  },
  operations = {
    { id = "displays", priority = 1, rto = "2h", rpo = "15m", mtpd = "24h", level = 80,
      title = { en = "Flight displays", ja = "案内表示" },
      fallback = { en = "Twelve boards, written by hand every 15 minutes from the airlines' list.",
                   ja = "12枚の掲示板。航空会社の一覧をもとに15分ごとに手書きする。" } },
    { id = "announcements", priority = 2, rto = "1h", mtpd = "12h", level = 80,
      title = { en = "Announcements", ja = "案内放送" },
      fallback = { en = "Live announcements from the public address desk 1F-02, script F-2.",
                   ja = "1F-02放送卓から台本F-2を肉声で読む。" } },
    { id = "staff-view", priority = 3, rto = "4h", rpo = "15m", mtpd = "24h", level = 80,
      title = { en = "Flight list for staff and airlines", ja = "職員・航空会社向け便一覧" },
      fallback = { en = "Printed list every 30 minutes, by fax and runner.",
                   ja = "30分ごとに印刷し、ファクスと伝令で配る。" } },
    { id = "web", priority = 4, rto = "8h", rpo = "1h", mtpd = "3d", level = 50,
      title = { en = "Flight list on the web", ja = "ウェブの運航情報" },
      fallback = { en = "A plain notice naming the airlines' own pages.",
                   ja = "各航空会社の案内先だけを載せた簡易画面。" } },
  },
  owner = "operator",
  depends = { "email", "network", "power", "airline-feed" },
  config_record = {
    place = { en = "red binder \"Flight information\", room 3F-08; copy in the safe, room 5F-01",
              ja = "赤い綴り「フライトインフォメーション」（3F-08室）。写しは5F-01室の金庫" },
    checked = "2026-10-01",
    max_age = "183d",
  },
  partners = { "fis-vendor", "lan-vendor", "forensic", "telecom" },
}
