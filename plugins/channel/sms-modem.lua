-- plugins/channel/sms-modem.lua: each message as SMS by a mobile modem on a
-- serial line, and what people answer by SMS. AT commands of 3GPP TS 27.007
-- and 27.005, PDUs of TS 23.040, the alphabet of TS 23.038; what is not in it,
-- as Japanese, goes as UCS-2, what is too long in parts that a phone joins.
local M = { api = 1, kind = "channel", name = "sms-modem", needs = { "serial" } }

M.title = { en = "SMS by a modem here", ja = "SMS(このマシンのモデム)" }

M.config = {
  device = { type = "device", title = { en = "Its line.", ja = "回線。" } },
  speed = { type = "int", min = 1200, max = 921600, default = 115200 },
  pin = { type = "string", secret = true, optional = true,
          match = "^%d%d%d%d%d?%d?%d?%d?$",
          title = { en = "PIN of the SIM card.", ja = "SIMカードのPIN。" } },
  smsc = { type = "string", match = "^%+?%d+$", optional = true },
  reports = { type = "bool", default = true },
  timeout = { type = "duration", default = "20s" },
}

local PARTS_MAX = 10         -- of one message
local WAIT_PARTS_MS = 600000 -- for the rest of a message in parts
local HELD_MAX = 10          -- of them: a SIM card has room for 20
local READS_MAX = 500        -- for one line
local VALID = 167            -- 24 hours (TS 23.040, 9.2.3.12.1)
local CHAR = "[%z\1-\127\194-\244][\128-\191]*"
local BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\27ÆæßÉ !\"#¤%&'()*+,-./0123456789" ..
              ":;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrs" ..
              "tuvwxyzäöñüà"
local EXTRA = { [10] = "\f", [20] = "^", [40] = "{", [41] = "}", [47] = "\\",
                [60] = "[", [61] = "~", [62] = "]", [64] = "|", [101] = "€" }
local ESCAPE = 27
local CODE, CHARS = {}, {}
do
  local n = 0
  for c in BASIC:gmatch(CHAR) do
    CODE[c], CHARS[n] = { n }, c
    n = n + 1
  end
  for k, c in pairs(EXTRA) do CODE[c] = { ESCAPE, k } end
end

