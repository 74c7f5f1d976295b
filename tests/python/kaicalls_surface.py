"""The larger surface of KaiCalls' official SDK: what document 004 does not show and the SDK asks for.

Each function is one group, against the simulated KaiCalls; `kaicalls_sdk.py` runs them. What no document describes is held to what the
SDK itself needs: the names under which it hands things back, and the errors that document 004 lists.
"""

import hashlib
import hmac
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from kaicalls import KaiCalls, KaiCallsError

NOBODY = "00000000-0000-4000-8000-000000000000"


def expect_error(status, code, request):
    """The request must be refused as KaiCallsError with this status and code."""
    try:
        answer = request()
    except KaiCallsError as error:
        assert (error.status, error.code) == (status, code), repr(error)
        assert str(error), "the error says nothing"
        return error
    raise AssertionError(f"{status} {code} was expected and {answer!r} came")


def eventually(check, what):
    """Asks until it holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come")


class Receiver:
    """A receiver of webhooks on this machine. Each delivery is its headers and its body."""

    def __enter__(self):
        deliveries = self.deliveries = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                deliveries.put((self.headers, body))

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        """The next delivery: its headers, its bytes and what they say."""
        headers, body = self.deliveries.get(timeout=60)
        return headers, body, json.loads(body)


def signed(headers, body, secret):
    """Whether a delivery carries the signature that the provider's public receiver checks."""
    stamp = headers["X-KaiCalls-Timestamp"]
    wanted = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers["X-KaiCalls-Signature"], f"sha256={wanted}")


def recordings(kai, call):
    recording = kai.recordings.get(call.id)
    assert recording.call_id == call.id, recording
    assert (recording.status == "available") == bool(recording.recording_url), recording
    expect_error(404, "not_found", lambda: kai.recordings.get(NOBODY))
    expect_error(400, "invalid_request", lambda: kai.recordings.get(""))
    return recording


def transcripts(kai, call, agent_id):
    listed = kai.transcripts.list(limit=10, agent_id=agent_id, days=7)
    assert listed.has_more is False, listed
    assert kai.transcripts.list(agent_id="nobody").transcripts == []
    assert kai.transcripts.list(after="2020-01-01T00:00:00Z").transcripts == []
    expect_error(400, "invalid_request", lambda: kai.transcripts.list(limit="many"))
    return [one for one in listed.transcripts if one.call_id == call.id]


def agents(kai, business_id):
    made = kai.agents.create(business_id, "Ada", "You are Ada.", first_message="Hello!", metadata={"team": "night"})
    assert made.id and (made.name, made.first_message, made.metadata.team) == ("Ada", "Hello!", "night"), made
    assert made.id in [agent.id for agent in kai.agents.list().agents]
    changed = kai.agents.update(made.id, name="Ada L.", outbound_prompt="Be brief.", max_duration=120)
    assert (changed.id, changed.name, changed.max_duration) == (made.id, "Ada L.", 120), changed
    assert changed.system_prompt == "You are Ada.", changed
    read = kai.agents.get(made.id)
    assert (read.name, read.outbound_prompt) == ("Ada L.", "Be brief."), read
    saved = kai.agents.versions(made.id).versions
    assert [one.version for one in saved] == [2, 1], saved
    (first,) = kai.agents.versions(made.id, version=1).versions
    assert first.fields.name == "Ada", first
    assert len(kai.agents.versions(made.id, limit=1).versions) == 1
    expect_error(400, "invalid_request", lambda: kai.agents.create(business_id, "", "You are nobody."))
    expect_error(404, "not_found", lambda: kai.agents.create("nobody", "Ada", "You are Ada."))
    expect_error(404, "not_found", lambda: kai.agents.update("nobody", name="Ada"))
    expect_error(404, "not_found", lambda: kai.agents.versions("nobody"))
    return made


