"""The one way this package says no."""


class LabelError(Exception):
    """A label cannot be drawn as asked.

    `message` is one English sentence with `%(name)s` placeholders, `details` are their values, so that the
    caller can translate the sentence before filling it in. `str(error)` is the English sentence, filled in.
    """

    def __init__(self, message: str, **details: object) -> None:
        self.message = message
        self.details = details
        super().__init__(message % details)
