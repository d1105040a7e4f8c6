-- email: mail and groupware. Everything else must survive without it.
--
-- Server room 2F, rack C1: MX1 and MX2 (relays), switch CSW1 (blue cables).
-- Rack C2: MB1 and MB2 (mailboxes), GW1 (groupware), SH1 (shared files).
-- Rack C3: IDP1 (sign-in), ARC1 (write-once journal of all mail), BKM1
-- (backup). Mihon Message Cloud filters mail from outside and holds it for five
-- days while MX1 and MX2 do not take it. Safe in room 5F-01: weekly tapes.
return {
  api = 1,
  kind = "system",
  id = "email",
  title = { en = "Mail and groupware", ja = "メール・グループウェア" },
  description = {
    en = "Carries mail inside and outside, calendars, the notice board and shared files. " ..
         "When it is down, people are reached by telephone, radio and paper. " ..
         "When an attacker may read it, it must not be used to talk about the attack.",
    ja = "組織内外のメール、予定表、掲示板、共有ファイルを担う。" ..
         "停止中は電話、無線、紙で連絡する。" ..
         "傍受のおそれがある間は、対応の連絡に使わない。",
  },
  operations = {
    {
      id = "reach-staff", priority = 1, rto = "30m", mtpd = "2h", level = 80,
      title = { en = "Reach the staff", ja = "社員への連絡" },
      fallback = {
        en = "Call down the contact tree. Post paper notices on the six boards. Use the public address system.",
        ja = "緊急連絡網を電話で回す。六か所の掲示板に紙を貼る。館内放送を使う。",
      },
    },
    {
      id = "mail-outside", priority = 2, rto = "8h", rpo = "1h", mtpd = "24h", level = 80,
      title = { en = "Mail with outside parties", ja = "組織外とのメール" },
      fallback = {
        en = "Use telephone and fax from the partner list in the red binder. Log every call on a numbered sheet.",
        ja = "赤い綴りの取引先一覧で電話とファクスを使い、番号付きの受発信票に書く。",
      },
    },
    {
      id = "mail-inside", priority = 3, rto = "8h", rpo = "1h", mtpd = "24h", level = 80,
      title = { en = "Mail inside the organisation", ja = "組織内のメール" },
      fallback = {
        en = "Use internal telephones, radios and runners. Each department names one person for messages.",
        ja = "内線、無線、伝令を使う。部署ごとに連絡担当を一人置く。",
      },
    },
    {
      id = "calendar", priority = 4, rto = "1d", rpo = "1d", mtpd = "3d", level = 80,
      title = { en = "Calendars and room bookings", ja = "予定表と施設予約" },
      fallback = {
        en = "Book on the paper sheet at each meeting room's door.",
        ja = "会議室の扉に貼った予約表に手書きする。",
      },
    },
    {
      id = "shared-files", priority = 5, rto = "1d", rpo = "1d", mtpd = "3d", level = 80,
      title = { en = "Shared files and notice board", ja = "共有ファイルと掲示板" },
      fallback = {
        en = "Work from the printed red binder and the offline copy of essential files (encrypted disk, safe, room 5F-01).",
        ja = "赤い綴りの印刷物と、重要ファイルの複製（5F-01室の金庫にある暗号化ディスク）を使う。",
      },
    },
  },
  owner = "mail-admin",
  depends = { "directory", "network", "power", "mail-filter" },
  config_record = {
    place = {
      en = "Red binder \"Mail\", cabinet in server room 2F; copy in the safe, room 5F-01",
      ja = "赤い綴り「メール」、2階サーバー室の書棚。写しは5F-01室の金庫",
    },
    checked = "2026-10-01",
    max_age = "183d",
  },
  partners = { "mail-vendor", "telecom", "lan-vendor", "forensic" },
}
