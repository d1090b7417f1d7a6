"""A TCP connection to a daemon that answers questions in turn, in the clear or, once it agreed, over TLS.

    kept = Kept(place, within, greet)
    reply = await kept.ask(question, is_whole)

`is_whole` says of the bytes that came whether they are the whole reply. What came before a question is dropped. After
anything but a whole reply the connection is closed: a late answer ends with it, and the next one begins afresh.
"""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable, shown

LONGEST = 1 << 20  # bytes; a reply that is longer never ends

IsWhole = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a daemon listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Kept:
    """A connection that is kept from question to question, and made anew when it is gone.

    `within` is in seconds, for connecting and for each reply; `greet` is what is said first on a new connection.
    """

    def __init__(self, place: Endpoint, within: float, greet: Callable[["Connection"], Awaitable[None]] | None) -> None:
        self.place = place
        self.within = within
        self._greet = greet
        self._connection: Connection | None = None

    async def ask(self, question: bytes, is_whole: IsWhole) -> bytes:
        """The whole reply to a question.

        Raises:
            Fault: no connection, or no whole reply.
        """
        if self._connection is not None and self._connection.is_open:
            with suppress(Unreachable):  # a daemon closes what was idle, and what was open when it restarted
                return await self._connection.ask(question, is_whole, self.within)
        connection = self._connection = await connected(self.place, self.within)
        if self._greet is not None:
            try:
                await self._greet(connection)
            except BaseException:
                connection.close()
                raise
        return await connection.ask(question, is_whole, self.within)

    def close(self, farewell: bytes = b"") -> None:
        """Lets go of the connection, after a last word whose answer nobody waits for."""
        if self._connection is not None:
            self._connection.close(farewell)
            self._connection = None


async def connected(place: Endpoint, within: float) -> "Connection":
    """A new connection; `within` is in seconds.

    Raises:
        Unreachable: nothing listens there.
        TimedOut: nobody answered in time.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within):
            _, connection = await loop.create_connection(lambda: Connection(place), place.host, place.port)
    except TimeoutError:
        raise TimedOut(f"{place}: no connection within {within:g} s") from None
    except OSError as error:
        raise Unreachable(f"{place}: {_reason(error)}") from error
    return connection


class Connection(asyncio.Protocol):
    """One connection and the question that is on its way."""

    def __init__(self, place: Endpoint) -> None:
        self.place = place
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._heard = bytearray()
        self._is_whole: IsWhole | None = None
        self._reply: asyncio.Future[bytes] | None = None

    async def ask(self, question: bytes, is_whole: IsWhole, within: float) -> bytes:
        """The whole reply to a question; `within` is in seconds.

        Raises:
            Fault: the connection was lost, or there was no whole reply in time.
        """
        if self._transport is None or not self.is_open:
            raise Unreachable(f"{self.place}: the connection is closed")
        self._heard.clear()
        self._is_whole = is_whole
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        try:
            async with asyncio.timeout(within):
                return await self._reply
        except TimeoutError:
            came = f"; received {shown(bytes(self._heard))}" if self._heard else ""
            raise TimedOut(f"{self.place}: no complete answer within {within:g} s{came}") from None
        finally:
            if not self._reply.done() or self._reply.cancelled() or self._reply.exception() is not None:
                self.close()
            self._reply = None

    async def encrypt(self, context: ssl.SSLContext, within: float) -> None:
        """Goes on over TLS.

        Raises:
            Fault: the other side is not who it should be, or does not speak TLS.
        """
        transport, self._transport = self._transport, None
        if transport is None:
            raise Unreachable(f"{self.place}: the connection is closed")
        loop = asyncio.get_running_loop()
        name = self.place.host if context.check_hostname else None
        try:
            self._transport = await loop.start_tls(
                transport, self, context, server_hostname=name, ssl_handshake_timeout=within
            )
        except ssl.SSLCertVerificationError as error:
            raise Refused(f"{self.place}: the certificate is not accepted: {error.verify_message}") from error
        except OSError as error:  # ssl's other errors, a lost connection, a handshake that took too long
            raise Unreachable(f"{self.place}: no TLS: {_reason(error)}") from error
        finally:
            if self._transport is None:
                transport.abort()

    def close(self, farewell: bytes = b"") -> None:
        """Lets go at once; may be called twice. TLS' own farewell is not waited for."""
        if self._transport is not None:
            if farewell and self.is_open:
                self._transport.write(farewell)
            self._transport.abort()
            self._transport = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = cast("asyncio.Transport", transport), True

    def data_received(self, data: bytes) -> None:
        if self._reply is None or self._reply.done() or self._is_whole is None:
            return
        self._heard += data
        heard = bytes(self._heard)
        if self._is_whole(heard):
            self._reply.set_result(heard)
        elif len(heard) > LONGEST:
            self._reply.set_exception(Garbled(f"{self.place}: received {shown(heard)}, which does not end"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._reply is not None and not self._reply.done():
            came = f" after {shown(bytes(self._heard))}" if self._heard else ""
            reason = exc or "closed by the other side"
            lost: Fault = Unreachable(f"{self.place}: the connection was lost ({reason}){came}")
            self._reply.set_exception(lost)


def _reason(error: OSError) -> str:
    """What the system says; asyncio's own text for it names only the address."""
    if isinstance(error, ConnectionError) and error.errno is not None:
        return os.strerror(error.errno)
    return error.strerror or str(error)
