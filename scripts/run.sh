#!/bin/sh
# Serve a workshop: installs, makes the database, fills it on the first run, serves.
set -eu
cd "$(dirname "$0")/.."
sh scripts/venv.sh

HOST="${HOST:-127.0.0.1}"
PORT="${PORT:-8000}"
export HOST PORT
case "$HOST" in
0.0.0.0 | ::) shown="127.0.0.1" ;; # every address: TRACKER_SITE_URL has to say which one people use
*:*) shown="[$HOST]" ;;
*) shown="$HOST" ;;
esac
export TRACKER_SITE_URL="${TRACKER_SITE_URL:-http://$shown:$PORT}"

instance="${TRACKER_INSTANCE:-instance}"
unfilled="$instance/unfilled" # there while the first filling has not ended well
if [ -z "${TRACKER_DATABASE_URL:-}" ] && [ ! -e "$instance/tracker.sqlite3" ]; then
    mkdir -p "$instance"
    : > "$unfilled"
fi
if [ -e "$unfilled" ] && [ -e "$instance/tracker.sqlite3" ]; then
    rm -f "$instance/tracker.sqlite3" "$instance/tracker.sqlite3-wal" "$instance/tracker.sqlite3-shm"
fi

.venv/bin/tracker db upgrade
if [ -e "$unfilled" ]; then
    echo "Filling it with a small workshop to look around in…"
    .venv/bin/tracker demo # ends with a login for each role
    rm "$unfilled"
elif [ -e "$instance/logins.txt" ]; then
    cat "$instance/logins.txt"
fi
exec .venv/bin/tracker serve
