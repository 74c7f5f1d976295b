"""Server-sent events, and a stream of them that goes on where it broke off."""

from __future__ import annotations

import codecs
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import urllib3

from switchboard_client.errors import NoAnswerError, ProblemError
from switchboard_client.generated import Event

#: A comment comes every 15 seconds: a connection that is silent for longer than this is dead.
SILENCE = 45.0
_LONGEST_WAIT = 30.0


@dataclass
class Message:
    """One message of a stream. ``retry`` is in milliseconds."""

    id: str | None = None
    event: str = "message"
    data: str | None = None
    retry: int | None = None


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """Reads server-sent events from bytes, however they are cut. What is not complete at the end is dropped."""
    message = Message()
    for line in _lines(chunks):
        if not line:
            if message.data is not None or message.retry is not None:
                yield message
            message = Message()
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            message.data = value if message.data is None else f"{message.data}\n{value}"
        elif name == "event":
            message.event = value
        elif name == "id" and "\0" not in value:
            message.id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            message.retry = int(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Complete lines: they end with LF, CR LF or CR."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in chunks:
        rest += decoder.decode(chunk)
        # A CR at the very end may be the first half of CR LF.
        held = "\r" if rest.endswith("\r") else ""
        *lines, rest = rest.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest += held
        yield from lines


class EventStream:
    """Events as they happen, in order, each at least once.

    An iterator. When the connection breaks it connects again behind the last event, so nothing is left out. ``cursor`` is the
    place behind the last event that it gave: keep it to go on in another process. Iterating ends with ``close``.

    Raises ``ProblemError`` for an answer that does not get better by itself (a wrong key, ``events_gone``), and
    ``NoAnswerError`` when ``reconnects`` connections in a row failed.
    """

    def __init__(
        self,
        connect: Callable[[str | None], urllib3.BaseHTTPResponse],
        earlier: Iterator[tuple[Event | None, str | None]],
        after: str | None,
        reconnects: int,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        #: The place behind the last event.
        self.cursor = after
        self._connect = connect
        self._earlier = earlier
        self._reconnects = reconnects
        self._sleep = sleep
        self._retry = 2.0
        self._response: urllib3.BaseHTTPResponse | None = None
        self._closed = False
        self._events = self._follow()

    def __iter__(self) -> EventStream:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> EventStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the stream. Call it from the thread that iterates, or between two events."""
        self._closed = True
        self._disconnect()

    def _disconnect(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None

    def _follow(self) -> Iterator[Event]:
        for event, cursor in self._earlier:
            self.cursor = cursor
            if event is not None:
                yield event
        failures = 0
        while not self._closed:
            asked = None
            failure: Exception | None = None
            try:
                self._response = self._connect(self.cursor)
                for message in messages(self._response.stream(4096)):
                    failures = 0
                    if message.retry is not None:
                        self._retry = message.retry / 1000
                    # Only events have an id; what has none is about the connection.
                    if message.id is not None and message.data is not None:
                        self.cursor = message.id
                        event = Event.from_json(message.data)
                        if event is not None:
                            yield event
            except ProblemError as problem:
                if problem.status < 500 and problem.status != 429:
                    raise
                failure, asked = problem, problem.retry_after
            except (urllib3.exceptions.HTTPError, NoAnswerError) as error:
                failure = error
            finally:
                self._disconnect()
            if self._closed:
                return
            failures += 1
            if failures > self._reconnects:
                raise NoAnswerError("the event stream cannot be reached") from failure
            backoff = min(_LONGEST_WAIT, self._retry * 2 ** (failures - 1))
            self._sleep(max(asked or 0.0, backoff * random.uniform(0.8, 1.0)))
