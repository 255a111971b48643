"""A tenant's credentials in the open, in a form that is not printed by accident."""

import json
from collections.abc import Iterator, Mapping


class Credentials(Mapping[str, str]):
    """What one service needs to know its customer, by name: `{"api_key": ...}`; all values are text.

    A mapping that shows the names only, in logs, tracebacks and `repr`.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Credentials({', '.join(self._values)})"

    def to_bytes(self) -> bytes:
        """The plaintext that is sealed: compact JSON."""
        return json.dumps(self._values, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> "Credentials":
        """The reverse of `to_bytes`."""
        return cls(json.loads(plaintext))
