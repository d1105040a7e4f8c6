#!/bin/sh
# test_sanitizers.sh BROKEN: the sanitizers are on, and end the program.
set -eu

broken=$1
failed=0

# must_stop WORD MESSAGE
must_stop()
{
    if said=$("$broken" "$1" 2>&1); then
        echo "$1: nothing stopped it: $said"
        failed=1
    elif ! echo "$said" | grep -q "$2"; then
        echo "$1: stopped, but not by a sanitizer: $said"
        failed=1
    fi
}

must_stop heap 'AddressSanitizer: heap-buffer-overflow'
must_stop leak 'LeakSanitizer: detected memory leaks'
must_stop overflow 'signed integer overflow'
must_stop shift 'shift exponent'
exit $failed
