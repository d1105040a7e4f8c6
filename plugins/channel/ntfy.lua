-- plugins/channel/ntfy.lua: each message to a topic of an ntfy server, best one
-- of one's own. The address is the topic. Whoever knows a topic's name may read
-- it unless the server asks for a token.
local M = { api = 1, kind = "channel", name = "ntfy", needs = { "http" } }

M.title = { en = "ntfy", ja = "ntfy" }

M.config = {
  server = { type = "string", match = "^https?://[^?#]+$",
             title = { en = "https://ntfy.example.jp", ja = "https://ntfy.example.jp" } },
  token = { type = "string", secret = true, optional = true,
            title = { en = "Access token.", ja = "アクセストークン。" } },
  replies = { type = "string", match = "^[%w_-]+$", optional = true,
              title = { en = "Topic where answers come in: \"FROM: TEXT\".",
                        ja = "返信が入るトピック（「送信元: 本文」）。" } },
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

local function root(cfg) return (cfg.server:gsub("/+$", "")) end

function M.send(ir, cfg, msg)
  if not msg.to:match("^[%w_-]+$") then
    return nil, "the address is no topic", "refused"
  end
  local req = request(cfg, root(cfg) .. "/")
  req.json = { topic = msg.to, title = msg.title, message = msg.body,
               priority = msg.severity <= 1 and 5 or msg.severity == 2 and 4 or 3 }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  if not res.ok then return ir.http.judge(res) end
  local o = ir.json.decode(res.body)
  return true, type(o) == "table" and type(o.id) == "string" and o.id or nil
end

function M.check(ir, cfg)
  local res, err = ir.http.get(request(cfg, root(cfg) .. "/v1/health"))
  if not res then return nil, err end
  if not res.ok then return ir.http.judge(res) end
  local o = ir.json.decode(res.body)
  if type(o) ~= "table" or o.healthy ~= true then return nil, "not healthy" end
  return true, "ok"
end

-- Answers are one JSON object on each line.
function M.receive(ir, cfg, state)
  if not cfg.replies then return {} end
  local res, err = ir.http.get(request(cfg, root(cfg) .. "/" .. cfg.replies ..
                                       "/json?poll=1&since=" ..
                                       ir.http.escape(state or "10m")))
  if not res then return nil, err end
  if not res.ok then return ir.http.judge(res) end
  local list = {}
  for line in res.body:gmatch("[^\n]+") do
    local o = ir.json.decode(line)
    if type(o) == "table" and o.event == "message" and
       type(o.message) == "string" and type(o.id) == "string" then
      local from, text = o.message:match("^([^:]+):%s*(.*)$")
      state = o.id
      if from then
        list[#list + 1] = { from = from, text = text, ref = o.id,
                            at_ms = type(o.time) == "number" and
                                    math.floor(o.time) * 1000 or nil }
      end
    end
  end
  return list, state
end

return M