def phone_numbers(kai, agent_id):
    (offer,) = kai.phone_numbers.available(country="US", area_code="415", capability="voice", limit=1).available_numbers
    assert offer.startswith("+1415"), offer
    assert kai.phone_numbers.available(country="FR").available_numbers == []
    rented = kai.phone_numbers.assign(offer, agent_id=agent_id)
    assert (rented.phone_number, rented.agent_id) == (offer, agent_id), rented
    found = kai.phone_numbers.list(phone_number=offer).number
    assert found.phone_number == offer and found.capabilities.voice is True, found
    assert found.id == rented.id, found
    assert kai.agents.get(agent_id).phone_number == offer
    expect_error(400, "invalid_request", lambda: kai.phone_numbers.assign("4155550120"))
    expect_error(404, "not_found", lambda: kai.phone_numbers.assign(offer, agent_id="nobody"))
    assert kai.phone_numbers.release(offer).success is True
    assert kai.phone_numbers.list(phone_number=offer).number is None
    expect_error(404, "not_found", lambda: kai.phone_numbers.release(offer))


def webhooks_and_events(kai, business_id, place):
    """`place` places a call and returns it when it is over."""
    with Receiver() as receiver:
        made = kai.webhooks.create(receiver.url, events=["call.completed", "call.failed"], description="The till")
        assert made.id and made.webhook_secret.startswith("whsec_") and made.is_active is True, made
        (listed,) = [one for one in kai.webhooks.list().webhooks if one.id == made.id]
        assert listed.webhook_secret is None and listed.url == receiver.url, listed
        assert listed.webhook_secret_masked.endswith(made.webhook_secret[-4:]), listed
        assert listed.events == ["call.completed", "call.failed"], listed
        assert "call.completed" in kai.webhooks.list().events

        assert kai.webhooks.test(made.id, data={"hello": "there"}).success is True
        headers, body, said = receiver.next()
        assert said["event"] == "webhook.test" and signed(headers, body, made.webhook_secret), said
        renewed = kai.webhooks.rotate_secret(made.id)
        assert renewed.webhook_secret.startswith("whsec_") and renewed.webhook_secret != made.webhook_secret, renewed

        call = place()
        headers, body, said = receiver.next()
        about = said.get("data", said)
        assert about["call_id"] == call.id and said["event"] in ("call.completed", "call.failed"), said
        assert signed(headers, body, renewed.webhook_secret) and not signed(headers, body, made.webhook_secret), said
        kind, event_id = said["event"], said["event_id"]

        happened = kai.events.list(object_id=call.id, object_type="call", business_id=business_id).events
        kinds = [event.event_type for event in happened]
        assert kinds[0] == kind and "call.queued" in kinds, kinds
        (event,) = kai.events.list(event_id=event_id).events
        assert (event.id, event.object_id) == (event_id, call.id), event
        assert kai.events.list(from_="2099-01-01T00:00:00Z").events == []
        expect_error(400, "invalid_request", lambda: kai.events.list(from_="yesterday"))

        def deliveries():
            return kai.events.deliveries(event_id=event_id, webhook_id=made.id).deliveries

        first = eventually(deliveries, "the delivery of the event")
        assert first[0].response_status == 200 and first[0].status == "succeeded", first

        assert kai.events.replay(event_id=event_id).replayed == 1
        _, _, again = receiver.next()
        assert again["event_id"] == event_id, again
        assert kai.events.replay(filter={"object_id": call.id, "event_type": kind}).replayed == 1
        receiver.next()
        answer = kai.events.backfill("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", event_type=kind, business_id=business_id)
        assert answer.backfilled >= 1, answer
        expect_error(404, "not_found", lambda: kai.events.replay(event_ids=["evt_nobody"]))
        expect_error(400, "invalid_request", kai.events.replay)
        expect_error(400, "invalid_request", lambda: kai.events.backfill("2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"))

        changed = kai.webhooks.create(receiver.url, id=made.id, is_active=False)
        assert (changed.id, changed.is_active, changed.webhook_secret) == (made.id, False, None), changed
        assert kai.webhooks.delete(made.id).success is True
        assert made.id not in [one.id for one in kai.webhooks.list().webhooks]
        expect_error(404, "not_found", lambda: kai.webhooks.test(made.id))
        expect_error(404, "not_found", lambda: kai.webhooks.rotate_secret(made.id))
        expect_error(400, "invalid_request", lambda: kai.webhooks.create("ftp://example.com"))


