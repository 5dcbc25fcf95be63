"""What stands between a helper and the server: a real proxy that loses, changes and keeps what passes."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Change = Callable[[bytes], bytes]


@dataclass
class Passed:
    """One request as it came, and what the server answered."""

    path: str
    body: bytes
    headers: dict[str, str]
    status: int
    answer: bytes


@dataclass
class Middle:
    """`lose`: ends of paths whose next answer is lost, once each; `change`: what happens to answers."""

    server: str
    url: str = ""
    lose: list[str] = field(default_factory=list)
    change: Change | None = None
    passed: list[Passed] = field(default_factory=list)

    def of(self, end: str) -> list[Passed]:
        return [one for one in self.passed if one.path.endswith(end)]


@contextmanager
def between(server: str) -> Iterator[Middle]:
    """A proxy to that server on a port of its own."""
    middle = Middle(server)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            status, answer, told = post(server, self.path, body, headers)
            middle.passed.append(Passed(self.path, body, headers, status, answer))
            for end in middle.lose:
                if self.path.endswith(end):
                    middle.lose.remove(end)
                    self.connection.close()
                    return
            if middle.change:
                answer = middle.change(answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Ricochet-Signature", told.get("Ricochet-Signature", ""))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Nothing is said."""

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as standing:
        standing.handle_error = lambda *args: None  # type: ignore[method-assign]
        middle.url = f"http://127.0.0.1:{standing.server_address[1]}"
        thread = threading.Thread(target=standing.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield middle
        finally:
            standing.shutdown()
            thread.join()


def post(server: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of the server's answer."""
    link = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    link.request("POST", path, body, headers)
    answer = link.getresponse()
    told = (answer.status, answer.read(), dict(answer.getheaders()))
    link.close()
    return told
