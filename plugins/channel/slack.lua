-- plugins/channel/slack.lua: each message into a Slack channel.
--
-- Either by an incoming webhook (`url`; the address in contacts.lua is only for
-- people to read), or as a bot (`token`): then the address is the channel or
-- the member ("C0123456789", "U0123456789").
local M = { api = 1, kind = "channel", name = "slack", needs = { "http" } }

M.title = { en = "Slack", ja = "Slack" }

M.config = {
  url = { type = "string", match = "^https?://", secret = true, optional = true,
          title = { en = "Address of an incoming webhook.",
                    ja = "Incoming WebhookのURL。" } },
  token = { type = "string", secret = true, optional = true,
            title = { en = "Token of a bot that may post (chat:write).",
                      ja = "投稿できるボットのトークン（chat:write）。" } },
  api = { type = "string", match = "^https?://", default = "https://slack.com/api",
          title = { en = "Where Slack's API is.", ja = "SlackのAPIのURL。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "10s" },
}

-- What Slack answers when it may go better later.
local later = { ratelimited = true, rate_limited = true, service_unavailable = true,
                internal_error = true, fatal_error = true, request_timeout = true,
                rollup_error = true }

-- <!channel>, links and the like are markup: a text must not become one.
local function plain(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function request(cfg, url)
  local headers = {}
  if cfg.token then headers.Authorization = "Bearer " .. cfg.token end
  return { url = url, headers = headers, ca = cfg.ca, proxy = cfg.proxy,
           timeout = cfg.timeout }
end

-- The answer of the API: the object, or nil, words and whether to try again.
local function answer(ir, res)
  if not res.ok then return ir.http.judge(res) end
  local o = ir.json.decode(res.body)
  if type(o) ~= "table" then return nil, "not an answer of Slack", "retry" end
  if o.ok then return o end
  local why = type(o.error) == "string" and o.error or "?"
  return nil, why, later[why] and "retry" or "refused"
end

function M.send(ir, cfg, msg)
  local text = plain(msg.body)
  if not cfg.token then
    if not cfg.url then return nil, "neither url nor token is set", "refused" end
    local req = request(cfg, cfg.url)
    req.json = { text = text }
    local res, err, how = ir.http.post(req)
    if not res then return nil, err, how end
    return ir.http.judge(res)
  end
  local req = request(cfg, cfg.api .. "/chat.postMessage")
  req.json = { channel = msg.to, text = text, unfurl_links = false }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  local o, why, again, secs = answer(ir, res)
  if not o then return nil, why, again, secs end
  return true, type(o.ts) == "string" and o.ts or nil
end

function M.check(ir, cfg)
  if cfg.token then
    local res, err = ir.http.post(request(cfg, cfg.api .. "/auth.test"))
    if not res then return nil, err end
    local o, why = answer(ir, res)
    if not o then return nil, why end
    return true, type(o.team) == "string" and o.team or "ok"
  end
  if not cfg.url then return nil, "neither url nor token is set" end
  local res, err = ir.http.get(request(cfg, cfg.url))
  if not res then return nil, err end
  if res.status == 404 then return ir.http.judge(res) end
  return ir.http.judge(res, "look")
end

return M
