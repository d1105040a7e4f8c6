-- plugins/channel/command.lua: each message to a program of this machine: its
-- text on standard input, what else it needs as words.
--
-- {to}, {name}, {id}, {title}, {short}, {code} or {language} in a word is
-- replaced; no shell reads any of it. The program ends with 0 when it took the
-- message, with 75 when it should be asked again later.
local M = { api = 1, kind = "channel", name = "command", needs = { "run" } }

M.title = { en = "A program of this machine", ja = "このマシンのプログラム" }

M.config = {
  program = { type = "program",
              title = { en = "Its whole path.", ja = "絶対パス。" } },
  args = { type = "list", default = { "{to}" },
           title = { en = "Its words.", ja = "引数。" } },
  timeout = { type = "duration", default = "20s" },
}

local EX_TEMPFAIL = 75

-- The first line of what a program said.
local function first_line(text)
  return (text:match("^%s*([^\r\n]*)"))
end

local function words(cfg, msg)
  local argv = { cfg.program }
  for _, word in ipairs(cfg.args) do
    local field = word:match("^{(%a+)}")
    if field and field .. "}" == word:sub(2) and type(msg[field]) ~= "string" then
      return nil, "{" .. field .. "}?"
    end
    -- a program would take it for an option
    if field and type(msg[field]) == "string" and msg[field]:sub(1, 1) == "-" then
      return nil, field .. ": " .. msg[field]
    end
    local filled = word:gsub("{(%a+)}", function(name)
      return type(msg[name]) == "string" and msg[name] or nil
    end)
    argv[#argv + 1] = filled
  end
  return argv
end

function M.send(ir, cfg, msg)
  local argv, why = words(cfg, msg)
  if not argv then return nil, why, "refused" end
  local res, err, how = ir.run { argv = argv, input = msg.body,
                                 timeout = cfg.timeout }
  if not res then return nil, err, how end
  if res.exit == 0 then return true, first_line(res.out) end
  local said = first_line(res.err ~= "" and res.err or res.out)
  return nil, "exit " .. res.exit .. ": " .. said,
         res.exit == EX_TEMPFAIL and "retry" or "refused"
end

-- Starting it could do something: that it is there is all that is looked at.
function M.check(ir, cfg)
  local res, err = ir.run { argv = { cfg.program }, only_look = true }
  if not res then return nil, err end
  return true, cfg.program
end

return M
