"""A client of Switchboard's HTTP API.

``Switchboard`` places calls with idempotency keys, waits for them and follows events. Every operation of the API is on its
generated parts (``switchboard.calls``, ``switchboard.webhooks`` and so on), and every type in ``switchboard_client.models``.
"""

from switchboard_client import generated as models
from switchboard_client.client import Placed, Switchboard
from switchboard_client.errors import (
    NoAnswerError,
    ProblemError,
    SwitchboardError,
    UnreadableAnswerError,
    WaitTimeoutError,
)
from switchboard_client.generated import (
    Call,
    CallRequest,
    CallStatus,
    Event,
    Outcome,
    WebhookEndpointRequest,
)
from switchboard_client.stream import EventStream
from switchboard_client.transport import Retries
from switchboard_client.webhooks import verify_webhook

__all__ = [
    "Call",
    "CallRequest",
    "CallStatus",
    "Event",
    "EventStream",
    "NoAnswerError",
    "Outcome",
    "Placed",
    "ProblemError",
    "Retries",
    "Switchboard",
    "SwitchboardError",
    "UnreadableAnswerError",
    "WaitTimeoutError",
    "WebhookEndpointRequest",
    "models",
    "verify_webhook",
]
