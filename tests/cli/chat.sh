#!/bin/sh
# Plugins that post over HTTPS: what each sends, and how it reads the answers.
. "${0%/*}/lib.sh"
mkdir -p "$T/d"
mkfifo "$T/hold"
"$PY" "$src/tests/tools/stand_in.py" "$T/d" <"$T/hold" >"$T/server" 2>&1 &
exec 4>"$T/hold"
n=0
while [ ! -e "$T/d/ports" ] && [ $n -lt 100 ]; do
    n=$((n + 1))
    sleep 0.1
done
H=$T/nowhere
base=https://localhost:$("$PY" -c 'import json,sys; print(json.load(open(sys.argv[1]))["https"])' "$T/d/ports")

# conf WORDS: a configuration, words are "name": value
conf() {
    "$PY" - "$T/d/ca.pem" "$1" >"$T/conf.json" <<'X'
import json, sys
c = json.loads("{" + sys.argv[2] + "}")
c["ca"] = open(sys.argv[1]).read()
json.dump(c, sys.stdout)
X
}
answers() { printf '%s' "$1" >"$T/d/answer"; }
# sends CODE PLUGIN ADDRESS: what was posted last is in $T/last
sends() {
    rm -f "$T/d/requests"
    exits "$1" channel test "$src/plugins/channel/$2.lua" --config "$T/conf.json" \
        --to "$3" --message "$T/msg.json"
    tail -1 "$T/d/requests" >"$T/last" 2>/dev/null || :
}
# posted EXPR WANT: EXPR of the last request (r) and its body (b)
posted() {
    got=$("$PY" -c '
import json, sys, urllib.parse
r = json.load(open(sys.argv[1]))
b = r["body"]
try: b = json.loads(b)
except ValueError: b = dict(urllib.parse.parse_qsl(b))
print(eval(sys.argv[2]))' "$T/last" "$1")
    is "$2" "$got"
}
cat >"$T/msg.json" <<'X'
{"id": "00aa/ito/0", "to": "-", "name": "伊藤", "language": "ja",
 "subject": "訓練 件名", "title": "訓練 【緊急通知】", "body": "訓練 【緊急通知】\n<!channel> 3F に *集合* [x](y)\n",
 "short": "訓練 3Fに集合 [K7QM-2F9X]", "code": "K7QM-2F9X", "exercise": true,
 "severity": 1, "reply": {"accept": "1a", "decline": "1d"}, "from": "見本"}
X

title "slack: a webhook, a bot; a text is no markup"
conf "\"url\": \"$base/services/T/B/x\""
answers '{"body": "ok"}'
sends 0 slack ops
posted 'r["path"]' /services/T/B/x
posted 'b["text"].split("\n")[0]' '訓練 【緊急通知】'
posted '"<!channel>" in b["text"] or "&lt;!channel&gt;" not in b["text"]' False
answers '{"status": 404, "body": "no_service"}'
sends 2 slack ops
out "REFUSED"
out "no_service"
answers '{"status": 500}'
sends 2 slack ops
silent "REFUSED"
conf "\"token\": \"xoxb-1\", \"api\": \"$base/api\""
answers '{"body": "{\"ok\":true,\"ts\":\"17.1\",\"team\":\"Mihon\"}"}'
sends 0 slack C01
out "Mihon"
out "17.1"
posted 'r["path"]' /api/chat.postMessage
posted 'r["headers"]["Authorization"]' 'Bearer xoxb-1'
posted 'b["channel"]' C01
answers '{"body": "{\"ok\":false,\"error\":\"channel_not_found\"}"}'
sends 2 slack C01
out "channel_not_found"
answers '{"body": "{\"ok\":false,\"error\":\"ratelimited\"}"}'
sends 2 slack C01
silent "REFUSED"
conf '"timeout": "5s"'
sends 2 slack C01
out "neither url nor token"

title "mattermost: a webhook, a bot"
conf "\"url\": \"$base/hooks/x\""
answers '{"body": "ok"}'
sends 0 mattermost @ito
posted 'b["channel"]' @ito
sends 0 mattermost -
posted 'b.get("channel")' None
conf "\"server\": \"$base\", \"token\": \"t0\""
answers '{"status": 201, "body": "{\"id\":\"p17\"}"}'
sends 0 mattermost c1
out p17
posted 'r["path"]' /api/v4/posts
posted 'b["channel_id"], b["pending_post_id"]' "('c1', '00aa/ito/0')"
cp "$T/msg.json" "$T/kept.json"
"$PY" - "$T/msg.json" <<'X'
import json, sys
m = json.load(open(sys.argv[1]))
m["body"] = "@all @@here\n<!channel> <https://evil.example|x> [y](https://evil.example)" \
            "\n[y]: https://evil.example ![z](//evil.example) [y][z] a@b.example\n"
json.dump(m, open(sys.argv[1], "w"))
X
answers '{"status": 201, "body": "{}"}'
sends 0 mattermost c1
posted 'b["message"]' '＠all ＠＠here
＜!channel> ＜https://evil.example|x> [y] (https://evil.example)
[y] : https://evil.example ![z] (//evil.example) [y] [z] a@b.example'
mv "$T/kept.json" "$T/msg.json"
answers '{"status": 403, "body": "{\"message\":\"no permission\"}"}'
sends 2 mattermost c1
out "REFUSED"
out "no permission"

title "teams: a card, line by line, no markup"
conf "\"url\": \"$base/workflows/x?sig=s\""
answers '{"status": 202, "body": ""}'
sends 0 teams ops
posted 'b["type"], len(b["attachments"])' "('message', 1)"
posted 'b["attachments"][0]["content"]["body"][0]["text"]' '訓練 【緊急通知】'
posted '"\\*集合\\*" in b["attachments"][0]["content"]["body"][1]["text"]' True
answers '{"status": 429}'
sends 2 teams ops
silent REFUSED
answers '{"status": 400}'
sends 2 teams ops
out REFUSED

title "ntfy: a topic; answers come back by one"
conf "\"server\": \"$base/\", \"token\": \"tk\", \"replies\": \"back\""
answers '{"body": "{\"id\":\"n5\",\"healthy\":true}"}'
sends 0 ntfy ops-7
out n5
posted 'r["path"], b["topic"], b["priority"]' "('/', 'ops-7', 5)"
posted 'b["message"].split("\n")[0]' '訓練 【緊急通知】'
sends 2 ntfy 'a/../b'
out "no topic"
answers '{"status": 401, "body": "{\"error\":\"unauthorized\"}"}'
sends 2 ntfy ops
out "unauthorized"
"$PY" - >"$T/d/answer" <<'X'
import json
lines = [{"event": "open", "id": "a"},
         {"event": "message", "id": "b", "time": 1795269600, "message": "ito: 1a 了解"},
         {"event": "message", "id": "c", "time": 1795269601, "message": "no name"}]
print(json.dumps({"body": "\n".join(map(json.dumps, lines)) + "\nnot json\n"}))
X
exits 2 --json channel test "$src/plugins/channel/ntfy.lua" --config "$T/conf.json" --receive
is ito "$(json 'receive[0].from')"
is '1a 了解' "$(json 'receive[0].text')"

title "line: once, whatever is repeated"
conf "\"token\": \"lt\", \"api\": \"$base\""
answers '{"body": "{\"displayName\":\"見本 当番\"}", "headers": {"X-Line-Request-Id": "r1"}}'
sends 0 line U01
out "見本 当番"
out r1
posted 'r["path"], b["to"], b["messages"][0]["type"]' "('/v2/bot/message/push', 'U01', 'text')"
key=$("$PY" -c 'import json,sys; print(json.load(open(sys.argv[1]))["headers"]["X-Line-Retry-Key"])' "$T/last")
"$PY" -c 'import sys, uuid; assert str(uuid.UUID(sys.argv[1])) == sys.argv[1]; assert uuid.UUID(sys.argv[1]).version == 4' "$key"
sends 0 line U01
posted 'r["headers"]["X-Line-Retry-Key"]' "$key"
answers '{"status": 409, "body": "{\"message\":\"taken\"}", "headers": {"X-Line-Accepted-Request-Id": "r1"}}'
sends 2 line U01
out "check: FAILED"
out "send: ok"
answers '{"status": 400, "body": "{\"message\":\"invalid to\"}"}'
sends 2 line U01
out "send: REFUSED"
out "invalid to"

title "sms-gateway: as the provider wants it"
conf "\"url\": \"$base/Messages.json\", \"to_field\": \"To\", \"text_field\": \"Body\", \"more\": [\"From=+8150\"], \"country\": \"+81\", \"user\": \"AC\", \"password\": \"pw\", \"ref_field\": \"sid\""
answers '{"status": 201, "body": "{\"sid\":\"SM1\"}"}'
sends 0 sms-gateway 050-0000-0101
out SM1
posted 'b["To"], b["From"], b["Body"]' "('+815000000101', '+8150', '訓練 3Fに集合 [K7QM-2F9X]')"
posted 'r["headers"]["Authorization"]' 'Basic QUM6cHc='
sends 2 sms-gateway 'ito@example.jp'
out "no telephone number"
answers '{"status": 429}'
sends 2 sms-gateway 050-0000-0101
silent "send: REFUSED"
answers '{"status": 400, "body": "bad number"}'
sends 2 sms-gateway 050-0000-0101
out "bad number"
conf "\"url\": \"$base/sms\", \"format\": \"json\", \"id_field\": \"dedupe\", \"token\": \"k\""
answers '{"status": 200}'
sends 0 sms-gateway +8190
posted 'b["dedupe"], b["to"]' "('00aa/ito/0', '+8190')"
