"""Placing calls, waiting for them, and following events."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import urllib3

from switchboard_client.errors import UnreadableAnswerError, WaitTimeoutError
from switchboard_client.generated import (
    AboutApi,
    AdministrationApi,
    Call,
    CallRequest,
    CallsApi,
    CallStatus,
    Event,
    EventsApi,
    ExperimentsApi,
    KeysApi,
    MoneyApi,
    PlanApi,
    ProvidersApi,
    WebhooksApi,
)
from switchboard_client.generated.rest import RESTResponse
from switchboard_client.stream import SILENCE, EventStream
from switchboard_client.transport import Retries, Transport, problem

#: The longest that the server waits in one request, in seconds.
_LONGEST_WAIT = 55
_UNDECIDED = {CallStatus.RECEIVED, CallStatus.SCHEDULED, CallStatus.ADMITTED, CallStatus.ATTEMPTING}


@dataclass(frozen=True)
class Placed:
    """A call that was accepted."""

    #: The call as it stood when the answer was made.
    call: Call
    #: Its idempotency key: the same request with it gives this call again.
    idempotency_key: str
    #: True if the same request was accepted before: by an earlier try, or by an earlier call of ``place``.
    replayed: bool


class Switchboard:
    """A server of Switchboard, with an API key.

    ``url`` is the address without ``/v1``. ``timeout`` is how long one try of a request may take, in seconds; it must be longer
    than the longest wait, 55 seconds. A ``Switchboard`` may be used by several threads.

    Every operation is on a generated part: ``calls``, ``events``, ``webhooks``, ``plans``, ``providers``, ``money``,
    ``experiments``, ``keys``, ``administration``, ``about``.
    """

    def __init__(self, url: str, key: str, *, retries: Retries | None = None, timeout: float = 70.0) -> None:
        self._transport = Transport(url, key, retries=retries or Retries(), timeout=timeout)
        self.about = AboutApi(self._transport)
        self.administration = AdministrationApi(self._transport)
        self.calls = CallsApi(self._transport)
        self.events = EventsApi(self._transport)
        self.experiments = ExperimentsApi(self._transport)
        self.keys = KeysApi(self._transport)
        self.money = MoneyApi(self._transport)
        self.plans = PlanApi(self._transport)
        self.providers = ProvidersApi(self._transport)
        self.webhooks = WebhooksApi(self._transport)

    def place(
        self,
        request: CallRequest,
        *,
        idempotency_key: str | None = None,
        wait: int | None = None,
    ) -> Placed:
        """Places a call. It is durable when this returns, and goes on by itself.

        Without an ``idempotency_key`` a new UUID is made, and repeated by every try. To be safe against the end of this process
        too, give a key of your own that you have stored with the reason of the call. An error has the key that was used: with
        ``delivery == "unknown"``, place the same request with the same key.

        With ``wait``, it returns when the call is decided (a provider has it, or none takes it), after that many seconds at most.
        """
        key = idempotency_key or str(uuid.uuid4())
        prefer = None if wait is None else f"wait={wait}"
        try:
            answer = self.calls.place_call_with_http_info(key, request, prefer=prefer)
        except UnreadableAnswerError as error:
            error.idempotency_key, error.delivery = key, "unknown"
            raise
        headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
        replayed = headers.get("idempotent-replayed") == "true"
        return Placed(call=answer.data, idempotency_key=key, replayed=replayed)

    def wait(
        self,
        call: uuid.UUID | str,
        *,
        until: Literal["decided", "settled"] = "settled",
        timeout: float | None = None,
    ) -> Call:
        """Waits until a call is decided or settled, and returns it.

        Decided: a provider has it, or none takes it. Settled: nothing more happens to it on its own. Raises
        ``WaitTimeoutError``, which has the call as it stands, after ``timeout`` seconds; without one it waits as long as it takes.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        call_id = uuid.UUID(str(call))
        while True:
            left = _LONGEST_WAIT if ends is None else ends - time.monotonic()
            seconds = max(1, min(_LONGEST_WAIT, int(left)))
            found = self.calls.get_call(call_id, wait_for=until, timeout=seconds)
            if found.settled or (until == "decided" and found.status not in _UNDECIDED):
                return found
            if ends is not None and time.monotonic() >= ends:
                raise WaitTimeoutError(found, until)

    def list_calls(self, **filters: Any) -> Iterator[Call]:
        """Every call that the filters match, newest first, page by page. The filters are those of ``calls.list_calls``."""
        cursor: str | None = None
        while True:
            page = self.calls.list_calls(cursor=cursor, **filters)
            yield from page.data
            if not page.has_more:
                return
            cursor = page.next_cursor

    def follow(
        self,
        *,
        after: str | None = None,
        from_oldest: bool = False,
        types: list[str] | None = None,
        call: uuid.UUID | str | None = None,
        reconnects: int = 10,
    ) -> EventStream:
        """Events as they happen: all that this key may see, or only of these types or about this call.

        Begins behind the cursor ``after``; with ``from_oldest`` at the oldest event that is kept; otherwise now. One that begins
        now and loses its connection before the first event begins at a later now: to miss nothing, begin with a cursor, or
        follow one call with ``from_oldest``.
        """
        about = None if call is None else str(call)

        def connect(cursor: str | None) -> urllib3.BaseHTTPResponse:
            headers = {"Accept": "text/event-stream"}
            response = self.events.follow_events_without_preload_content(
                after=cursor, type=types, call=about, _headers=headers, _request_timeout=(10.0, SILENCE)
            )
            if response.status != 200:
                raise problem(RESTResponse(response))
            return response

        def earlier() -> Iterator[tuple[Event | None, str | None]]:
            cursor = after
            while from_oldest:
                page = self.events.list_events(after=cursor, type=types, call=about, limit=100)
                # Only the end of a page has a cursor, so it counts once all of the page was given.
                for event in page.data:
                    yield event, cursor
                cursor = page.next_cursor
                yield None, cursor
                if not page.has_more:
                    return

        return EventStream(connect, earlier(), after, reconnects)
