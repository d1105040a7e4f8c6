-- Final report to the privacy commission: the nine items of the rules under the
-- Act on the Protection of Personal Information, none left open (site.lua,
-- appi-final).
return {
  api = 1,
  kind = "form",
  id = "ppc-final",
  for_kind = "authority",
  title = { en = "Privacy commission: final, nine items", ja = "個人情報保護委員会への確報（9項目）" },
  intro = { en = "All nine items are filled. What cannot be found out is \"unknown\", with the reason.",
            ja = "9項目全てを埋め、「調査中」を残しません。突き止められない事項は「不明」とし、理由を書きます。" },
  phone = { en = "We hand in the final report and ask whether the form has arrived. The receipt number of the preliminary one is on my sheet.",
            ja = "確報です。フォームの受付を確認させてください。速報の受付番号は手元にあります。" },
  like = "ppc-preliminary",
  fields = {
    "sender", "aware", "outline", "items",
    { id = "persons",
      help = { en = "The number found; if it cannot be found out, how it was estimated.",
               ja = "確定した人数を書く。確定できない場合は、推計の方法も書く。" } },
    { id = "cause", required = true },
    { id = "harm", required = true },
    { id = "told", type = "text", required = true,
      ask = { en = "6 How and when the persons were told", ja = "6 本人への対応の実施状況（通知の方法と時期）" } },
    { id = "published", required = true },
    { id = "prevention", required = true },
    { id = "remarks", required = true },
    "trigger",
  },
}
