"""Taking in a response's body: never more of it than allowed, however well it is compressed.

We decompress ourselves, in steps of bounded size: httpx would inflate a whole chunk at once, to a thousand times its size.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from leadgen.providers.fetcher.refusal import Refused

ACCEPTED = "gzip"  # every server that compresses knows it
STEP_BYTES = 64 * 1024
SHORT_REST_BYTES = 64 * 1024
SHORT_REST_SECONDS = 0.5
_GZIP_WINDOW = zlib.MAX_WBITS | 16


async def read_body(stream: AsyncIterator[bytes], encoding: str, most_bytes: int, *, truncate: bool = False) -> bytes:
    """The whole body, decompressed. `encoding` is the Content-Encoding header. With `truncate` its first `most_bytes`.

    Raises:
        Refused: it is larger than `most_bytes`, on the wire or decompressed; or it is not compressed as we accept it.
    """
    decoder = _decoder(encoding)
    content = bytearray()
    received = 0
    async for chunk in stream:
        received += len(chunk)
        for part in decoder.parts(chunk):
            content += part
            if len(content) > most_bytes:
                break
        if max(received, len(content)) > most_bytes:
            if truncate:
                break
            raise Refused("size", f"the page is larger than {most_bytes:,} bytes")
    return bytes(content[:most_bytes])


async def read_rest(stream: AsyncIterator[bytes]) -> None:
    """Reads a body that nobody wants, if it is short and there: its connection can then be used again."""
    received = 0
    with suppress(Refused, TimeoutError):
        async with asyncio.timeout(SHORT_REST_SECONDS):
            async for chunk in stream:
                received += len(chunk)
                if received > SHORT_REST_BYTES:
                    return


class _AsItIs:
    def parts(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk


class _Gzip:
    def __init__(self) -> None:
        self._inflating = zlib.decompressobj(_GZIP_WINDOW)

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        while not self._inflating.eof:
            try:
                part = self._inflating.decompress(chunk, STEP_BYTES)
            except zlib.error:
                raise Refused("encoding", "the page is not the gzip it says it is") from None
            yield part
            chunk = self._inflating.unconsumed_tail
            if not chunk and len(part) < STEP_BYTES:
                return


def _decoder(encoding: str) -> _AsItIs | _Gzip:
    match encoding.strip().lower():
        case "" | "identity":
            return _AsItIs()
        case "gzip" | "x-gzip":
            return _Gzip()
        case other:
            raise Refused("encoding", f"the page is compressed with {other[:40]}, which was not asked for")
