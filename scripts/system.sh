#!/bin/sh
# Get what the tests need from the distribution (Debian, Ubuntu), only what is missing; `system.sh bench`: and the benchmarks.
# What cannot be had is said; the tests that need it skip with a line, or fail where CI=true.
set -u
cd "$(dirname "$0")/.."

has() { command -v "$1" > /dev/null 2>&1; }

missing=""
want() { missing="$missing $1"; }

has chromium || has chromium-browser || has google-chrome || want chromium
has initdb || ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || want postgresql
for driver in .venv/lib/python3*/site-packages/playwright/driver/node; do # what drives the browser
    [ ! -x "$driver" ] || "$driver" --version > /dev/null 2>&1 || want libatomic1
done
has pdftotext || want poppler-utils
has busybox || want busybox # the shells that a stick may have
has shellcheck || want shellcheck
has cupsd || [ -x /usr/sbin/cupsd ] || want cups-daemon # a real print queue
has lp || want cups-client
has certutil || want libnss3-tools # to let a browser trust a workshop's own certificate
if [ "$(id -u)" = 0 ]; then # a real wipe of a loop device
    has nwipe || [ -x /usr/sbin/nwipe ] || want nwipe
    has losetup || [ -x /sbin/losetup ] || want mount
fi
if [ "${1:-}" = bench ]; then # what WeasyPrint draws with, which labels are compared with
    has_library() { PATH="$PATH:/sbin" ldconfig -p 2> /dev/null | grep -q "$1"; }
    has_library libpango-1.0.so.0 || want libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || want libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || want libharfbuzz-subset0
    [ -d /usr/share/fonts/truetype ] || want fonts-dejavu-core
fi
[ -n "$missing" ] || exit 0

if ! has apt-get; then
    echo "Not on this machine, and no apt-get to install it:$missing"
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif has sudo && sudo -n true 2> /dev/null; then
    as_root="sudo -n"
elif has sudo && [ -t 0 ]; then
    as_root="sudo"
else
    echo "Not on this machine, and neither root nor sudo to install it:$missing"
    exit 0
fi

case "$missing" in *chromium*) missing="$missing fonts-dejavu-core" ;; esac
echo "Installing from the distribution:$missing"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq < /dev/null > "$log" 2>&1 || cat "$log"
for package in $missing; do
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
        < /dev/null > "$log" 2>&1; then
        tail -n 3 "$log"
        echo "Could not be had: $package"
    fi
done
rm -f "$log"
