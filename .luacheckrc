-- What a runbook or plugin sees is what engine/script/vm_lib.c lets through;
-- everything else is a global that does not exist there.
std = {
  read_globals = {
    "assert", "error", "ipairs", "next", "pairs", "require", "select",
    "tonumber", "tostring", "type",
    table = { fields = { "concat", "insert", "move", "pack", "remove", "sort",
                         "unpack" } },
    math = { fields = { "abs", "ceil", "floor", "fmod", "huge", "max",
                        "maxinteger", "min", "mininteger", "modf", "tointeger",
                        "type", "ult" } },
    string = { fields = { "byte", "char", "find", "format", "gmatch", "gsub",
                          "len", "lower", "match", "rep", "reverse", "sub",
                          "upper" } },
  },
}
max_line_length = false -- sentences are long
