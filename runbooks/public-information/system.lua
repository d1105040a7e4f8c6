-- public-information: what a ministry publishes for about a million citizens,
-- run here under contract.
--
-- Server room 2F, rack D1: LB1 (load balancer), WEB1 and WEB2 (public pages),
-- switch PSW1 (grey cables). Rack D2: CMS1 (registration), FORM1 and DB1
-- (inquiries), backup server BKP1, management switch MSW1 (yellow cables).
-- Room 4F-03: registration desk, jump host JMP2. Mihon Cloud: the delivery
-- network in front of LB1, and STA1 with the static page. Safe in room 5F-01:
-- the original disk, holding every page as approved, with the ledger of digests.
return {
  api = 1,
  kind = "system",
  id = "public-information",
  title = { en = "Public information", ja = "行政情報提供システム" },
  description = {
    en = "Publishes the ministry's information to about a million anonymous citizens, day and night. " ..
         "The registration desk enters content from inside; administrators work over the management LAN. " ..
         "What stands there must be right: a false page harms more than a missing one.",
    ja = "約100万人の匿名の利用者に、24時間、行政情報を公開する。" ..
         "掲載情報登録担当が内部から内容を登録し、管理者は管理用LANから操作する。" ..
         "掲載内容の正しさが最優先で、誤った掲載は停止よりも害が大きい。",
  },
  operations = {
    {
      id = "urgent-notice", priority = 1, rto = "2h", mtpd = "12h", level = 100,
      title = { en = "Post an urgent notice", ja = "緊急のお知らせの掲載" },
      fallback = {
        en = "Post it on the static page of STA1. Read it to the press room 2F-05 and the telephone desk.",
        ja = "STA1の代替ページに掲載する。2F-05会見室と電話窓口へ読み上げて伝える。",
      },
    },
    {
      id = "publish", priority = 2, rto = "6h", rpo = "1h", mtpd = "12h", level = 80,
      title = { en = "Publish pages to citizens", ja = "行政情報の公開" },
      fallback = {
        en = "Show the static page of STA1 with telephone numbers. Other ministries' sites and counters carry the notices.",
        ja = "STA1の代替ページに電話番号を載せて表示する。他省庁のサイトと窓口の掲示で補う。",
      },
    },
    {
      id = "register", priority = 3, rto = "12h", rpo = "1h", mtpd = "3d", level = 80,
      title = { en = "Register content", ja = "掲載内容の登録" },
      fallback = {
        en = "Write each item on a numbered registration sheet (folder in room 4F-03). Two people sign it.",
        ja = "番号付きの登録票（4F-03室の綴り）に一件ずつ書き、二人で署名する。",
      },
    },
    {
      id = "inquiry", priority = 4, rto = "1d", rpo = "1h", mtpd = "7d", level = 80,
      title = { en = "Receive inquiries from citizens", ja = "利用者からの問合せの受付" },
      fallback = {
        en = "Take inquiries by telephone on numbered inquiry sheets.",
        ja = "電話で受け、番号付きの問合せ票に書く。",
      },
    },
  },
  owner = "administrator",
  depends = { "dns", "delivery-network", "network", "power" },
  config_record = {
    place = {
      en = "Blue binder \"Public information\", cabinet in server room 2F; copy in the safe, room 5F-01",
      ja = "青い綴り「行政情報提供」、2階サーバー室の書棚。写しは5F-01室の金庫",
    },
    checked = "2026-10-01",
    max_age = "183d",
  },
  partners = { "portal-vendor", "cloud", "call-centre", "telecom", "forensic" },
}
