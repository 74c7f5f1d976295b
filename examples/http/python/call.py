"""Places a call over HTTP, watches it, reads its history, and receives a webhook about it.

    pip install ./clients/python
    SWITCHBOARD_KEY=sb_… python examples/http/python/call.py

Start ``switchboard serve --simulated`` before: it prints a key, and lets webhooks go to this machine. SWITCHBOARD_URL names
another server than http://127.0.0.1:8080.
"""

from __future__ import annotations

import os
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from switchboard_client import (
    CallRequest,
    Event,
    Switchboard,
    WebhookEndpointRequest,
    verify_webhook,
)
from switchboard_client.webhooks import WebhookVerificationError


class Receiver(HTTPServer):
    """Receives webhooks. An event is believed only if it is signed with the endpoint's secret."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.secret = ""
        self.events: queue.Queue[Event] = queue.Queue()


class Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            event = verify_webhook(self.server.secret, dict(self.headers.items()), body)
        except WebhookVerificationError:
            self.send_response(401)
        else:
            self.server.events.put(event)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    url = os.environ.get("SWITCHBOARD_URL", "http://127.0.0.1:8080")
    switchboard = Switchboard(url, os.environ["SWITCHBOARD_KEY"])

    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    endpoint = switchboard.webhooks.create_webhook_endpoint(
        WebhookEndpointRequest(url=f"http://127.0.0.1:{receiver.server_port}/hook", types=["call.ended"])
    )
    receiver.secret = endpoint.secret or ""

    # A failure is answered by sending the same request with the same key again, which `place` does.
    placed = switchboard.place(CallRequest(to="+442079460958", task="Ask for the opening hours."))
    print(f"placed    {placed.call.id}")

    with switchboard.follow(call=placed.call.id, from_oldest=True) as events:
        for event in events:
            print(f"event     {event.type}")
            if event.type == "call.ended":
                break

    call = switchboard.wait(placed.call.id)
    print(f"outcome   {call.outcome.value if call.outcome else call.status.value}")
    for fact in switchboard.calls.get_call_history(call.id).data:
        print(f"history   {fact.at:%H:%M:%S} {fact.event}, says {fact.by}")

    # The endpoint is told about every call of this key's tenant.
    while (told := receiver.events.get(timeout=60)).data["call"]["id"] != str(call.id):
        pass
    print(f"webhook   {told.type} {call.id}")
    switchboard.webhooks.remove_webhook_endpoint(endpoint.endpoint.id)
    receiver.shutdown()


if __name__ == "__main__":
    main()
