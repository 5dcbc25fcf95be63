#!/bin/sh
# Run the tests; what follows goes to pytest. Ends with pytest's own closing line.
set -eu
cd "$(dirname "$0")/.."
sh scripts/venv.sh test
sh scripts/system.sh
unset PYTHONDONTWRITEBYTECODE # many tests start a Python: each would compile all it reads anew
exec .venv/bin/python -m pytest "$@"
