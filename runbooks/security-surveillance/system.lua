-- security-surveillance: cameras, recorders, doors. Recordings are evidence
-- themselves, so that every hour of delay may overwrite what will be asked for.
--
-- Security equipment room 1F-07. Rack E1: VMS1 and VMS2 (management, the second
-- stands by), ESW1 (camera network, red cables; port 48, orange: office LAN),
-- JMPE (maintenance host). Rack E2: NVR1 to NVR3 (204 cameras, 30 days), NVR4
-- (mirror of the 36 red-list cameras, and spare). Rack E3: ACS1 (doors), VR1
-- (vendor line, key switch). Closets: FSW1 to FSW12 feed the cameras, door
-- controllers DC1 to DC18 decide alone for as long as ACS1 is away, by the card
-- list they have. Red-list cameras keep 24 hours on a memory card of their own.
-- Guard room 1F-02: consoles VC1 to VC4, key cabinet, red binder; EX1, a viewing
-- machine on no network, exports recordings and checks their signatures.
return {
  api = 1,
  kind = "system",
  id = "security-surveillance",
  title = { en = "Security and surveillance", ja = "警戒警備・監視システム" },
  description = {
    en = "Watches the terminal and the restricted area with 204 cameras, records them for 30 days, and controls doors and gates. " ..
         "The recordings are evidence. " ..
         "When it is blind, guards on patrol and at fixed posts see in its place.",
    ja = "カメラ204台でターミナルと制限区域を監視し、30日分を録画し、扉と門の出入りを管理する。" ..
         "録画は証拠になる。" ..
         "見えない間は、巡回と立哨が代わりを務める。",
  },
  operations = {
    {
      id = "doors", priority = 1, rto = "15m", mtpd = "2h", level = 90,
      title = { en = "Doors and gates of the restricted area", ja = "制限区域の扉と門" },
      fallback = {
        en = "A guard at each open gate compares pass, face and list. Other doors are locked by key.",
        ja = "開けておく門に立哨を置き、立入証、顔、名簿を照合する。他の扉は鍵で閉める。",
      },
    },
    {
      id = "live-view", priority = 2, rto = "30m", mtpd = "4h", level = 80,
      title = { en = "Live view", ja = "映像の監視" },
      fallback = {
        en = "Fixed posts P1 to P12 and patrols R1 to R4 every 30 minutes, radio check every 15.",
        ja = "立哨P1〜P12と、30分ごとの巡回R1〜R4。15分ごとに無線で点呼する。",
      },
    },
    {
      id = "recording", priority = 3, rto = "2h", rpo = "10m", mtpd = "12h", level = 95,
      title = { en = "Recording", ja = "録画" },
      fallback = {
        en = "Memory cards in the red-list cameras (24 hours), eight portable cameras, handwritten post logs.",
        ja = "重点カメラ36台のメモリーカード（24時間分）、携帯カメラ8台、手書きの立哨日誌。",
      },
    },
    {
      id = "export", priority = 4, rto = "24h", mtpd = "3d", level = 100,
      title = { en = "Handing out recordings", ja = "録画の提供" },
      fallback = {
        en = "Seal the disk in a bag and hand it over against a receipt.",
        ja = "ディスクを袋に封印し、受領書と引換えに渡す。",
      },
    },
  },
  owner = "guard-duty",
  depends = { "network", "power", "time-server" },
  config_record = {
    place = {
      en = "Red binder \"Surveillance\", guard room 1F-02; weekly export on a USB stick in the safe, room 5F-01",
      ja = "赤い綴り「監視」、警備室1F-02。毎週の設定の控えは5F-01室の金庫のUSBメモリー",
    },
    checked = "2026-10-01",
    max_age = "183d",
  },
  partners = { "surveillance-vendor", "guards", "forensic", "lan-vendor" },
}
