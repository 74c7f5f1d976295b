"""What goes wrong, as exceptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from switchboard_client.generated import Call


class SwitchboardError(Exception):
    """The base of every exception of this package.

    ``idempotency_key`` is the key of the request that failed, if it had one: send the same request with it to go on.
    ``delivery`` says of a request that places calls whether a phone may ring because of it: ``not_sent`` or ``unknown``. With
    ``unknown``, send the same request with the same key. It cannot ring twice.
    """

    idempotency_key: str | None = None
    delivery: str | None = None


class ProblemError(SwitchboardError):
    """The server answered with a problem (RFC 9457). Branch on ``code``; more codes may be added."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = None
        #: The members of the problem; empty if something else answered, for example a proxy.
        self.members: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
        #: The HTTP status.
        self.status = status
        #: The code, to branch on. None if something else than the server answered.
        self.code: str | None = self._text("code")
        self.title: str | None = self._text("title")
        #: What went wrong this time.
        self.detail: str | None = self._text("detail")
        #: The field, parameter or header that is wrong.
        self.field: str | None = self._text("field")
        #: How to fix it.
        self.fix: str | None = self._text("fix")
        self.delivery = self._text("delivery")
        #: The id of the call that stands against it.
        self.call: str | None = self._text("call")
        #: The scope that the key lacks.
        self.scope: str | None = self._text("scope")
        #: The cursor of every event that is kept, if events are gone.
        self.oldest: str | None = self._text("oldest")
        #: The request's id, to name when it is reported.
        self.request_id: str | None = self._text("request_id") or headers.get("X-Request-Id")
        #: How many seconds to wait before the next request.
        self.retry_after: float | None = _seconds(headers.get("Retry-After"))
        super().__init__(self._message())

    def _text(self, name: str) -> str | None:
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def _message(self) -> str:
        if self.code is None:
            return f"the answer has the status {self.status} and is no problem of Switchboard"
        subject = f"{self.field}: " if self.field else ""
        what = self.detail or self.title or ""
        fix = f" ({self.fix})" if self.fix and self.fix not in what else ""
        return f"{self.code}: {subject}{what}{fix}"


class NoAnswerError(SwitchboardError):
    """No answer came: the server cannot be reached, the connection broke, or the time was over."""


class UnreadableAnswerError(SwitchboardError):
    """A success came that cannot be read: from a newer server, or from something between. ``__cause__`` has more."""


class WaitTimeoutError(SwitchboardError, TimeoutError):
    """The call did not get there in time. ``call`` is how it stands."""

    def __init__(self, call: Call, until: str) -> None:
        self.call = call
        super().__init__(f"the call is not {until} yet: its status is {call.status.value}")


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
