"""Requests that are sent again where that is safe.

A request is repeated only if it reads, or carries idempotency keys: the server answers a key that it knows with the call that
it has, so nothing rings twice. Everything else is sent once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

from switchboard_client.errors import NoAnswerError, ProblemError, SwitchboardError, UnreadableAnswerError
from switchboard_client.generated import ApiClient, ApiResponse, Configuration
from switchboard_client.generated.rest import RESTResponse

#: POST requests that may be repeated although they have no key of their own: one only reads, and each call of a batch has a key.
_REPEATABLE = {"/v1/plan", "/v1/calls/batch"}
#: Requests that place calls.
_PLACING = {"/v1/calls", "/v1/calls/batch"}
_STREAM = "/v1/events/stream"
_KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Retries:
    """How often and when a request is sent again after a 5xx, a 408, a 429, a timeout or a broken connection."""

    #: How many times, after the first.
    times: int = 4
    #: Seconds before the first of them; each further one waits twice as long, between half of that and all of it.
    first: float = 0.5
    #: The longest wait in seconds. A ``Retry-After`` above it ends the attempts.
    longest: float = 30.0

    def wait(self, tries: int, asked: float | None) -> float | None:
        """Seconds to wait after this many tries, or None to give up."""
        if tries > self.times or (asked is not None and asked > self.longest):
            return None
        backoff: float = min(self.longest, self.first * 2 ** (tries - 1))
        return max(backoff * random.uniform(0.5, 1.0), asked or 0.0)


class Transport(ApiClient):
    """The generated client's way to the server, with retries, timeouts and typed errors."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        retries: Retries,
        timeout: float,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        # Repeating is decided here, so urllib3 must not repeat anything; it follows no redirect either.
        super().__init__(Configuration(host=url.rstrip("/"), access_token=key, retries=False))
        self.user_agent = "switchboard-client/0.1.0 (python)"
        self._retries = retries
        self._timeout = timeout
        self._sleep = sleep

    def call_api(  # noqa: D102 - as the generated one
        self,
        method: str,
        url: str,
        header_params: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        _request_timeout: Any = None,
    ) -> RESTResponse:
        path = _path(url)
        headers = header_params or {}
        key = headers.get(_KEY)
        # A stream connects again by itself.
        reads = method.upper() == "GET" and path != _STREAM
        repeatable = reads or key is not None or path in _REPEATABLE
        timeout = _request_timeout or (min(10.0, self._timeout), self._timeout)
        tries = 0
        in_doubt = False
        while True:
            tries += 1
            failure: SwitchboardError
            try:
                response = super().call_api(method, url, headers, body, post_params, timeout)
                if path != _STREAM:
                    # A connection may break in the middle of a body, too.
                    response.read()  # type: ignore[no-untyped-call]
                if response.status not in (408, 429) and response.status < 500:
                    if response.status >= 400:
                        raise _marked(problem(response), path, key, in_doubt)
                    return response
                failure = problem(response)
            except urllib3.exceptions.HTTPError as error:
                failure = NoAnswerError(f"no answer came: {type(error).__name__}")
                failure.__cause__ = error
            in_doubt = in_doubt or _is_doubt(failure)
            asked = failure.retry_after if isinstance(failure, ProblemError) else None
            wait = self._retries.wait(tries, asked) if repeatable else None
            if wait is None:
                raise _marked(failure, path, key, in_doubt)
            self._sleep(wait)

    def response_deserialize(  # noqa: D102 - as the generated one
        self, response_data: RESTResponse, response_types_map: Any = None
    ) -> ApiResponse[Any]:
        if response_data.status >= 400:
            raise problem(response_data)
        try:
            return super().response_deserialize(response_data, response_types_map)
        except Exception as error:
            if response_data.status == 304:
                raise
            raise UnreadableAnswerError("the answer cannot be read") from error


def problem(response: RESTResponse) -> ProblemError:
    """The problem that a response is."""
    body: bytes = response.read()  # type: ignore[no-untyped-call]
    return ProblemError(response.status, body or b"", response.headers)


def _path(url: str) -> str:
    """The path below the address of the server, which may have one of its own."""
    path = urlsplit(url).path
    return path[path.find("/v1/") :] if "/v1/" in path else path


def _is_doubt(failure: SwitchboardError) -> bool:
    return failure.delivery != "not_sent"


def _marked(failure: SwitchboardError, path: str, key: str | None, in_doubt: bool) -> SwitchboardError:
    """Notes the key, and what all tries together say about the phone: one in doubt leaves all of them in doubt."""
    failure.idempotency_key = key
    if path in _PLACING and in_doubt:
        failure.delivery = "unknown"
    return failure
