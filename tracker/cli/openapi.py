"""`tracker openapi`: the description of the REST interface, as the server gives it."""

from __future__ import annotations

import json

import click
from flask import current_app

from tracker.cli import Refusal, application


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the REST interface (JSON)."""
    with application():
        answer = current_app.test_client().get("/api/openapi.json")
        if answer.status_code != 200:
            raise Refusal(f"The server gives no description of its interface (HTTP {answer.status_code}).")
        click.echo(json.dumps(answer.get_json(), indent=2, ensure_ascii=False, sort_keys=False))
