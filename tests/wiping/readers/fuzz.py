"""`python -m tests.wiping.readers.fuzz READER [FOLDER] [-runs=N]`: atheris against one reader, from the files in FOLDER.

Needs `pip install atheris`, which is no requirement of the project: it has wheels for some Pythons on Linux only.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def main() -> None:
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["tracker.wiping.readers"]):
        from tests.wiping.readers.test_fuzz import asked, must_be_sound, name_of
        from tracker.wiping.readers import READERS

    name = sys.argv.pop(1)
    (reader,) = [one for one in READERS if name_of(one) == name]

    def one_input(data: bytes) -> None:
        found = asked(reader, data)
        if found is not None:
            must_be_sound(found)

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
