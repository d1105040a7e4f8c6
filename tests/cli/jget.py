#!/usr/bin/env python3
"""jget.py FILE PATH: print one value of a JSON text (the last line of FILE that
is JSON, else all of it).

PATH: words joined by dots; each may be followed by [N] (an index) or
[key=value] (the first element with that); "#" at the end counts elements.
"steps[id=1/isolate].state", "[0].id", "bad#". A value that is not there is an
error (exit status 1); null prints "null".
"""
import json
import re
import sys


def load(path):
    text = open(path, encoding="utf-8").read()
    try:
        return json.loads(text)
    except ValueError:
        pass
    for line in reversed(text.splitlines()):
        try:
            return json.loads(line)
        except ValueError:
            continue
    sys.exit("no JSON in " + path)


def step(value, word):
    if word.startswith("["):
        inside = word[1:-1]
        if "=" not in inside:
            return value[int(inside)]
        key, want = inside.split("=", 1)
        for item in value:
            if str(item.get(key)) == want:
                return item
        raise KeyError(inside)
    return value[word]


def main():
    value, path = load(sys.argv[1]), sys.argv[2]
    count = path.endswith("#")
    for word in re.findall(r"\[[^\]]*\]|[^.\[#]+", path):
        value = step(value, word)
    if count:
        print(len(value))
    elif isinstance(value, str):
        print(value)
    else:
        print(json.dumps(value, ensure_ascii=False))


try:
    main()
except (KeyError, IndexError, TypeError) as e:
    sys.exit("%s: nothing at %s (%s)" % (sys.argv[1], sys.argv[2], e))
