"""Flask's request and response, without what they do anew for each page that is nearly always the same."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Request, Response
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


OK = HTTPStatus.OK.value


class Asked(Request):
    """A request whose cookies are read where WSGI keeps them, instead of looking through all headers for them."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        return parse_cookie(self.environ.get("HTTP_COOKIE"), cls=self.dict_storage_class)  # type: ignore[return-value]


class Answer(Response):
    """A response whose headers go out as they are where nothing has to be put right in them: for a page whose length is
    known and that leads nowhere else. Werkzeug copies them and looks through the copy for that."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        said = {name.lower() for name, _value in self.headers}
        if self.status_code == OK and "content-length" in said and said.isdisjoint(_PUT_RIGHT):
            return self.headers
        return super().get_wsgi_headers(environ)


_PUT_RIGHT = ("location", "content-location")
