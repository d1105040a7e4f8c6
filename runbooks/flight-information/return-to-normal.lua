-- From boards back to displays. The displays must know every change that was
-- made by hand before anybody takes a board away.

local back = require "lib.back"
local bcp = require "lib.bcp"
local people = require "lib.people"
local step = require "lib.step"

return {
  api = 1,
  kind = "recovery",
  id = "flight-information/return-to-normal",
  title = { en = "From boards back to displays", ja = "掲示板から案内表示への切戻し" },
  symptoms = { en = "Displays work again, boards still stand",
               ja = "表示は戻ったが、掲示板も出ている" },
  order = 70,
  steps = step.flow {
    {
      id = "ready",
      title = { en = "Check that displays may be trusted", ja = "表示が信用できるか確かめる" },
      role = "operator",
      within = "20m",
      say = { en = "Compare one display in each concourse with the airlines' list.",
              ja = "各コンコース1面ずつを、航空会社の一覧と見比べる。" },
      good = { en = "Four displays, no difference, for 15 minutes.",
               ja = "4面とも15分間、相違がない。" },
      on_fail = { en = "Difference: the boards stay, the database is checked again.",
                  ja = "相違があれば掲示板を続け、データベースを再点検する。" },
    },
    back.reconcile {
      records = { en = "flight changes", ja = "便の変更" },
      sheet = { en = "sheet F-1", ja = "用紙F-1" },
      source = { en = "the airline committee", ja = "航空会社連絡会" },
      sample = "20",
    },
    {
      id = "overlap",
      title = { en = "Run both for one round", ja = "1回分は併用する" },
      role = "terminal-duty",
      within = "30m",
      say = { en = "Leave the boards beside the lit displays for one round of 15 minutes.",
              ja = "表示を出したまま、掲示板も15分間並べておく。" },
      good = { en = "Board and display say the same at every mark.",
               ja = "全ての場所で掲示板と表示が一致した。" },
      on_fail = { en = "They differ: turn that display off, the board counts.",
                  ja = "食い違う場合は表示を消し、掲示板を正とする。" },
    },
    back.switch {
      what = { en = "passenger information", ja = "旅客案内" },
      quiet = { en = "outside 06:00 to 09:00 and 17:00 to 20:00", ja = "6〜9時と17〜20時以外の時間帯" },
    },
    people.audience {
      audience = "passengers",
      template = "passengers-restored",
      who = { en = "passengers", ja = "旅客" },
      by = { en = "over the public address and by staff at the marks", ja = "館内放送と各所の係員から" },
    },
    people.audience {
      audience = "airlines",
      who = { en = "airlines and handlers", ja = "航空会社・地上取扱会社" },
      by = { en = "by phone to the committee and radio channel 4", ja = "連絡会への電話と無線4チャンネルで" },
      after = { "switch" },
    },
    back.watch {
      wait = "2h",
      what = { en = "four displays and the feed counter of FG1", ja = "4面の案内表示とFG1の受信計数" },
      after = { "switch" },
    },
    bcp.level {
      operation = "displays", level = 100,
      what = { en = "State 100 percent when all repaired displays are right.",
               ja = "修理待ちを除く全ての表示が正しければ100%を記録する。" },
    },
    {
      id = "stow",
      title = { en = "Clean and stow the boards", ja = "掲示板を拭いて片付ける" },
      role = "terminal-duty",
      within = "1h",
      say = { en = "Photograph, wipe and store the boards; refill pens and sheets.",
              ja = "掲示板を撮影してから拭き、収納する。ペンと用紙を補充する。" },
      place = { en = "store 1F-S1", ja = "1F-S1倉庫" },
      good = { en = "The list on the door is ticked; the key is back.",
               ja = "扉の点検表に印が付き、鍵が戻った。" },
      on_fail = { en = "Something missing: order it today, note who and when.",
                  ja = "不足品は当日中に発注し、担当と期日を書く。" },
      warn = { en = "An old board left standing sends people to the wrong gate.",
               ja = "古い掲示板を残すと、旅客が違う搭乗口へ行く。" },
    },
    back.lift {},
  },
}
