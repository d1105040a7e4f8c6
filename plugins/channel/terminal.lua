-- plugins/channel/terminal.lua: each message onto the screens of people logged
-- in on this machine: one person's by write(1), everybody's by wall(1).
local M = { api = 1, kind = "channel", name = "terminal", needs = { "run" } }

M.title = { en = "Screens of people logged in here",
            ja = "このマシンにログイン中の人の画面" }

M.config = {
  write = { type = "program", default = "/usr/bin/write" },
  wall = { type = "program", default = "/usr/bin/wall" },
  who = { type = "program", default = "/usr/bin/who" },
  test = { type = "program", default = "/usr/bin/test" },
  timeout = { type = "duration", default = "10s" },
}

local ALL = "all"

local function say(ir, en, ja) return ir.lang == "ja" and ja or en end

-- Who is logged in where, and may this user write there:
-- { { name, line, open }, ... }. wall(1) tells nobody that it may not.
local function logged_in(ir, cfg)
  local res, err, how = ir.run { argv = { cfg.who }, timeout = cfg.timeout }
  if not res then return nil, err, how end
  local list = {}
  for name, line in res.out:gmatch("([^\n ]+) +([^\n ]+)[^\n]*") do
    res, err, how = ir.run { argv = { cfg.test, "-w", "/dev/" .. line },
                             timeout = cfg.timeout }
    if not res then return nil, err, how end
    list[#list + 1] = { name = name, line = line, open = res.exit == 0 }
  end
  return list
end

-- The text with nothing in it that a terminal would obey: control characters
-- (C0, C1), and those that turn the direction of what follows.
local function harmless(text)
  return (text:gsub("[%z\1-\8\11-\31\127]", "?"):gsub("\194[\128-\159]", "?")
              :gsub("\226\128[\142\143\170-\174]", "?")
              :gsub("\226\129[\166-\169]", "?"))
end

local function run(ir, cfg, argv, msg)
  local res, err, how = ir.run { argv = argv, timeout = cfg.timeout,
                                 input = harmless(msg.body) .. "\n" }
  if not res then return nil, err, how end
  if res.exit == 0 then return true end
  return nil, (res.err .. res.out):match("^%s*([^\n]*)"), "retry"
end

function M.send(ir, cfg, msg)
  local name, line = msg.to:match("^([%w_][%w._-]*) ?([%w/]*)$")
  if not name then
    return nil, say(ir, "this is no login name: ", "ログイン名ではない: ") ..
                msg.to, "refused"
  end
  local list, err, how = logged_in(ir, cfg)
  if not list then return nil, err, how end
  local there, open = false, false
  for _, who in ipairs(list) do
    if name == ALL or who.name == name and (line == "" or who.line == line) then
      there, open = true, open or who.open
    end
  end
  if not there then
    return nil, msg.to .. ": " .. say(ir, "is not logged in on this machine",
                                      "このマシンにログインしていない"), "retry"
  end
  if not open then
    return nil, msg.to .. ": " .. say(ir,
      "no screen there takes messages from this user (group tty)",
      "このユーザーからのメッセージを受け取る画面がない（ttyグループ）"), "retry"
  end
  if name == ALL then return run(ir, cfg, { cfg.wall }, msg) end
  return run(ir, cfg, { cfg.write, name, line ~= "" and line or nil }, msg)
end

function M.check(ir, cfg)
  for _, program in ipairs { cfg.write, cfg.wall, cfg.test } do
    local ok, err = ir.run { argv = { program }, only_look = true }
    if not ok then return nil, program .. ": " .. err end
  end
  local list, err = logged_in(ir, cfg)
  if not list then return nil, cfg.who .. ": " .. err end
  local names = {}
  for i, who in ipairs(list) do
    names[i] = who.name .. " " .. who.line ..
               (who.open and "" or say(ir, " (closed to this user)",
                                       "（このユーザーは書けない）"))
  end
  return true, say(ir, "logged in: ", "ログイン中: ") ..
               (#names > 0 and table.concat(names, ", ") or "-")
end

return M
