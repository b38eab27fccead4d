#!/bin/sh
# Raw bytes against a server, and against one whose checks the linker took out.
set -u
: "${WIRE:?directory of server and twin}"
exec python3 "$(dirname "$0")/probes.py" "$WIRE/server" "$WIRE/twin"
