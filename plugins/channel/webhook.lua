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

-- What a status means: true, or nil, words and whether to try again.
local function judge(res)
  if res.status >= 200 and res.status < 300 then return true end
  local again = res.status == 408 or res.status == 429 or res.status >= 500
  return nil, "HTTP " .. res.status, again and "retry" or "refused"
end

function M.send(ir, cfg, msg)
  local req = request(cfg, cfg.url)
  req.json = { id = msg.id, to = msg.to, name = msg.name,
               language = msg.language, title = msg.title, text = msg.body,
               short = msg.short, code = msg.code, severity = msg.severity,
               exercise = msg.exercise, reply = msg.reply, from = msg.from }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  local ok, why, again = judge(res)
  if not ok then return nil, why, again end
  return true, res.headers["x-request-id"]
end

-- Nothing is written there: that somebody answers over TLS is what is looked at.
function M.check(ir, cfg)
  local res, err = ir.http.get(request(cfg, cfg.url))
  if not res then return nil, err end
  if res.status == 401 or res.status == 403 or res.status >= 500 then
    return nil, "HTTP " .. res.status
  end
  return true, "HTTP " .. res.status
end

function M.receive(ir, cfg, state)
  if not cfg.replies then return {} end
  local url = cfg.replies
  if state then
    url = url .. (url:find("?", 1, true) and "&" or "?") .. "since=" ..
          ir.http.escape(state)
  end
  local res, err = ir.http.get(request(cfg, url))
  if not res then return nil, err end
  local ok, why = judge(res)
  if not ok then return nil, why end
  local list, wrong = ir.json.decode(res.body)
  if type(list) ~= "table" then return nil, wrong or "no list" end
  local last = list[#list]
  return list, last and last.ref or state
end

return M