def communication_runs(kai, agent_id, business_id, people):
    """Returns how many phones the runs rang: one."""
    called, waiting = people
    wish = {"agent_id": agent_id, "recipients": [{"to": called, "name": "Ada"}], "external_ref": "till-7"}
    checked = kai.communication_runs.validate(wish)
    assert checked.valid is True and checked.errors == [], checked
    checked = kai.communication_runs.validate({**wish, "recipients": []})
    assert checked.valid is False and checked.errors[0].code == "invalid_request", checked
    shown = kai.communication_runs.preview(wish)
    assert [job.to for job in shown.jobs] == [called], shown

    run = kai.communication_runs.create(wish, idempotency_key="till-7-once")
    again = kai.communication_runs.create(wish, idempotency_key="till-7-once")
    assert run.id and again.id == run.id and run.total_recipients == 1, (run, again)
    other = {**wish, "recipients": [{"to": waiting}]}
    expect_error(409, "idempotency_conflict", lambda: kai.communication_runs.create(other, idempotency_key="till-7-once"))
    expect_error(400, "invalid_request", lambda: kai.communication_runs.create(wish, idempotency_key=""))
    expect_error(400, "invalid_request", lambda: kai.communication_runs.create({**wish, "recipients": []}, idempotency_key="none"))

    def over():
        return [one for one in kai.communication_runs.list(id=run.id).communication_runs if one.status == "completed"]

    eventually(over, "the end of the run")
    (found,) = kai.communication_runs.list(business_id=business_id, external_ref="till-7", limit=5).communication_runs
    assert found.id == run.id, found
    (job,) = kai.communication_runs.jobs(communication_run_id=run.id, channel="call").jobs
    assert kai.communication_runs.jobs(communication_run_id=run.id, channel="sms").jobs == []
    (attempt,) = kai.communication_runs.attempts(sequence_id=job.sequence_id).attempts
    assert (job.to, job.communication_run_id, attempt.call_id) == (called, run.id, job.call_id), (job, attempt)
    assert kai.calls.get(job.call_id).id == job.call_id

    assert kai.communication_runs.pause(run.id).status == "paused"
    assert kai.communication_runs.cancel(run.id).status == "cancelled"
    expect_error(400, "invalid_request", lambda: kai.communication_runs.pause(run.id))
    expect_error(404, "not_found", lambda: kai.communication_runs.cancel("nobody"))
    return 1


def scopes(kai, session, url, agent_id, business_id):
    """A key that may only read is refused what it may not do, and one that is revoked is refused everything."""
    dashboard = KaiCalls(api_key=session, base_url=url)
    made = dashboard.request("POST", "/api/v1/keys", body={"name": "Reader"})
    assert not [scope for scope in made.scopes if not scope.endswith(":read")], made.scopes
    reader = KaiCalls(api_key=made.key, base_url=url)
    assert reader.agents.list().agents and reader.calls.list(limit=1).calls
    for refused in (
        lambda: reader.agents.create(business_id, "Ada", "You are Ada."),
        lambda: reader.agents.update(agent_id, name="Ada"),
        lambda: reader.calls.create(agent_id=agent_id, to="+12015550199"),
        lambda: reader.phone_numbers.assign("+14155550120"),
        lambda: reader.webhooks.create("https://example.com/hook"),
        reader.webhooks.list,
        reader.events.list,
        lambda: reader.communication_runs.create({"agent_id": agent_id, "recipients": []}, idempotency_key="no"),
        reader.communication_runs.list,
    ):
        expect_error(403, "forbidden", refused)
    wish = {"name": "Runner", "scopes": ["communication-runs:read", "events:replay"]}
    runner = KaiCalls(api_key=dashboard.request("POST", "/api/v1/keys", body=wish).key, base_url=url)
    assert runner.communication_runs.list().communication_runs
    assert runner.events.replay(filter={"object_id": "nobody"}).replayed == 0
    expect_error(403, "forbidden", lambda: runner.communication_runs.validate({}))
    expect_error(403, "forbidden", runner.events.list)
    expect_error(401, "unauthorized", lambda: kai.request("GET", "/api/v1/keys"))
    assert dashboard.request("DELETE", "/api/v1/keys", query={"id": made.id}).success is True
    expect_error(401, "unauthorized", reader.agents.list)
