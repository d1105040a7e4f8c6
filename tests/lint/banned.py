#!/usr/bin/env python3
"""Calls that have one place, or none: what docs/design.md says about reading
untrusted bytes, starting processes, clocks, randomness and waiting.
"""
import re

import lint

ENGINE = ("engine/",)
ALL = ("engine/", "tests/")
LIBS = tuple(f"engine/{x}/" for x in ("base", "core", "store", "repo",
                                      "script", "view", "carrier"))

# names, where they are banned, where allowed all the same, what instead
BANNED = [
    ("gets sprintf vsprintf strcpy stpcpy strcat strncpy strncat strtok alloca "
     "mktemp tmpnam tempnam asctime ctime getwd setjmp longjmp", ALL, (),
     "base/buf.h, snprintf"),
    ("scanf sscanf fscanf vsscanf atoi atol atoll atof strtol strtoul strtoll "
     "strtoull strtoimax strtoumax strtod strtof", ENGINE, (), "base/scan.h"),
    ("system popen wordexp", ENGINE, (), "base/spawn.h"),
    ("fork vfork posix_spawn posix_spawnp execl execle execlp execv execve "
     "execvp execvpe execveat", ENGINE,
     ("engine/base/spawn.c", "engine/base/detach.c",
      "engine/cmd/cmd.c"),  # ir-NAME on PATH becomes the process
     "base/spawn.h"),
    ("time gettimeofday clock_gettime ftime", ENGINE,
     ("engine/base/clock.c", "engine/base/spawn.c"), "base/clock.h"),
    ("localtime gmtime", ALL, (), "base/time.h"),
    ("rand srand random srandom drand48 lrand48 rand_r getrandom getentropy "
     "arc4random", ENGINE, ("engine/base/crypt.c",), "ir_random"),
    ("sleep usleep nanosleep", ENGINE, (), "a deadline on the loop"),
    ("wcwidth wcswidth mbstowcs", ENGINE, (), "base/utf8.h"),
    ("printf vprintf puts putchar perror", LIBS, (),
     "return it: libraries do not print"),
    ("exit quick_exit", LIBS, (), "return: libraries do not exit"),
    ("signal", ENGINE, (), "sigaction"),
]


def build():
    table = {}
    for names, where, but, instead in BANNED:
        for name in names.split():
            table[name] = (where, but, instead)
    return table, re.compile(
        r"(?<![\w.>])(" + "|".join(table) + r")\s*\(")


TABLE, CALL = build()


def check(root):
    for path in lint.files(root, ".c", ".h", under=("engine", "tests")):
        text = lint.code(lint.read(root, path))
        for m in CALL.finditer(text):
            where, but, instead = TABLE[m[1]]
            if path.startswith(where) and not path.startswith(but or ("\0",)):
                yield (path, lint.line_of(text, m.start()),
                       f"{m[1]}(): use {instead}")
        if path.startswith("engine/") and path != MARK_MADE:
            text = lint.read(root, path)
            for m in MARK.finditer(text):
                yield (path, lint.line_of(text, m.start()),
                       f"{m[0]}: use ir_message_mark")


# The word that stands before all that is not actual is made in one place.
MARK = re.compile(r'"(EXERCISE|TEST|訓練|試験) ?"')
MARK_MADE = "engine/core/message.c"


def plants():
    for names, where, _, _ in BANNED:
        for name in names.split():
            yield ({where[0] + "core/a.c" if where[0] == "engine/" else
                    where[0] + "a.c": f"int x = {name} (1);\n"},
                   f"{name}(): use")
    yield {"engine/view/a.c": 'const char *s = _("EXERCISE");\n'}, "EXERCISE"


CLEAN = {
    "engine/core/a.c": '/* system("x") */\nconst char *s = "time(now)";\n'
                       "int y = ir_time(2) + k->time(3) + localtime_r(4);\n",
    "engine/base/clock.c": "int x = clock_gettime(1, 2);\n",
    "tests/unit/a.c": "int x = system(a) + time(b);\n",
}

if __name__ == "__main__":
    lint.main(check, list(plants()), CLEAN)