-- UTF-16 as numbers.
local function units(bytes)
  local out = {}
  for a, b in bytes:gmatch("(.)(.)") do out[#out + 1] = a:byte() << 8 | b:byte() end
  return out
end

-- The codes of each character of a text, and whether they are septets.
local function encode(ir, text)
  local out, seven = {}, true
  for c in text:gmatch(CHAR) do
    if not CODE[c] or c == "\27" then seven = false end
  end
  for c in text:gmatch(CHAR) do
    out[#out + 1] = seven and CODE[c] or units(ir.utf16.encode(c))
  end
  return out, seven
end

-- Those codes in lists of at most `max`; what belongs together stays so.
local function in_parts(list, max)
  local out = { {} }
  for _, codes in ipairs(list) do
    if #out[#out] + #codes > max then out[#out + 1] = {} end
    for _, v in ipairs(codes) do table.insert(out[#out], v) end
  end
  return out
end

-- Seven bits each, from the lowest bit on.
local function pack(list)
  local out, bits, n = {}, 0, 0
  for _, v in ipairs(list) do
    bits, n = bits | v << n, n + 7
    if n >= 8 then
      out[#out + 1] = string.char(bits & 0xFF)
      bits, n = bits >> 8, n - 8
    end
  end
  if n > 0 then out[#out + 1] = string.char(bits & 0xFF) end
  return table.concat(out)
end

-- Text of `count` septets that begin after `fill` bits.
local function unpack7(bytes, fill, count)
  local out, escaped = {}, false
  for i = 0, math.min(count, (#bytes * 8 - fill) // 7) - 1 do
    local bit = fill + 7 * i
    local low, high = bytes:byte(bit // 8 + 1, bit // 8 + 2)
    local v = (low | (high or 0) << 8) >> bit % 8 & 0x7F
    out[#out + 1] = escaped and EXTRA[v] or v ~= ESCAPE and CHARS[v] or ""
    escaped = v == ESCAPE and not escaped
  end
  return table.concat(out)
end

local function hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02X"):format(c:byte()) end))
end

local function unhex(text)
  if #text % 2 == 1 or text:find("%X") then return nil end
  return (text:gsub("..", function(h) return string.char(tonumber(h, 16)) end))
end

-- "+81 90-1234-5678" as "+819012345678"; nil where it is no number.
local function number_of(to)
  local n = to:gsub("[ ().-]", "")
  if n:match("^%+?%d+$") and #n >= 3 and #n <= 21 then return n end
end

-- How many digits, of what kind, and they as two a byte, the lower first.
local function address(number)
  local digits = number:gsub("^%+", "")
  local even = #digits % 2 == 1 and digits .. "F" or digits
  return string.char(#digits, number:sub(1, 1) == "+" and 0x91 or 0x81) ..
         unhex((even:gsub("(.)(.)", "%2%1")))
end

local function bytes_of(list)
  local out = {}
  for i, v in ipairs(list) do out[i] = string.char(v >> 8, v & 0xFF) end
  return table.concat(out)
end

-- 16 bits, the same for the same message: a phone shows it once.
local function reference(id)
  local v = 0x1D0F
  for i = 1, #id do v = (v * 31 + id:byte(i)) & 0xFFFF end
  return v
end

-- The data of each part: { length as the header says, bytes }.
local function parts_of(ir, text, id)
  local list, seven = encode(ir, text)
  local cut, head = in_parts(list, seven and 160 or 70), ""
  if #cut > 1 then cut = in_parts(list, seven and 152 or 66) end
  if #cut > PARTS_MAX then return nil end
  local out = {}
  for i, part in ipairs(cut) do
    if #cut > 1 then
      head = "\6\8\4" .. bytes_of { reference(id) } .. string.char(#cut, i)
    end
    local bytes = head .. (seven and pack(part) or bytes_of(part))
    out[i] = { seven and #head * 8 // 7 + #part or #bytes, bytes }
  end
  return out, seven
end

-- PDUs of SMS-SUBMIT: { hex, length without the SMS centre }. The last one
-- asks for a report.
local function submit(ir, cfg, number, text, id)
  local parts, seven = parts_of(ir, text, id)
  if not parts then return nil end
  local a = cfg.smsc and address(cfg.smsc)
  local centre = a and string.char(#a - 1) .. a:sub(2) or "\0"
  local out = {}
  for i, part in ipairs(parts) do
    local first = 0x11 | (#parts > 1 and 0x40 or 0) |
                  (cfg.reports and i == #parts and 0x20 or 0)
    local pdu = string.char(first, 0) .. address(number) ..
                string.char(0, seven and 0 or 8, VALID, part[1]) .. part[2]
    out[i] = { hex(centre .. pdu), #pdu }
  end
  return out
end

-- A time stamp as UTC milliseconds, by way of days since 1 March 2000.
local function stamp_ms(bytes)
  local v = {}
  for i = 1, 7 do v[i] = (bytes:byte(i) & 0x0F) * 10 + (bytes:byte(i) >> 4) end
  local quarters = v[7] % 80 -- its third bit of the tens is the sign
  if bytes:byte(7) & 0x08 ~= 0 then quarters = -quarters end
  local y = v[2] <= 2 and v[1] - 1 or v[1]
  local days = 11017 + 365 * y + y // 4 + (153 * ((v[2] + 9) % 12) + 2) // 5 +
               v[3] - 1
  return (((days * 24 + v[4]) * 60 + v[5] - quarters * 15) * 60 + v[6]) * 1000
end

-- 0: septets, 1: bytes, 2: UCS-2 (TS 23.038, 4).
local function alphabet_of(dcs)
  local group = dcs >> 4
  if group < 8 then return dcs >> 2 & 3 end
  return group == 15 and dcs >> 2 & 1 or group == 14 and 2 or 0
end

-- An address field at `at`: the number, and what follows it.
local function read_address(b, at)
  local n, kind = b:byte(at, at + 1)
  local bytes = b:sub(at + 2, at + 1 + (n + 1) // 2)
  if kind & 0x70 == 0x50 then
    return unpack7(bytes, 0, n * 4 // 7), at + 2 + #bytes
  end
  local digits = hex(bytes):gsub("(.)(.)", "%2%1"):sub(1, n)
  return (kind & 0x70 == 0x10 and "+" or "") .. digits, at + 2 + #bytes
end

-- Where the text begins, and which part of how many it is.
local function read_header(data, got)
  local n = data:byte(1) or 0
  local at = 2
  while at + 1 <= n + 1 do
    local kind, len = data:byte(at, at + 1)
    if not len then break end
    local v = data:sub(at + 2, at + 1 + len)
    local ref, parts, part = v:byte(1), v:byte(-2, -1)
    if (kind == 0 and #v == 3 or kind == 8 and #v == 4) and part >= 1 and
       part <= parts then
      if kind == 8 then ref = ref << 8 | v:byte(2) end
      got.group, got.parts, got.part = ref, parts, part
    end
    at = at + 2 + len
  end
  return n + 1
end

-- A message: `pad` is `b` with zeros behind, so that no field is missing.
local function read_deliver(ir, b, pad, at)
  local got, first = {}, pad:byte(at)
  got.from, at = read_address(pad, at + 1)
  local dcs, n = pad:byte(at + 1), pad:byte(at + 9)
  got.at_ms = stamp_ms(pad:sub(at + 2, at + 8))
  local data = b:sub(at + 10)
  local skip = first & 0x40 ~= 0 and read_header(data, got) or 0
  local kind, rest = alphabet_of(dcs), data:sub(skip + 1)
  local over = (skip * 8 + 6) // 7
  got.text = kind == 0 and unpack7(rest, over * 7 - skip * 8, n - over) or
             kind == 2 and ir.utf16.decode(rest:sub(1, n - skip)) or
             "(" .. hex(rest) .. ")"
  return got
end

-- What a PDU from the modem says: a message, a report, or nil.
local function read_pdu(ir, text)
  local b = unhex(text)
  if not b or #b < 2 or #b > 300 then return nil end
  local pad = b .. ("\0"):rep(400)
  local at = 2 + b:byte(1)
  local kind = pad:byte(at) & 3
  if at > #b or kind == 1 then return nil end
  if kind == 0 then return read_deliver(ir, b, pad, at) end
  if kind ~= 2 then return nil end
  local to, after = read_address(pad, at + 2)
  return { mr = pad:byte(at + 1), to = to, state = b:byte(after + 14) }
end

-- The next line, "> " too where it is waited for; nil when none came in time.
local function next_line(s, until_ms, prompt)
  for _ = 1, READS_MAX do
    if prompt and s.buf:match("^[\r\n]*> ?$") then
      s.buf = ""
      return ">"
    end
    local line, rest = s.buf:match("^[\r\n]*([^\r\n]+)[\r\n]+(.*)$")
    if line then
      s.buf = rest
      return line
    end
    local left = (until_ms - s.ir.time()) / 1000
    if left <= 0 then return nil end
    local got = s.port:read(math.min(left, 5))
    if not got then return nil end -- unplugged
    s.buf = (s.buf .. got:gsub("%z", "")):sub(-20000)
  end
end

-- Does the modem speak by itself? Reports are kept.
local function unasked(s, line, until_ms)
  if line:match("^%+CDS: ?%d") then
    s.reports[#s.reports + 1] = next_line(s, until_ms) or ""
    return true
  end
  return line:match("^%+C[MD][TS]I:") or line:match("^[R^]")
end

-- Write, and read the answer: lines, or nil and the error (false: none came).
local function ask(s, text, secs, prompt)
  local until_ms = s.ir.time() + secs * 1000
  local lines = {}
  if not s.port:write(text) then return nil, false end
  local echo = text:gsub("[\r\26]", "")
  while true do
    local line = next_line(s, until_ms, prompt)
    if not line then return nil, false end
    if prompt and line:match("^> ?$") or line == "OK" and not prompt then
      return lines
    end
    local code = line:match("^%+CM[SE] ERROR: ?(%d+)")
    if code then return nil, tonumber(code) end
    if line == "ERROR" or line:match("^COMMAND NOT SUPPORT") then
      return nil, 500 -- unknown, says TS 27.005
    end
    if line ~= echo and not unasked(s, line, until_ms) then
      lines[#lines + 1] = line
    end
  end
end

local function at(s, command, secs) return ask(s, command .. "\r", secs or 5) end

-- The first answer that begins with `name`.
local function value(lines, name)
  for _, line in ipairs(lines or {}) do
    local v = line:match("^%" .. name .. ": ?(.*)$")
    if v then return v end
  end
end

local function quiet(s)
  local n = 0
  repeat n = n + 1 until n > 50 or (s.port:read(0.1) or "") == ""
  s.buf = ""
end

-- A failure in words: with how it goes on, "retry" unless said.
local function fail(s, en, ja, how)
  return nil, s.device .. ": " .. (s.ir.lang == "ja" and ja or en),
         how or "retry"
end

local function mute(s)
  return fail(s, "the modem does not answer", "モデムが応答しない")
end

local function registered(s)
  local v = (value((at(s, "AT+CREG?")), "+CREG") or "") .. " " ..
            (value((at(s, "AT+CEREG?")), "+CEREG") or "")
  return v:find("%d,%s*[15]") ~= nil -- at home, or roaming
end

-- Unlock the SIM card; with a wrong PIN never so often that it locks itself.
local function unlock(s, cfg)
  local lines, code = at(s, "AT+CPIN?", 10)
  local state = value(lines, "+CPIN")
  if state == "READY" then return true end
  if code == false then return mute(s) end
  local en, ja = "no SIM card can be used", "使えるSIMカードがない"
  if state == "SIM PUK" then
    en, ja = "the SIM card wants its PUK", "SIMカードのPUKが必要"
  elseif state == "SIM PIN" and not cfg.pin then
    en, ja = "the SIM card asks for its PIN: name a secret as pin in " ..
             "contacts.lua", "SIMカードがPINを求めている。contacts.luaの" ..
             "pinに秘密の値の名前を書く"
  elseif state == "SIM PIN" then
    local left = value((at(s, 'AT+CPINR="SIM PIN"')), "+CPINR") or ""
    if left:match(",%s*(%d+)") ~= "3" then
      en, ja = "the SIM card asks for its PIN, and not all three tries are " ..
               "known to be left: enter it by hand", "SIMカードがPINを求めて" ..
               "いる。試行が3回残っていることを確かめられないため、手で入力する"
    elseif at(s, 'AT+CPIN="' .. cfg.pin .. '"', 10) then
      for _ = 1, 10 do -- the network is looked for only now
        if registered(s) then break end
        s.port:read(1)
      end
      return true
    else
      en, ja = "the PIN of the SIM card is wrong; it is not tried again",
               "SIMカードのPINが違う。再試行はしない"
    end
  end
  local why = " (" .. tostring(state or code) .. ")"
  return fail(s, en .. why, ja .. why)
end

-- Bring the modem into the state that all else needs.
local function prepare(s, cfg)
  s.port:write("\27") -- somebody may have gone in the middle of a message
  quiet(s)
  if not (at(s, "AT", 2) or at(s, "AT", 2) or at(s, "AT", 2)) then
    return mute(s)
  end
  quiet(s)
  at(s, "ATE0")
  at(s, "AT+CMEE=1")
  local ok, why, how = unlock(s, cfg)
  if not ok then return nil, why, how end
  if not at(s, "AT+CMGF=0", 10) then
    return fail(s, "the modem has no PDU mode",
                "モデムがPDUモードに対応していない", "refused")
  end
  if not at(s, "AT+CNMI=2,1,0,2,0") then at(s, "AT+CNMI=2,1,0,1,0") end
  return true
end

-- What `work` answers, with the line open.
local function session(ir, cfg, work)
  local port, why, how = ir.serial.open { device = cfg.device, speed = cfg.speed }
  if not port then return nil, why, how end
  local s = { ir = ir, port = port, buf = "", reports = {}, device = cfg.device }
  local a, b, c = prepare(s, cfg)
  if a then a, b, c = work(s) end
  port:close()
  return a, b, c
end

-- Errors that a person can do something about (TS 27.005, 3.2.5; TS 24.011,
-- E-2); true: it stays so. What is not here may go better later.
local ERRORS = {
  [1] = { "nobody has this number", "この番号は使われていない", true },
  [30] = { "the network does not know this number",
           "網がこの番号を認識していない", true },
  [50] = { "the SIM card has no contract for SMS", "SMSの契約がない", true },
  [304] = { "the modem does not take this message",
            "モデムがこのメッセージを受け付けない", true },
  [310] = { "there is no SIM card", "SIMカードがない" },
  [330] = { "the SMS centre is not known: set smsc in contacts.lua",
            "SMSセンター番号が不明。contacts.luaにsmscを書く" },
  [331] = { "there is no mobile network", "携帯網に接続していない" },
}

local function failure(s, code)
  if not code then return mute(s) end
  local e = ERRORS[code] or { "the network or the modem refused it",
                              "網またはモデムが拒否した" }
  local number = " (" .. code .. ")"
  return fail(s, e[1] .. number, e[2] .. number, e[3] and "refused")
end

-- One part; its reference in the network.
local function send_part(s, cfg, pdu)
  local ok, code = ask(s, "AT+CMGS=" .. pdu[2] .. "\r", 10, true)
  if ok then ok, code = ask(s, pdu[1] .. "\26", cfg.timeout) end
  if not ok then
    s.port:write("\27")
    return failure(s, code)
  end
  return tonumber((value(ok, "+CMGS") or ""):match("^%d+")) or 0
end

-- What a report names: a reference, and a number in a form of the network's.
local function ref_of(mr, number) return mr .. "/" .. number:sub(-8) end

-- Why a message did not arrive (TS 23.040, 9.2.3.15), as far as a person can do
-- something about it.
local LOST = {
  [0x46] = { "not reached for a day", "1日の間、電話につながらなかった" },
  [0x61] = { "the phone is busy", "電話が使用中" },
  [0x62] = { "the phone does not answer", "電話が応答しない" },
}

-- What a report says of a message: { ref, delivered, error, how }; nil while the
-- SMS centre still tries, or where it is no report.
local function reported(s, text)
  local r = read_pdu(s.ir, text)
  if not r or not r.state then return nil end
  local out = { ref = ref_of(r.mr, r.to), delivered = r.state == 0 }
  if out.delivered then return out end
  if r.state < 0x40 or r.state > 0x7F then return nil end
  local e = LOST[r.state] or { "the network could not deliver it",
                               "網が届けられなかった" }
  out.error = ("SMS: %s (0x%02X)"):format(s.ir.lang == "ja" and e[2] or e[1],
                                          r.state)
  out.how = r.state >= 0x60 and "retry" or "refused"
  return out
end

function M.send(ir, cfg, msg)
  local number = number_of(msg.to)
  local pdus = number and submit(ir, cfg, number, msg.short, msg.id)
  if not pdus then
    return fail({ ir = ir, device = msg.to },
                "no telephone number, or the text is too long",
                "電話番号ではないか、文が長すぎる", "refused")
  end
  return session(ir, cfg, function(s)
    local mr, why, how
    for _, pdu in ipairs(pdus) do
      mr, why, how = send_part(s, cfg, pdu)
      if not mr then return nil, why, how end
    end
    local ref = ref_of(mr, number)
    for _, text in ipairs(s.reports) do
      local r = reported(s, text)
      if r and r.ref == ref then
        if r.delivered then return true, ref, "delivered" end
        return nil, r.error, r.how
      end
    end
    return true, ref
  end)
end

function M.check(ir, cfg)
  return session(ir, cfg, function(s)
    if not registered(s) then return failure(s, 331) end
    local centre = value((at(s, "AT+CSCA?")), "+CSCA") or ""
    centre = cfg.smsc or centre:match('"(%+?%d+)"')
    if not centre then return failure(s, 330) end
    local name = value((at(s, "AT+COPS?", 10)), "+COPS") or ""
    local signal = value((at(s, "AT+CSQ")), "+CSQ") or ""
    signal = tonumber(signal:match("^%d+")) or 99
    return true, (name:match('"([^"]*)"') or "?") .. ", SMSC " .. centre ..
                 (signal > 31 and "" or ", " .. 2 * signal - 113 .. " dBm")
  end)
end

-- All that the memory `name` holds: { index, pdu }.
local function list_memory(s, name)
  local lines = at(s, "AT+CMGL=4", 15)
  local out, index = {}, nil
  for _, line in ipairs(lines or {}) do
    local i = line:match("^%+CMGL: ?(%d+)")
    if index and not i then
      out[#out + 1] = { index = index, pdu = line, key = name .. index .. ":" ..
                        reference(line) .. ":" .. line:sub(-40) }
    end
    index = i
  end
  return out
end

-- Delete what was handed over last time; the rest.
local function clear(s, list, done)
  local rest = {}
  for _, item in ipairs(list) do
    item.old = done[item.key]
    if not item.old or not at(s, "AT+CMGD=" .. item.index) then
      rest[#rest + 1] = item
    end
  end
  return rest
end

-- What is new: messages in the memory in use, reports in the one for reports.
local function fetch(s, done)
  local memory = (value((at(s, "AT+CPMS?")), "+CPMS") or ""):match('^"(%u+)"')
  local list = clear(s, list_memory(s, memory or ""), done)
  if memory and memory ~= "SR" and at(s, 'AT+CPMS="SR"') then
    for _, item in ipairs(clear(s, list_memory(s, "SR"), done)) do
      list[#list + 1] = item
    end
    at(s, 'AT+CPMS="' .. memory .. '"')
  end
  return list
end

-- The parts of one message put together; what is missing shows as "[...]".
local function join(group)
  local texts = {}
  for i = 1, group.parts do
    texts[i] = group[i] and group[i].text or group[i - 1] and " [...] " or ""
  end
  return table.concat(texts)
end

-- Sort what was fetched: what is whole goes to `out`; groups of parts.
local function sort(s, list, state, out)
  local groups = {}
  for _, item in ipairs(list) do
    local got = not item.old and read_pdu(s.ir, item.pdu) or {}
    if got.group then
      local name = got.from .. "/" .. got.group .. "/" .. got.parts
      local g = groups[name] or { parts = got.parts, from = got.from, items = {},
                                  at_ms = got.at_ms, key = item.key, n = 0 }
      if not g[got.part] then g.n = g.n + 1 end
      groups[name], g[got.part] = g, got
      g.items[#g.items + 1] = item.key
    else -- a message, a report, or nothing that can be read
      state.done[#state.done + 1] = item.key
      local report = not item.old and reported(s, item.pdu)
      if got.text then
        out[#out + 1] = { from = got.from, text = got.text, at_ms = got.at_ms,
                          ref = item.key }
      elseif report then
        out[#out + 1] = report
      end
    end
  end
  return groups
end

function M.receive(ir, cfg, state)
  local done, since = {}, state and state.parts or {}
  for _, key in ipairs(state and state.done or {}) do done[key] = true end
  return session(ir, cfg, function(s)
    local out, new, held = {}, { done = {}, parts = {} }, 0
    for name, g in pairs(sort(s, fetch(s, done), new, out)) do
      local began = since[name] or ir.time()
      held = held + (g.n < g.parts and #g.items or 0)
      if g.n == g.parts or held > HELD_MAX or ir.time() - began > WAIT_PARTS_MS then
        out[#out + 1] = { from = g.from, text = join(g), at_ms = g.at_ms, ref = g.key }
        for _, key in ipairs(g.items) do new.done[#new.done + 1] = key end
      else
        new.parts[name] = began
      end
    end
    for _, text in ipairs(s.reports) do
      out[#out + 1] = reported(s, text) -- nil: nothing is added
    end
    return out, new
  end)
end

return M
