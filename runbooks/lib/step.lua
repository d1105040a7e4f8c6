-- How the builders in this directory make steps, and how a runbook joins them.

local step = {}

-- A step made of a builder's defaults with the caller's fields over them.
--   base  the step with its defaults
--   o     what the caller gave the builder
--   own   { name = true, ... }: parameters of the builder, which are not
--         fields of a step and are left out
-- Every other field of o (id, title, say, good, on_fail, warn, role, within,
-- place, after, when, go, ...) wins over the default of the same name.
function step.over(base, o, own)
  local out = {}
  for k, v in pairs(base) do
    out[k] = v
  end
  for k, v in pairs(o or {}) do
    if not (own and own[k]) then
      out[k] = v
    end
  end
  return out
end

-- The steps of a runbook from a list of steps and of lists of steps, in order.
--   parts  { step or list of steps, ... }; an element with an id is a step
-- Builders which make several steps return a list; this makes it flat.
function step.flow(parts)
  local out = {}
  for _, part in ipairs(parts) do
    if part.id then
      out[#out + 1] = part
    else
      for _, s in ipairs(part) do
        out[#out + 1] = s
      end
    end
  end
  return out
end

return step
