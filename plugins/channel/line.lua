-- plugins/channel/line.lua: each message to a person or group by the LINE
-- messaging API. The address is the user's or group's id ("U...", "C..."), which
-- the official account learns when they add it as a friend.
local M = { api = 1, kind = "channel", name = "line", needs = { "http" } }

M.title = { en = "LINE (messaging API)", ja = "LINE（Messaging API）" }

M.config = {
  token = { type = "string", secret = true,
            title = { en = "Channel access token.",
                      ja = "LINEのアクセストークン（channel access token）。" } },
  api = { type = "string", match = "^https?://", default = "https://api.line.me",
          title = { en = "Where the API is.", ja = "APIのURL。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "10s" },
}

-- The same message gets the same key, so that LINE delivers it once: a UUID
-- made of two 64-bit FNV-1a sums of its id.
local function retry_key(id)
  local a, b = 0xcbf29ce484222325, 0x84222325cbf29ce4
  for i = 1, #id do
    a = (a ~ id:byte(i)) * 0x100000001b3
    b = (b ~ id:byte(#id + 1 - i)) * 0x100000001b3
  end
  local hex = string.format("%016x%016x", a, b)
  return hex:sub(1, 8) .. "-" .. hex:sub(9, 12) .. "-4" .. hex:sub(14, 16) ..
         "-8" .. hex:sub(18, 20) .. "-" .. hex:sub(21, 32)
end

local function request(cfg, path)
  return { url = cfg.api .. path, ca = cfg.ca, proxy = cfg.proxy,
           timeout = cfg.timeout,
           headers = { Authorization = "Bearer " .. cfg.token } }
end

function M.send(ir, cfg, msg)
  local req = request(cfg, "/v2/bot/message/push")
  req.headers["X-Line-Retry-Key"] = retry_key(msg.id)
  req.json = { to = msg.to, messages = { { type = "text", text = msg.body } } }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  local before = res.headers["x-line-accepted-request-id"]
  -- 409: this very message was taken before
  if not res.ok and not (res.status == 409 and before) then
    return ir.http.judge(res)
  end
  return true, before or res.headers["x-line-request-id"]
end

function M.check(ir, cfg)
  local res, err = ir.http.get(request(cfg, "/v2/bot/info"))
  if not res then return nil, err end
  if not res.ok then return ir.http.judge(res) end
  local o = ir.json.decode(res.body)
  return true, type(o) == "table" and type(o.displayName) == "string" and
               o.displayName or "ok"
end

return M
