-- plugins/channel/webhook.lua: each message as one JSON object to one address.
--
-- What is sent: { id, to, name, language, title, text, short, code, severity,
-- exercise, reply, from }. The same id comes again only when it is not known
-- whether the message arrived: keep one of each. Where `replies` is an
-- address, answers are fetched from there: a list of { from, text, at_ms, ref }.
local M = { api = 1, kind = "channel", name = "webhook", needs = { "http" } }

M.title = { en = "Webhook (JSON by HTTPS)", ja = "ウェブフック(HTTPSでJSON)" }

M.config = {
  url = { type = "string", match = "^https?://", secret = true,
          title = { en = "The address; whoever knows it can write there.",
                    ja = "宛先URL。知っている人は誰でも書き込める。" } },
  token = { type = "string", secret = true, optional = true,
            title = { en = "Sent as Authorization: Bearer.",
                      ja = "Authorization: Bearerとして送る。" } },
  replies = { type = "string", match = "^https?://", optional = true,
              title = { en = "Where answers are fetched.",
                        ja = "返答を取りに行くURL。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "10s" },
}

-- The arguments that every request has.
local function request(cfg, url)
  local headers = {}
  if cfg.token then headers.Authorization = "Bearer " .. cfg.token end
  return { url = url, headers = headers, ca = cfg.ca, proxy = cfg.proxy,
           timeout = cfg.timeout }
end

function M.send(ir, cfg, msg)
  local req = request(cfg, cfg.url)
  req.json = { id = msg.id, to = msg.to, name = msg.name,
               language = msg.language, title = msg.title, text = msg.body,
               short = msg.short, code = msg.code, severity = msg.severity,
               exercise = msg.exercise, reply = msg.reply, from = msg.from }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  if not res.ok then return ir.http.judge(res) end
  return true, res.headers["x-request-id"]
end

-- Nothing is written there: that somebody answers over TLS is what is looked at.
function M.check(ir, cfg)
  local res, err = ir.http.get(request(cfg, cfg.url))
  if not res then return nil, err end
  return ir.http.judge(res, "look")
end

function M.receive(ir, cfg, state)
  if not cfg.replies then return {} end
  local req = request(cfg, cfg.replies)
  req.since = state
  return ir.http.replies(req)
end

return M
