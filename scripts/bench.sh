#!/bin/sh
# Benchmarks: ratios side by side in one run, on screen and in bench/results.json.
set -eu
cd "$(dirname "$0")/.."
sh scripts/venv.sh test
sh scripts/system.sh
# pylabels' own package is called `labels`, as ours is: it gets a folder of its own.
rivals="bench/work/rivals"
if [ ! -e "$rivals/installed" ]; then
    echo "Installing what is compared with…"
    mkdir -p "$rivals"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt blabel
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target "$rivals" pylabels==1.2.1
    : > "$rivals/installed"
fi
exec .venv/bin/python -m tests.bench "$@"
