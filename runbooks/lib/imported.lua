-- People taken out of an address book: ir contacts import --write.
--
-- Each import writes this file anew. It changes names, titles and
-- numbers and removes nobody. It keeps verified, member, hours,
-- working, outside and means it knows nothing of (radio). Where a
-- number changes, verified goes: dial it, then put the day back.
-- Whoever is written by hand stands in contacts.lua.

local people = {
}

local imported = {}

-- The site's own people with those above behind them.
function imported.with(own)
  for _, person in ipairs(people) do own[#own + 1] = person end
  return own
end

-- The ids of those above with `own` before them, for an
-- audience of all of them: members = imported.ids {}.
function imported.ids(own)
  for _, person in ipairs(people) do own[#own + 1] = person.id end
  return own
end

return imported
