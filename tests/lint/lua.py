#!/usr/bin/env python3
"""luacheck over runbooks and plugins, with the project's .luacheckrc."""
import os
import re

import lint

RC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                  "../../.luacheckrc")


def check(root):
    found = lint.files(root, ".lua", under=("runbooks", "plugins"))
    if not found:
        return
    rc, said = lint.run(["luacheck", "--config", RC, "--formatter", "plain",
                         "--codes", "--no-cache", *found], cwd=root)
    for line in said.strip().split("\n"):
        m = re.match(r"(\S+?):(\d+):\d+: (.*)", line)
        if m:
            yield m[1], int(m[2]), m[3]
        elif line and rc != 0:
            yield "runbooks", 1, line


PLANTS = [
    ({"runbooks/x/a.lua": "x = 1\nreturn {}\n"}, "global variable"),
    ({"runbooks/x/a.lua": "return { a = os.time() }\n"}, "os"),
    ({"runbooks/x/a.lua": "local unused = 1\nreturn {}\n"}, "unused"),
    ({"plugins/channel/a.lua": "return {\n"}, "expected"),
]
CLEAN = {"runbooks/x/a.lua": 'local t = require "lib.text"\n'
                             "return { api = 1, say = t.say, "
                             'n = string.format("%d", 3) }\n'}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
