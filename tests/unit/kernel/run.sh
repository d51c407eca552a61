#!/bin/sh
# The suite "unit/kernel" of ./tessera test: the host tests of the kernel's folders (object, core, ipc,
# policy) beside this one.
exec sh "$(dirname "$0")/../run.sh" "$@"
