"""The sandbox's own error: it may not know the product's."""


class WorldError(ValueError):
    """No world can be made of what was asked for or of the file that was given.

    `remedy` is a sentence for the person who reads it: what to do next.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"
