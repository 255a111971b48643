"""Ctrl-C, and its relatives, as one orderly end."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_interrupted(main: Coroutine[Any, Any, T]) -> T:
    """Runs to the end, or until the first interrupt cancels it; later ones do not disturb the cleaning up.

    Raises KeyboardInterrupt where it was interrupted.
    """
    try:
        return asyncio.run(_cancelled_once(main))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _cancelled_once(main: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(main)
    loop = asyncio.get_running_loop()
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            task.cancel()

    for number in INTERRUPTS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            loop.add_signal_handler(number, interrupt)
    return await task
