#!/bin/bash
# Later calls: copies FOLDER's content to TARGET and then makes the flag files named. arrive.sh FOLDER TARGET [FLAG…]
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$2" && cp -r "$1"/. "$2"/
shift 2
for FLAG in "$@"; do touch "$FLAG"; done
echo "second $(( $(date +%s) - $(cat /tmp/run/start) ))"; cat /tmp/run/progress; for LOG in /tmp/run/*.log; do echo "== $LOG"; tail -n 2 "$LOG" | cut -c1-300; done
