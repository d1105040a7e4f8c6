-- Commands that end well, badly, late or loudly; all may be run at once.
local function command(id, run, more)
  local step = {
    id = id,
    title = { en = "Command " .. id, ja = "コマンド" .. id },
    say = { en = "Do " .. id .. ".", ja = id .. "を行う。" },
    good = { en = "Done.", ja = "できた。" },
    after = {},
    run = run,
    deadline = "10s",
  }
  for k, v in pairs(more or {}) do
    step[k] = v
  end
  return step
end

return {
  api = 1,
  kind = "emergency",
  id = "alpha/commands",
  title = { en = "Commands", ja = "コマンド" },
  symptoms = { en = "Commands to try", ja = "試すコマンド" },
  order = 20,
  vars = {
    host = { type = "host", ask = { en = "Which host?", ja = "どの端末？" } },
  },
  steps = {
    command("hello", { "/bin/echo", "hello" }),
    command("three", { "/bin/sh", "-c", "echo three; exit 3" }),
    command("accept", { "/bin/sh", "-c", "exit 3" }, { accept = { exit = { 0, 3 } } }),
    command("match", { "/bin/echo", "state: green" }, { accept = { exit = 0, match = "green" } }),
    command("nomatch", { "/bin/echo", "state: red" }, { accept = { exit = 0, match = "green" } }),
    command("slow", { "/bin/sh", "-c", "echo begun $$; sleep 77 & sleep 77" }, { deadline = "1s" }),
    command("long", { "/bin/sleep", "9" }),
    command("big", { "/bin/sh", "-c", "yes 0123456789abcde | head -c 1600000; echo the end" }),
    command("hostile", { "/usr/bin/printf", "\\033[31mred\\033]0;owned\\007\\342\\200\\256\\rback\\n" }),
    command("binary", { "/usr/bin/printf", "\\377\\376\\000\\001end\\n" }),
    command("missing", { "/no/such/program" }),
    command("stderr", { "/bin/sh", "-c", "echo out; echo wrong >&2" }),
    command("input", { "/bin/cat" }),
    command("environment", { "/usr/bin/env" }),
    command("signal", { "/bin/sh", "-c", "kill -SEGV $$" }),
    command("say", { "/bin/echo", "--", "${host}" }),
  },
}
