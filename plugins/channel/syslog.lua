-- plugins/channel/syslog.lua: each message as one line of syslog (RFC 5424), by
-- UDP (RFC 5426), TCP or TLS (RFC 6587, RFC 5425: the length before each).
--
-- What a program wants to know stands in the structured data: id, code, to,
-- severity, exercise, incident.
local M = { api = 1, kind = "channel", name = "syslog", needs = { "socket" } }

M.title = { en = "Log server (syslog)", ja = "ログサーバー(syslog)" }

-- RFC 5424, section 6.2.1
local FACILITIES = { kern = 0, user = 1, mail = 2, daemon = 3, auth = 4,
                     syslog = 5, authpriv = 10, local0 = 16, local1 = 17,
                     local2 = 18, local3 = 19, local4 = 20, local5 = 21,
                     local6 = 22, local7 = 23 }
-- of ours: 1 to 4; alert, critical, warning, notice
local LEVELS = { 1, 2, 4, 5 }
local DEBUG = 7
local PORTS = { udp = 514, tcp = 601, tls = 6514 }
local TEXT_MAX = 7000 -- bytes; servers take lines of 8 KiB

M.config = {
  host = { type = "string", match = "^[%w.:_-]+$",
           title = { en = "The log server.", ja = "ログサーバー。" } },
  transport = { type = "string", choices = { "udp", "tcp", "tls" },
                default = "udp" },
  port = { type = "int", min = 1, max = 65535, optional = true,
           title = { en = "514 by udp, 601 by tcp, 6514 by tls.",
                     ja = "省略時はudpで514、tcpで601、tlsで6514。" } },
  facility = { type = "string", default = "local0",
               choices = { "kern", "user", "mail", "daemon", "auth", "syslog",
                           "authpriv", "local0", "local1", "local2", "local3",
                           "local4", "local5", "local6", "local7" } },
  hostname = { type = "string", match = "^[!-~]+$", optional = true,
               title = { en = "What this machine is called there.",
                         ja = "このマシンの名前。" } },
  app = { type = "string", match = "^[!-~]+$", default = "ir" },
  sd_id = { type = "string", match = "^[%w_-]+@%d+$", default = "ir@32473",
            title = { en = "Names the structured data: NAME@ENTERPRISE NUMBER.",
                      ja = "構造化データの名前。名前@企業番号。" } },
  ca = { type = "text", optional = true,
         title = { en = "Certificates to trust instead of the system's (PEM).",
                   ja = "システムの代わりに信頼する証明書(PEM)。" } },
  cert = { type = "text", optional = true,
           title = { en = "Our certificate, where the server asks for one (PEM).",
                     ja = "サーバーが求める場合の、自分の証明書(PEM)。" } },
  key = { type = "text", secret = true, optional = true,
          title = { en = "Its key (PEM).", ja = "その鍵(PEM)。" } },
  timeout = { type = "duration", default = "10s" },
}

-- "2026-11-21T02:40:00.123Z" of UTC milliseconds. Days are counted from March,
-- so that the day that leaps is the last of its year.
local function stamp(ms)
  local days, rest = ms // 86400000 + 719468, ms % 86400000
  local era, doe = days // 146097, days % 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
                       doy - (153 * mp + 2) // 5 + 1, rest // 3600000,
                       rest // 60000 % 60, rest // 1000 % 60, rest % 1000)
end

-- One line of text: no control characters, cut between characters.
local function one_line(text, max)
  text = text:gsub("%s*\n%s*", " / "):gsub("%c", " "):gsub("[ /]+$", "")
  if #text <= max then return text end
  while max > 0 and text:byte(max + 1) & 0xC0 == 0x80 do max = max - 1 end
  return text:sub(1, max) .. "…"
end

-- Values of structured data (section 6.3.3).
local function param(name, value)
  if value == nil then return "" end
  local text = one_line(tostring(value), 500):gsub('["\\%]]', "\\%0")
  return " " .. name .. '="' .. text .. '"'
end

local function line(ir, cfg, level, msgid, data, text)
  return string.format("<%d>1 %s %s %s - %s %s \u{FEFF}%s",
                       FACILITIES[cfg.facility] * 8 + level, stamp(ir.time()),
                       cfg.hostname or "-", cfg.app, msgid, data, text)
end

local function put(ir, cfg, text)
  if cfg.transport ~= "udp" then text = #text .. " " .. text end
  return ir.socket[cfg.transport] {
    host = cfg.host, port = cfg.port or PORTS[cfg.transport], data = text,
    ca = cfg.ca, cert = cfg.cert, key = cfg.key, stays = true,
    timeout = cfg.timeout }
end

function M.send(ir, cfg, msg)
  local data = "[" .. cfg.sd_id .. param("id", msg.id) ..
               param("code", msg.code) .. param("to", msg.to) ..
               param("severity", msg.severity) ..
               param("exercise", msg.exercise == true) ..
               param("incident", msg.incident) .. "]"
  local text = one_line(msg.body, TEXT_MAX)
  local ok, why, how = put(ir, cfg, line(ir, cfg, LEVELS[msg.severity] or 5,
                                         "ALERT", data, text))
  if not ok then return nil, why, how end
  return true
end

-- A line of the lowest level, which wakes nobody.
function M.check(ir, cfg)
  local ok, why = put(ir, cfg, line(ir, cfg, DEBUG, "CHECK", "-", "ir check"))
  if not ok then return nil, why end
  local where = cfg.transport .. " " .. cfg.host
  if cfg.transport ~= "udp" then return true, where end
  return true, where .. (ir.lang == "ja" and " (UDPでは届いたかどうかわからない)"
                         or " (by UDP nobody says whether it arrived)")
end

return M
