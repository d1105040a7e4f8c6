#!/usr/bin/env python3
"""The law of docs/design.md: who may include whom, and which one place owns
each library. base <- core <- {store, repo, script, view, carrier} <- {cmd,
web} <- prog; siblings never.
"""
import re

import lint

MIDDLE = {"store", "repo", "script", "view", "carrier"}
BELOW = {
    "base": set(),
    "core": {"base"},
    **{m: {"base", "core"} for m in MIDDLE},
    "cmd": {"base", "core"} | MIDDLE,
    "web": {"base", "core"} | MIDDLE,
    "prog": {"base", "core", "cmd", "web"} | MIDDLE,
}
OWNER = {  # a library's header, and who may include it
    r"sqlite3\.h": ("engine/store/",),
    r"nettle/.*": ("engine/base/crypt.c", "engine/base/hkdf.c"),
    r"sodium(\.h|/.*)": ("engine/base/crypt.c", "engine/base/sshsig.c",
                         "engine/base/base64.c"),
    r"jansson\.h": ("engine/base/json.c",),
    r"utf8proc\.h": ("engine/base/utf8.c",),
    r"libintl\.h": ("engine/base/i18n.h",),
    r"openssl/.*": ("engine/base/",),
    r"git2(\.h|/.*)": ("engine/repo/",),
    r"(lua|lualib|lauxlib|luaconf)\.h": ("engine/script/",),
    r"seccomp\.h|linux/(seccomp|landlock)\.h": ("engine/script/sandbox",),
    r"curl/.*": ("engine/carrier/", "engine/script/curl.h"),
    r"microhttpd\.h": ("engine/carrier/", "engine/web/"),
    r"gnutls/.*": ("engine/carrier/",),
    r"qrencode\.h": ("engine/view/qr.c",),
    r"dlfcn\.h": ("engine/view/qr.c", "engine/script/curl.c",
                  "engine/script/sandbox_channel.c"),
    r"uv\.h": ("engine/carrier/",),
    r"cbor\.h": (),
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def ours(path, name):
    """What is wrong with including "name" in path, or None."""
    layer = path.split("/")[1]
    if "/" not in name:
        return f'"{name}": write it as "{layer}/{name}"'
    to = name.split("/")[0]
    if to not in BELOW:
        return f'"{name}": no such layer'
    if to != layer and to not in BELOW.get(layer, set()):
        return f'{layer} may not include "{name}"'
    return None


def theirs(path, name):
    for pattern, where in OWNER.items():
        if re.fullmatch(pattern, name) and not path.startswith(where):
            return f"<{name}> belongs to {', '.join(where) or 'nobody'}"
    return None


def check(root):
    for path in lint.files(root, ".c", ".h", under=("engine",)):
        text = lint.code(lint.read(root, path), keep_strings=True)
        for m in INCLUDE.finditer(text):
            wrong = (ours if m[1] == '"' else theirs)(path, m[2])
            if wrong:
                yield path, lint.line_of(text, m.start(2)), wrong


PLANTS = [
    ({"engine/base/a.c": '#include "core/entry.h"\n'}, "base may not include"),
    ({"engine/core/a.c": '#include "store/store.h"\n'},
     "core may not include"),
    ({"engine/view/a.c": '#include "store/store.h"\n'},
     "view may not include"),
    ({"engine/store/a.h": '#include "cmd/cmd.h"\n'}, "store may not include"),
    ({"engine/cmd/a.c": '# include "prog/worker.h"\n'},
     "cmd may not include"),
    ({"engine/cmd/a.c": '#include "case.h"\n'}, 'write it as "cmd/case.h"'),
    ({"engine/cmd/a.c": '#include <sqlite3.h>\n'}, "belongs to engine/store/"),
    ({"engine/core/a.c": '#include <sodium.h>\n'}, "belongs to engine/base"),
    ({"engine/view/a.c": '#include <jansson.h>\n'}, "belongs to engine/base"),
    ({"engine/prog/a.c": '#include <git2.h>\n'}, "belongs to engine/repo/"),
    ({"engine/prog/a.c": '#include <lauxlib.h>\n'},
     "belongs to engine/script/"),
]
CLEAN = {
    "engine/core/a.c": '#include "base/err.h"\n#include <string.h>\n'
                       '/* #include "store/store.h" */\n',
    "engine/store/a.c": '#include "core/entry.h"\n#include <sqlite3.h>\n',
    "engine/cmd/a.c": '#include "view/view.h"\n#include "store/store.h"\n',
}

if __name__ == "__main__":
    lint.main(check, PLANTS, CLEAN)
