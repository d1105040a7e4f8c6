-- plugins/channel/smtp.lua: each message as one mail, by the mail server of the
-- configuration.
--
-- The mail is plain text in UTF-8. The same message sent again has the same
-- Message-ID, so that a mailbox shows it once. Programs that answer mail by
-- themselves are told not to.
local M = { api = 1, kind = "channel", name = "smtp", needs = { "smtp" } }

M.title = { en = "Mail (SMTP)", ja = "メール(SMTP)" }

M.config = {
  host = { type = "string", match = "^[%w.:_-]+$",
           title = { en = "The mail server.", ja = "メールサーバー。" } },
  port = { type = "int", min = 1, max = 65535, optional = true,
           title = { en = "587 with starttls, 465 with tls.",
                     ja = "省略時はstarttlsなら587、tlsなら465。" } },
  tls = { type = "string", choices = { "starttls", "tls", "loopback" },
          default = "starttls",
          title = { en = "loopback: none, to this machine only.",
                    ja = "loopbackは暗号化なし。このマシンだけ。" } },
  from = { type = "string", match = "^[^@%s]+@[^@%s]+$",
           title = { en = "Whose address it comes from.",
                     ja = "差出人のアドレス。" } },
  from_name = { type = "string", optional = true,
                title = { en = "Its name, instead of the site's.",
                          ja = "差出人の名前。省略時はサイトの名前。" } },
  reply_to = { type = "string", match = "^[^@%s]+@[^@%s]+$", optional = true,
               title = { en = "Where answers go.", ja = "返信先。" } },
  user = { type = "string", optional = true,
           title = { en = "To log in with.", ja = "ログイン名。" } },
  password = { type = "string", secret = true, optional = true,
               title = { en = "To log in with.", ja = "パスワード。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  timeout = { type = "duration", default = "20s" },
}

-- The server of the configuration, as ir.smtp wants it.
local function server(cfg)
  return { host = cfg.host, port = cfg.port, tls = cfg.tls, from = cfg.from,
           user = cfg.user, password = cfg.password, ca = cfg.ca,
           timeout = cfg.timeout }
end

function M.send(ir, cfg, msg)
  local mail = server(cfg)
  mail.from_name = cfg.from_name or msg.from
  mail.to, mail.to_name = msg.to, msg.name
  mail.id, mail.text = msg.id, msg.body
  mail.headers = {
    ["Subject"] = msg.subject,
    ["Reply-To"] = cfg.reply_to,
    ["Auto-Submitted"] = "auto-generated", -- RFC 3834
    ["Precedence"] = "list",
    ["X-Auto-Response-Suppress"] = "All",
    ["X-Ir-Code"] = msg.code,
    ["X-Ir-Exercise"] = msg.exercise and "yes" or nil,
  }
  if msg.severity and msg.severity <= 2 then
    mail.headers["Importance"] = "high"
    mail.headers["X-Priority"] = "1"
  end
  return ir.smtp.send(mail)
end

-- As far as the login, with no sender and no address named. What a server says
-- last (one of its extensions) tells nobody anything: who answered does.
function M.check(ir, cfg)
  local ok, said, how = ir.smtp.check(server(cfg))
  if not ok then return nil, said, how end
  return true, cfg.host .. (cfg.user and ", " .. cfg.user or "")
end

return M
