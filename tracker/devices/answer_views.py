"""The answer of a page that saved something about one device: the next page, by way of the printer if she asked for it."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from tracker.devices import registry

AND_PRINT = "and_print"  # the name of the second button: “save and print the label”


def go_on(code: str, address: str) -> ResponseReturnValue:
    """To `address`, after the transaction; with the second button the device's label is printed on the way there."""
    printer = registry.label_printer() if AND_PRINT in request.form else None
    answer: ResponseReturnValue = printer(code, address) if printer else redirect(address, 303)
    return answer
