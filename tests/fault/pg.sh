#!/bin/bash
# What can go wrong between Kompis and PostgreSQL, on servers of their own (tests/pg/with): either is
# killed under load, the way between is cut, the server stands still; and two kompis on one.
# KOMPIS_KILLS says how often (20), KOMPIS_JOBS how many forms two of them compete for (300).
cd "$(dirname "$0")/../.." || exit 4
failed=0
beside() { tests/pg/with "$@" || failed=1; }
KOMPIS_VICTIM=kompis beside python3 tests/fault/http_kill.py
KOMPIS_VICTIM=postgres beside python3 tests/fault/http_kill.py
beside python3 tests/pg/away.py
beside python3 tests/pg/two.py
exit $failed
