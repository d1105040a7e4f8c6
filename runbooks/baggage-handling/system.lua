-- baggage-handling: checked baggage from the counter through inspection to the
-- sorting area. A control system: what it does, it does to people and bags.
--
-- Baggage control room B1F-04: HMI1 (lines), HMI2 (sorter), red binder. Hall:
-- HMI3 and HMI4 (inspection), HMI5 (make-up east), HMI6 (make-up west). Cabinet
-- H1: PLC1 (counter belts, islands A to D), PLC2 (inspection lines with EDS1 to
-- EDS4); cabinet H2: PLC3 (sorter, chutes L01 to L24), switch BSW2; cabinet H3,
-- yellow: safety controller, wired to the red buttons and cords, on no network.
-- Room B1F-05, rack F1: BHS1 and BHS2 (sorting servers, the second stands by),
-- BSW1, EWS1 (engineering workstation, locked drawer). Rack F2: IF1 (bag and
-- flight messages from the departure control system), BFW (firewall; port 1,
-- orange: airlines and office), RG1 (remote maintenance, key switch), JMPF.
-- Room B1F-06: MCC1 (isolators, padlocks). Chute L24: bags without a flight go
-- to manual coding, station MCS1. Safe 5F-01: sealed stick "PLC master".
return {
  api = 1,
  kind = "system",
  id = "baggage-handling",
  title = { en = "Baggage handling", ja = "バゲージハンドリングシステム" },
  description = {
    en = "Carries checked bags from counter through inspection to the sorter, up to 1,400 an hour. It matches each bag with its passenger. " ..
         "It is a control system: a wrong command hurts people. " ..
         "Without it, bags are moved, inspected and sorted by hand, about 450 an hour.",
    ja = "受託手荷物をカウンターから検査を経て仕分場へ運び（毎時最大1,400個）、旅客と照合する。" ..
         "制御設備であり、誤った指示は人を傷つける。" ..
         "使えない間は、人手で運び、検査し、仕分ける（毎時約450個）。",
  },
  operations = {
    {
      id = "inspection", priority = 1, rto = "30m", mtpd = "2h", level = 60,
      title = { en = "Inspection of checked bags", ja = "受託手荷物の検査" },
      fallback = {
        en = "Inspect at islands A and D with X-ray units XR1 and XR2 and by opening bags before the passenger.",
        ja = "A・Dカウンター前で、単独のX線装置XR1・XR2と、旅客立会いの開披で検査する。",
      },
    },
    {
      id = "bag-match", priority = 2, rto = "1h", rpo = "5m", mtpd = "3h", level = 100,
      title = { en = "Matching bags with passengers", ja = "旅客と手荷物の照合" },
      fallback = {
        en = "Stick each bag tag's stub on the flight's match sheet; compare with the airline's boarding list.",
        ja = "タグの控えを便ごとの照合台紙に貼り、航空会社の搭乗名簿と突き合わせる。",
      },
    },
    {
      id = "transport", priority = 3, rto = "45m", mtpd = "3h", level = 60,
      title = { en = "Carrying from counter to hall", ja = "カウンターから仕分場への搬送" },
      fallback = {
        en = "Carts from islands A to D by goods lifts 3 and 4. Two people a cart.",
        ja = "A〜Dカウンターから台車で、貨物用昇降機3・4号機を使い、二人で運ぶ。",
      },
    },
    {
      id = "sorting", priority = 4, rto = "1h", rpo = "15m", mtpd = "6h", level = 60,
      title = { en = "Sorting by flight", ja = "便ごとの仕分け" },
      fallback = {
        en = "Sort by hand at the flight boards of the make-up area; two people read each tag.",
        ja = "積付場の便名板ごとに手で仕分ける。タグは二人で読み合わせる。",
      },
    },
  },
  owner = "control",
  depends = { "flight-information", "departure-control", "network", "power" },
  config_record = {
    place = {
      en = "Red binder \"Baggage\", room B1F-04; sealed stick \"PLC master\" with its list of digests, safe, room 5F-01",
      ja = "赤い綴り「手荷物」、B1F-04室。封印したUSBメモリー「PLC原本」とハッシュ値の一覧は5F-01室の金庫",
    },
    checked = "2026-10-02",
    max_age = "183d",
  },
  partners = { "baggage-vendor", "power", "forensic", "lan-vendor" },
}
