-- plugins/channel/print.lua: each message on paper, for the notice board: the
-- text, and the short one as a code that phones read. By lp(1) of CUPS; or, with
-- `directory`, as a file there, which a printer or another machine watches.
local M = { api = 1, kind = "channel", name = "print",
            needs = { "run", "qr" } }

M.title = { en = "Paper (printer)", ja = "紙(プリンター)" }

M.config = {
  lp = { type = "program", default = "/usr/bin/lp" },
  lpstat = { type = "program", default = "/usr/bin/lpstat" },
  server = { type = "string", match = "^[%w.:_-]+$", optional = true,
             title = { en = "Print server: HOST or HOST:PORT.",
                       ja = "プリントサーバー。ホストかホスト:ポート。" } },
  options = { type = "list", default = { "cpi=12", "lpi=6" },
              title = { en = "As lp -o; with these the code is square.",
                        ja = "lp -oと同じ。既定値で二次元コードが正方形になる。" } },
  directory = { type = "string", match = "^/[^%c]*[^/%c]$", optional = true,
                title = { en = "In place of CUPS: where a printer looks for files.",
                          ja = "CUPSの代わりに、プリンターが監視するディレクトリー。" } },
  install = { type = "program", default = "/usr/bin/install" },
  mv = { type = "program", default = "/usr/bin/mv" },
  copies = { type = "int", min = 1, max = 100, default = 1 },
  timeout = { type = "duration", default = "20s" },
}

local WORDS = {
  en = { "NOTICE", "Scan to take the essentials with you:" },
  ja = { "掲示", "要点を携帯電話に控えるには、次のコードを読み取る。" },
}

local function say(ir, en, ja) return ir.lang == "ja" and ja or en end

-- Nothing that a printer would obey.
local function harmless(text)
  return (text:gsub("[%z\1-\8\11-\31\127]", "?"):gsub("\194[\128-\159]", "?"))
end

local function sheet(msg)
  local words = WORDS[msg.language] or WORDS.en
  local line = ("="):rep(72)
  local text = line .. "\n" .. words[1] .. "  " .. msg.from .. "\n" .. line ..
               "\n\n" .. msg.body .. "\n"
  if msg.qr then text = text .. "\n" .. words[2] .. "\n" .. msg.qr end
  return harmless(text)
end

local function argv_of(cfg, program)
  local argv = { program }
  if cfg.server then
    argv[2], argv[3] = "-h", cfg.server
  end
  return argv
end

local function first_line(res)
  return (res.err ~= "" and res.err or res.out):match("^%s*([^\n]*)")
end

-- Which printers take jobs; nothing is printed.
local function printers(ir, cfg)
  local argv = argv_of(cfg, cfg.lpstat)
  argv[#argv + 1] = "-a"
  local res, err = ir.run { argv = argv, timeout = cfg.timeout }
  if not res then return nil, cfg.lpstat .. ": " .. err end
  local names = {}
  for name in res.out:gmatch("([^\n ]+) accepting [^\n]*") do
    names[#names + 1] = name
  end
  if res.exit == 0 and #names > 0 then return names end
  local why = first_line(res)
  return nil, why ~= "" and why or say(ir, "no printer takes jobs",
                                       "印刷を受け付けるプリンターがない")
end

-- One program of those that put a file there.
local function run(ir, cfg, argv, input)
  local res, err, how = ir.run { argv = argv, input = input or "",
                                 timeout = cfg.timeout }
  if not res then return nil, err, how end
  if res.exit == 0 then return true end
  return nil, first_line(res), "retry"
end

-- A file that is there whole or not at all; the same message is the same file.
local function put(ir, cfg, msg)
  local name = msg.to:match("^%w[%w._-]*$")
  if not name then
    return nil, say(ir, "this is no name for a file: ",
                    "ファイルの名前にできない: ") .. msg.to, "refused"
  end
  name = name .. "-" .. msg.id:gsub("[^%w]", "-"):sub(1, 80) .. ".txt"
  local part = cfg.directory .. "/." .. name .. ".part"
  local ok, err, how = run(ir, cfg, { cfg.install, "-m", "644", "/dev/stdin",
                                      part }, sheet(msg):rep(cfg.copies, "\f"))
  if ok then
    ok, err, how = run(ir, cfg, { cfg.mv, "-T", part,
                                  cfg.directory .. "/" .. name })
  end
  if not ok then return nil, cfg.directory .. ": " .. err, how end
  return true, name
end

-- A file is put there under a name that printers pass by.
local function can_put(ir, cfg)
  local part = cfg.directory .. "/.ir-check.part"
  local ok, err = run(ir, cfg, { cfg.install, "-m", "644", "/dev/stdin", part })
  if not ok then return nil, err end
  return true, cfg.directory
end

function M.send(ir, cfg, msg)
  if cfg.directory then return put(ir, cfg, msg) end
  local printer = msg.to:match("^%w[%w._/-]*$")
  if not printer then
    return nil, say(ir, "this is no name of a printer: ",
                    "プリンターの名前ではない: ") .. msg.to, "refused"
  end
  local argv = argv_of(cfg, cfg.lp)
  local function add(...)
    for _, word in ipairs { ... } do argv[#argv + 1] = word end
  end
  if printer ~= "default" then add("-d", printer) end
  local title = harmless(msg.title):gsub("\n", " ")
  add("-n", tostring(cfg.copies), "-t", title)
  add("-o", "document-format=text/plain")
  for _, option in ipairs(cfg.options) do add("-o", option) end
  local res, err, how = ir.run { argv = argv, input = sheet(msg),
                                 timeout = cfg.timeout }
  if not res then return nil, err, how end
  if res.exit == 0 then return true, res.out:match("request id is (%S+)") end
  local why = printer .. ": " .. first_line(res)
  -- lp says so too where no server answers
  local unknown = why:find("does not exist", 1, true) ~= nil
  if unknown and not printers(ir, cfg) then
    return nil, printer .. ": " .. say(ir, "no print server answers",
                                       "プリントサーバーが応答しない"), "retry"
  end
  return nil, why, unknown and "refused" or "retry"
end

function M.check(ir, cfg)
  if cfg.directory then return can_put(ir, cfg) end
  local ok, err = ir.run { argv = { cfg.lp }, only_look = true }
  if not ok then return nil, cfg.lp .. ": " .. err end
  local names
  names, err = printers(ir, cfg)
  if not names then return nil, err end
  return true, table.concat(names, ", ")
end

return M
