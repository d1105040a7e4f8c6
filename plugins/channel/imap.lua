-- plugins/channel/imap.lua: reads a mailbox, to find out whether mail arrives.
--
-- It sends nothing. What it gives back are the trial messages of
-- `ir channel canary`, told by their subject, and it removes those whose word
-- it is told; other mail is left alone.
local M = { api = 1, kind = "channel", name = "imap", needs = { "imap" } }

M.title = { en = "Mailbox (IMAP), to read trial messages",
            ja = "メールボックス(IMAP、試験送信の確認用)" }

M.config = {
  host = { type = "string", match = "^[%w.:_-]+$",
           title = { en = "The mail server.", ja = "メールサーバー。" } },
  port = { type = "int", min = 1, max = 65535, optional = true,
           title = { en = "993 with tls, 143 with starttls.",
                     ja = "省略時はtlsなら993、starttlsなら143。" } },
  tls = { type = "string", choices = { "tls", "starttls", "loopback" },
          default = "tls",
          title = { en = "loopback: none, to this machine only.",
                    ja = "loopbackは暗号化なし。このマシンだけ。" } },
  user = { type = "string",
           title = { en = "To log in with.", ja = "ログイン名。" } },
  password = { type = "string", secret = true,
               title = { en = "To log in with.", ja = "パスワード。" } },
  folder = { type = "string", match = "^[%w._/-]+$", default = "INBOX",
             title = { en = "Where the messages arrive.",
                       ja = "届くフォルダー。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  timeout = { type = "duration", default = "20s" },
}

local MARK = "ir-canary"
local AT_ONCE = 200 -- heads; more wait for the next look, none is passed over

-- What every call of the server begins with.
local function box(cfg)
  return { host = cfg.host, port = cfg.port, tls = cfg.tls, user = cfg.user,
           password = cfg.password, folder = cfg.folder, ca = cfg.ca,
           timeout = cfg.timeout }
end

-- What is there, of more recent mails than `after`; with a `word`, of that.
local function look(ir, cfg, after, max, word)
  local call = box(cfg)
  call.after, call.max = after, max
  call.search = 'SUBJECT "' .. MARK .. (word and " " .. word or "") .. '"'
  return ir.imap.fetch(call)
end

-- The value of a field in a head, its lines joined; "" where there is none.
local function field(head, name)
  local flat = ("\n" .. head):gsub("\r", ""):gsub("\n[ \t]+", " ")
  for key, value in flat:gmatch("\n([%w-]+):[ \t]*([^\n]*)") do
    if key:lower() == name then return value end
  end
  return ""
end

function M.send()
  return nil, "this channel only reads", "refused"
end

function M.check(ir, cfg)
  local got, err, how = look(ir, cfg, 0, 0)
  if not got then return nil, err, how end
  return true, cfg.host .. ": " .. cfg.folder
end

-- state: { validity, uid } of the last mail that was read. Numbers begin anew
-- when the server says so by another validity.
function M.receive(ir, cfg, state)
  local last = state or { validity = 0, uid = 0 }
  local got, err, how = look(ir, cfg, last.uid, AT_ONCE)
  if got and last.uid > 0 and got.validity ~= last.validity then
    last = { validity = 0, uid = 0 }
    got, err, how = look(ir, cfg, 0)
  end
  if not got then return nil, err, how end
  local list, uid = {}, last.uid
  for _, mail in ipairs(got) do
    local subject = field(mail.head, "subject")
    uid = math.max(uid, mail.uid)
    if subject:find(MARK, 1, true) then
      list[#list + 1] = { from = field(mail.head, "from"), text = subject,
                          at_ms = ir.time(),
                          ref = field(mail.head, "message-id") }
    end
  end
  return list, { validity = got.validity, uid = uid }
end

-- Remove trial messages, each known by its word: it alone is the subject.
function M.remove(ir, cfg, words)
  local uids = {}
  for _, word in ipairs(words) do
    if not word:match("^%x+$") then return nil, "no such word", "refused" end
    local got, err, how = look(ir, cfg, 0, nil, word)
    if not got then return nil, err, how end
    for _, mail in ipairs(got) do
      if field(mail.head, "subject") == MARK .. " " .. word then
        uids[#uids + 1] = mail.uid
      end
    end
  end
  if #uids == 0 then return true, "0" end
  local call = box(cfg)
  call.uids = uids
  local ok, err, how = ir.imap.remove(call)
  if not ok then return nil, err, how end
  return true, tostring(#uids)
end

return M
