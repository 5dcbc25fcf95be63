#!/bin/sh
# Make .venv and install the project into it with the exact versions of constraints.txt.
# `venv.sh test` adds the test extras. A second run finds the stamp and does nothing.
set -eu
cd "$(dirname "$0")/.."
extras="${1:-}"

fits() { # does this Python exist, run, and have a version we support?
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Ricochet needs Python 3.11, 3.12 or 3.13: install one (on Debian 12: apt-get install python3 python3-venv)." >&2
    exit 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        package=$("$python" -c 'import sys; print("python3-venv" if sys.executable == "/usr/bin/python3" else "python%d.%d-venv" % sys.version_info[:2])')
        echo "$python has no venv module: install it (on Debian and Ubuntu: apt-get install $package), then repeat." >&2
        exit 1
    fi
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
}

wanted="$(cat pyproject.toml constraints.txt | cksum)"
fits .venv/bin/python || make_venv

if [ -f .venv/installed ]; then
    read -r stamp < .venv/installed
    read -r has < .venv/extras || has=""
    if [ "$stamp" = "$wanted" ] && { [ -z "$extras" ] || [ "$extras" = "$has" ]; }; then
        exit 0
    fi
    # What was there stays: `make run` after `make test` must not lose the test extras.
    [ -n "$extras" ] || extras="$has"
fi

echo "Installing what Ricochet needs (a minute or two)…"
case "$PWD" in
*" "*) ;; # pip reads these as lists of words
*)
    # So that the tools that build the package are pinned too (older and newer pips read one or the other).
    PIP_CONSTRAINT="$PWD/constraints.txt"
    PIP_BUILD_CONSTRAINT="$PWD/constraints.txt"
    export PIP_CONSTRAINT PIP_BUILD_CONSTRAINT
    ;;
esac
rm -f .venv/installed
.venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
    --editable ".${extras:+[$extras]}"
echo "$extras" > .venv/extras
echo "$wanted" > .venv/installed
