-- plugins/channel/sms-gateway.lua: each message as an SMS by a provider that
-- takes them over HTTPS. Which names its fields have is told by the
-- configuration; the address is the telephone number.
local M = { api = 1, kind = "channel", name = "sms-gateway", needs = { "http" } }

M.title = { en = "SMS by a provider (HTTPS)", ja = "SMS（事業者のHTTPS）" }

M.config = {
  url = { type = "string", match = "^https?://",
          title = { en = "Where messages are posted.", ja = "送信先のURL。" } },
  format = { type = "string", choices = { "form", "json" }, default = "form",
             title = { en = "How the fields are written.", ja = "項目の書き方。" } },
  to_field = { type = "string", default = "to",
               title = { en = "The field with the number.", ja = "番号を入れる項目。" } },
  text_field = { type = "string", default = "text",
                 title = { en = "The field with the text.", ja = "本文を入れる項目。" } },
  id_field = { type = "string", optional = true,
               title = { en = "The field with an id of ours, by which the provider drops a repetition.",
                         ja = "重複を除くための識別子を入れる項目。" } },
  ref_field = { type = "string", optional = true,
                title = { en = "The field of the answer with the provider's id.",
                          ja = "応答のうち受付番号の項目。" } },
  more = { type = "list", default = {},
           title = { en = "Other fields, \"NAME=VALUE\".", ja = "ほかの項目（「名前=値」）。" } },
  country = { type = "string", match = "^%+?%d+$", optional = true,
              title = { en = "Put in place of the first 0, \"+81\".",
                        ja = "先頭の0の代わりに置く国番号（「+81」）。" } },
  user = { type = "string", optional = true },
  password = { type = "string", secret = true, optional = true },
  token = { type = "string", secret = true, optional = true,
            title = { en = "Sent as Authorization: Bearer.",
                      ja = "Authorization: Bearerとして送る。" } },
  replies = { type = "string", match = "^https?://", optional = true,
              title = { en = "Where answers are fetched: a list of { from, text, at_ms, ref }.",
                        ja = "返信を取りに行くURL（{ from, text, at_ms, ref } の配列）。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "15s" },
}

local function request(cfg, url)
  local headers = {}
  if cfg.token then headers.Authorization = "Bearer " .. cfg.token end
  return { url = url, headers = headers, user = cfg.user, password = cfg.password,
           ca = cfg.ca, proxy = cfg.proxy, timeout = cfg.timeout }
end

-- "050-0000-0101" -> "+815000000101", as the country says.
local function number(cfg, to)
  local n = to:gsub("[%s()-]", "")
  if not n:match("^%+?%d+$") then return nil end
  if cfg.country and n:sub(1, 1) == "0" then n = cfg.country .. n:sub(2) end
  return n
end

function M.send(ir, cfg, msg)
  local to = number(cfg, msg.to)
  if not to then return nil, "the address is no telephone number", "refused" end
  local fields = { [cfg.to_field] = to, [cfg.text_field] = msg.short }
  if cfg.id_field then fields[cfg.id_field] = msg.id end
  for _, word in ipairs(cfg.more) do
    local name, value = word:match("^([^=]+)=(.*)$")
    if not name then return nil, "more: \"NAME=VALUE\"", "refused" end
    fields[name] = value
  end
  local req = request(cfg, cfg.url)
  req[cfg.format] = fields
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  if not res.ok then return ir.http.judge(res) end
  local o = cfg.ref_field and ir.json.decode(res.body)
  local ref = type(o) == "table" and o[cfg.ref_field]
  return true, ref and tostring(ref) or nil
end

-- A provider bills what is posted: that it answers over TLS is what is looked at.
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
