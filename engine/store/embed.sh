#!/bin/sh
# embed.sh IN OUT: schema.sql as the C string ir_db_schema, without comments.
set -eu
{
    printf '#include "store/db.h"\n\nconst char ir_db_schema[] =\n'
    grep -v '^--' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/'
    printf '    ;\n'
} > "$2"
