-- plugins/channel/mattermost.lua: each message into a Mattermost channel.
--
-- Either by an incoming webhook (`url`): the address is the channel's name, or
-- "@name" for one person, or "-" for the webhook's own channel. Or as a bot
-- (`server` and `token`): the address is the id of the channel.
local M = { api = 1, kind = "channel", name = "mattermost", needs = { "http" } }

M.title = { en = "Mattermost", ja = "Mattermost" }

M.config = {
  url = { type = "string", match = "^https?://", secret = true, optional = true,
          title = { en = "Address of an incoming webhook.",
                    ja = "内向きウェブフックのURL。" } },
  server = { type = "string", match = "^https?://", optional = true,
             title = { en = "https://chat.example.jp, for a bot.",
                       ja = "ボットの場合: https://chat.example.jp" } },
  token = { type = "string", secret = true, optional = true,
            title = { en = "Token of the bot.", ja = "ボットのトークン。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "10s" },
}

local function request(cfg, url)
  local headers = {}
  if cfg.token then headers.Authorization = "Bearer " .. cfg.token end
  return { url = url, headers = headers, ca = cfg.ca, proxy = cfg.proxy,
           timeout = cfg.timeout }
end

-- A text must call nobody (@all, <!channel>), nor show one address and lead to
-- another ([label](address), <address|label>). "<" and "@" become their wide
-- forms, which `ir check-code` reads as the usual ones.
local function plain(text)
  text = ("\n" .. text):gsub("<", "＜"):gsub("[^%w]@+", function(at)
    return (at:gsub("@", "＠"))
  end)
  return (text:sub(2):gsub("%]([%(%[:])", "] %1"))
end

function M.send(ir, cfg, msg)
  local req
  if cfg.server and cfg.token then
    req = request(cfg, cfg.server .. "/api/v4/posts")
    -- the server posts a pending id once
    req.json = { channel_id = msg.to, message = plain(msg.body),
                 pending_post_id = msg.id }
  elseif cfg.url then
    req = request(cfg, cfg.url)
    req.json = { text = plain(msg.body), channel = msg.to ~= "-" and msg.to or nil }
  else
    return nil, "neither url nor server and token are set", "refused"
  end
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  if not res.ok then return ir.http.judge(res) end
  local o = ir.json.decode(res.body)
  return true, type(o) == "table" and type(o.id) == "string" and o.id or nil
end

function M.check(ir, cfg)
  local url = cfg.server and cfg.token and cfg.server .. "/api/v4/users/me" or cfg.url
  if not url then return nil, "neither url nor server and token are set" end
  local res, err = ir.http.get(request(cfg, url))
  if not res then return nil, err end
  local bot = cfg.server and cfg.token and not res.ok
  if bot or res.status == 404 then return ir.http.judge(res) end
  return ir.http.judge(res, "look")
end

return M
