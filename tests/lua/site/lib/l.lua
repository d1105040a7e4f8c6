local l = {}

function l.save(o)
  local step = {
    id = "save",
    title = { en = "Save", ja = "保全する" },
    say = { en = "Save it.", ja = "保全する。" },
    good = { en = "Saved.", ja = "保全した。" },
    collect = "linux-volatile",
    preserves = { "memory" },
  }
  for k, v in pairs(o) do
    step[k] = v
  end
  return step
end

return l
