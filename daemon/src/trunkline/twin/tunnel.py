"""TLS over an open connection, with what asyncio's own `start_tls` leaves out: a failed handshake still sends its alert.

A real device tells its peer why it hangs up ("unknown ca", "handshake failure"); that is what the peer's counters and logs say.
"""

import asyncio
import contextlib
import ssl

CHUNK_BYTES = 65536


class Tunnel:
    """One end. After `handshake` it reads into `reader` until it is closed; `write` and `drain` send."""

    def __init__(
        self, raw: tuple[asyncio.StreamReader, asyncio.StreamWriter], made: ssl.SSLContext, *, is_server: bool
    ) -> None:
        self._source, self._sink = raw
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self._incoming, self._outgoing, server_side=is_server)
        self.reader = asyncio.StreamReader()
        self._reading: asyncio.Task[None] | None = None

    async def handshake(self) -> None:
        """Raises ssl.SSLError for a handshake that failed, ConnectionError where the peer went away."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._fill()
            except ssl.SSLError:
                await self.drain()  # the alert
                raise
            else:
                break
        await self.drain()
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _fill(self) -> None:
        await self.drain()
        data = await self._source.read(CHUNK_BYTES)
        if not data:
            raise ConnectionAbortedError("the peer closed the connection")
        self._incoming.write(data)

    async def _read(self) -> None:
        """Whatever comes goes to `reader`: data, the end, or the alert that ended it."""
        try:
            while True:
                try:
                    data = self.tls.read(CHUNK_BYTES)
                except ssl.SSLWantReadError:
                    await self._fill()
                    continue
                if not data:
                    break
                self.reader.feed_data(data)
        except (ssl.SSLZeroReturnError, ConnectionError):
            pass  # closed, politely or not
        except OSError as error:
            self.reader.set_exception(error)
        self.reader.feed_eof()

    def write(self, data: bytes) -> None:
        """Raises OSError where the connection is gone."""
        self.tls.write(data)
        self._push()

    async def drain(self) -> None:
        """Wait until the peer can take more."""
        self._push()
        await self._sink.drain()

    def _push(self) -> None:
        if self._outgoing.pending:
            self._sink.write(self._outgoing.read())

    def get_extra_info(self, name: str) -> tuple[str, int]:
        """ "peername" or "sockname"."""
        address, port = self._sink.get_extra_info(name)[:2]
        return (address, port)

    def close(self) -> None:
        """Say goodbye and hang up."""
        if self._reading:
            self._reading.cancel()
            self.reader.feed_eof()  # whoever waits for more
            with contextlib.suppress(ssl.SSLError):
                self.tls.unwrap()
        with contextlib.suppress(OSError):
            self._push()
        self._sink.close()
