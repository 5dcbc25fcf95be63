"""What a request costs where nothing is done: an empty Flask view under the same server settings."""

from __future__ import annotations

import sys

from flask import Flask

from tracker.cli.serve import Server, options

app = Flask("empty")


@app.get("/")
def nothing() -> str:
    return ""


class Empty(Server):
    def load(self) -> Flask:
        return app


if __name__ == "__main__":
    Empty(options("127.0.0.1", 0, int(sys.argv[1]))).run()
