"""Webhooks that come in."""

from __future__ import annotations

from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from switchboard_client.generated import Event

__all__ = ["WebhookVerificationError", "verify_webhook"]


def verify_webhook(secret: str, headers: Mapping[str, str], body: bytes | str) -> Event:
    """Checks the signature and the time of a webhook, and returns its event.

    ``secret`` is the ``whsec_…`` of the endpoint, ``body`` the request's body as it came: JSON that was parsed and written again
    has another signature. Raises ``standardwebhooks.WebhookVerificationError`` for one that is forged, altered, or more than
    five minutes old.

    A webhook comes at least once and not in order: an event's ``id`` tells repetitions, and ``data["call"]["revision"]`` tells
    which one of a call is newer.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    return Event.model_validate(Webhook(secret).verify(body, lower))
