-- Bilingual texts for the builders in this directory.
--
-- A bilingual text is { en = "...", ja = "..." }. Builders hold sentences with
-- gaps, written [name]; the caller's words go into the gaps.

local text = {}

-- The words for one language of a parameter.
--   value  a string (the same in both languages, as names of hosts are) or a
--          bilingual text
--   lang   "en" or "ja"
local function words(value, lang)
  if type(value) == "table" then
    return value[lang]
  end
  return value
end

-- Fill the gaps of a bilingual text.
--   base  bilingual text with gaps such as [device]
--   gaps  { device = string or bilingual text, ... }
-- A gap nobody filled is an error, so that no [device] reaches a screen.
function text.fill(base, gaps)
  local out = {}
  for _, lang in ipairs({ "en", "ja" }) do
    out[lang] = string.gsub(base[lang], "%[([%l_]+)%]", function(name)
      local w = words(gaps[name], lang)
      if w == nil then
        error("text.fill: nothing given for [" .. name .. "]", 0)
      end
      return w
    end)
  end
  return out
end

-- Two bilingual texts, one after the other (English gets a space between).
--   first, second  bilingual texts; second may be nil
function text.both(first, second)
  if second == nil then
    return first
  end
  return { en = first.en .. " " .. second.en, ja = first.ja .. second.ja }
end

return text
