#!/bin/sh
# Benchmarks: ratios side by side in one run, on screen and in bench/results.json.
set -eu
cd "$(dirname "$0")/.."
sh scripts/venv.sh test
sh scripts/system.sh bench
# What is compared with is no part of the project: each list gets a folder of its own, seen by its own scripts only.
rivals="bench/work/rivals"
for list in tests/bench/label_contenders/rivals/*.txt; do
    folder="$rivals/$(basename "$list" .txt)"
    if ! cmp -s "$list" "$folder/installed.txt"; then
        echo "Installing what is compared with: $(basename "$list" .txt)…"
        rm -rf "$folder"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" \
            --requirement "$list"
        cp "$list" "$folder/installed.txt"
    fi
done
exec .venv/bin/python -m tests.bench "$@"
