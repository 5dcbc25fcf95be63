"""Flask's contexts of this thread, past its proxies: a look through one of those is four calls, and a page looks at its
own a hundred times."""

from __future__ import annotations

from contextvars import ContextVar

from flask.ctx import AppContext, RequestContext
from flask.globals import app_ctx, request_ctx

# Werkzeug's proxies show what they stand before, as Python's own wrappers do.
app_context: ContextVar[AppContext] = app_ctx.__wrapped__  # type: ignore[attr-defined]
request_context: ContextVar[RequestContext] = request_ctx.__wrapped__  # type: ignore[attr-defined]
