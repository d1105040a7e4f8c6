-- plugins/channel/teams.lua: each message into a Microsoft Teams channel, by a
-- workflow "post to a channel when a webhook request is received". The address
-- in contacts.lua is only for people to read.
local M = { api = 1, kind = "channel", name = "teams", needs = { "http" } }

M.title = { en = "Microsoft Teams", ja = "Microsoft Teams" }

M.config = {
  url = { type = "string", match = "^https?://", secret = true,
          title = { en = "Address of the workflow.", ja = "ワークフローのURL。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  proxy = { type = "string", optional = true,
            title = { en = "http://HOST:PORT", ja = "http://ホスト:ポート" } },
  timeout = { type = "duration", default = "15s" },
}

local function request(cfg)
  return { url = cfg.url, ca = cfg.ca, proxy = cfg.proxy, timeout = cfg.timeout }
end

-- A text block knows a little Markdown: what begins it is put behind a \.
local function plain(text)
  return (text:gsub("([\\`*_%[%]#])", "\\%1"))
end

function M.send(ir, cfg, msg)
  local lines = {}
  for line in msg.body:gmatch("[^\n]+") do
    lines[#lines + 1] = { type = "TextBlock", text = plain(line), wrap = true,
                          weight = #lines == 0 and "Bolder" or "Default" }
  end
  local req = request(cfg)
  req.json = {
    type = "message",
    attachments = { {
      contentType = "application/vnd.microsoft.card.adaptive",
      content = { ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                  type = "AdaptiveCard", version = "1.4", body = lines },
    } },
  }
  local res, err, how = ir.http.post(req)
  if not res then return nil, err, how end
  if not res.ok then return ir.http.judge(res) end
  return true, res.headers["x-ms-workflow-run-id"]
end

-- A workflow answers to POST alone: that somebody is there over TLS is looked at.
function M.check(ir, cfg)
  local res, err = ir.http.get(request(cfg))
  if not res then return nil, err end
  if res.status >= 500 then return ir.http.judge(res) end
  return true, "HTTP " .. res.status
end

return M
