"""The sandbox's time: the real one, moved forward at will, so that days of a sequence or a subscription pass at once."""

from datetime import UTC, datetime, timedelta


class Clock:
    """What vendors with a state of their own go by. Rate limits and latencies go by the real time."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time in the sandbox, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> datetime:
        """Moves the time forward and gives what it is now.

        Raises:
            ValueError: backwards.
        """
        if seconds < 0:
            raise ValueError("the sandbox's time only goes forward")
        self._ahead += timedelta(seconds=seconds)
        return self.now()
