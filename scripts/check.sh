#!/bin/sh
# Everything that can be judged without running the suite. All of it runs; one fault makes the end a fault.
set -u
cd "$(dirname "$0")/.."
sh scripts/venv.sh test || exit 1
PATH="$PWD/.venv/bin:$PATH"
export PATH
faults=0

step() { # step NAME COMMAND…
    name="$1"
    shift
    if output=$("$@" 2>&1); then
        echo "ok    $name"
    else
        echo "FAULT $name"
        echo "$output"
        faults=$((faults + 1))
    fi
}

step "style" ruff check .
step "format" ruff format --check .
step "types" mypy
step "types of the tests" mypy --config-file pyproject.toml tests scripts
step "import contracts" lint-imports
step "French complete" python -m scripts.catalogue check
step "pages" python -m scripts.pages
step "migrations equal models" python -m scripts.schema
step "links in the docs" python -m scripts.links
[ "$faults" = 0 ] || { echo "$faults faults"; exit 1; }
