#!/bin/sh
# seeds.sh SIM DIR: all scenarios in turn, one seed each: 120 of them, in the
# long run IR_SIM_SEEDS=1000, from IR_SIM_SEED on. A seed that fails is written
# to DIR, from where it is run again for ever.
set -eu
exec "$1" --seeds "${IR_SIM_SEEDS:-120}" --seed "${IR_SIM_SEED:-1}" \
    --record "$2"
