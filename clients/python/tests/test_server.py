"""The client with a real server, ``switchboard serve --simulated``, whose address and key are in the environment.

SWITCHBOARD_URL=… SWITCHBOARD_KEY=… python -m unittest discover -s clients/python/tests
"""

from __future__ import annotations

import os
import unittest
import uuid
from collections.abc import Callable

from faulty import Faulty
from receiver import Receiver
from standardwebhooks import WebhookVerificationError

from switchboard_client import (
    CallRequest,
    CallStatus,
    NoAnswerError,
    Outcome,
    ProblemError,
    Retries,
    Switchboard,
    UnreadableAnswerError,
    WaitTimeoutError,
    WebhookEndpointRequest,
    verify_webhook,
)

URL = os.environ["SWITCHBOARD_URL"]
KEY = os.environ["SWITCHBOARD_KEY"]
QUICK = Retries(times=4, first=0.01)
_numbers = iter(range(100, 1000))


def request(**more: object) -> CallRequest:
    """A request to call somebody whom no other test calls, with a tag that no other has."""
    tags = more.pop("tags", [str(uuid.uuid4())])
    return CallRequest(to=f"+442079460{next(_numbers)}", task="Ask for the opening hours.", tags=tags, **more)


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.switchboard = Switchboard(URL, KEY, retries=QUICK)

    def test_a_call_from_its_request_to_its_transcript(self) -> None:
        # Whether somebody answers is chance.
        for _ in range(20):
            asked = request(metadata={"order": "8812"})
            placed = self.switchboard.place(asked)
            self.assertFalse(placed.replayed)
            uuid.UUID(placed.idempotency_key)
            self.assertEqual(placed.call.to, asked.to)
            call = self.switchboard.wait(placed.call.id, timeout=50)
            if call.outcome == Outcome.COMPLETED:
                break
        self.assertEqual((call.status, call.outcome), (CallStatus.CLOSED, Outcome.COMPLETED))
        self.assertEqual(call.metadata, {"order": "8812"})
        self.assertEqual([attempt.state.value for attempt in call.attempts], ["placed"])
        facts = self.switchboard.calls.get_call_history(call.id).data
        self.assertEqual(facts[0].event, "received")
        said = self.switchboard.calls.get_transcript(call.id).entries
        self.assertTrue(any("opening hours" in one.text for one in said))
        plan = self.switchboard.calls.get_call_plan(call.id)
        self.assertIn(call.provider, [one.provider for one in plan.candidates])

    def test_the_same_request_with_the_same_key_is_the_same_call(self) -> None:
        asked = request()
        placed = self.switchboard.place(asked, wait=20)
        self.assertNotIn(placed.call.status, (CallStatus.RECEIVED, CallStatus.ADMITTED))
        again = self.switchboard.place(asked, idempotency_key=placed.idempotency_key)
        self.assertTrue(again.replayed)
        self.assertEqual(again.call.id, placed.call.id)
        with self.assertRaises(ProblemError) as caught:
            self.switchboard.place(request(), idempotency_key=placed.idempotency_key)
        problem = caught.exception
        self.assertEqual((problem.status, problem.code), (422, "idempotency_key_reused"))
        self.assertEqual(problem.call, str(placed.call.id))

    def test_a_call_that_waits_for_its_time_is_stopped(self) -> None:
        placed = self.switchboard.place(request(not_before="2099-01-01T09:00:00Z"))
        with self.assertRaises(WaitTimeoutError) as caught:
            self.switchboard.wait(placed.call.id, until="decided", timeout=1)
        self.assertEqual(caught.exception.call.id, placed.call.id)
        self.switchboard.calls.stop_call(placed.call.id)
        call = self.switchboard.wait(placed.call.id, timeout=20)
        self.assertEqual(call.fault.code, "withdrawn")
        self.assertEqual(call.attempts, [])
        with self.assertRaises(ProblemError) as already:
            self.switchboard.calls.stop_call(placed.call.id)
        self.assertEqual((already.exception.status, already.exception.code), (409, "already_over"))

    def test_lists_are_read_page_by_page(self) -> None:
        tag = str(uuid.uuid4())
        asked = request(tags=[tag], not_before="2099-01-01T09:00:00Z")
        placed = [self.switchboard.place(asked).call.id]
        for _ in range(4):
            another = request(tags=[tag], not_before="2099-01-01T09:00:00Z")
            placed.append(self.switchboard.place(another).call.id)
        listed = self.switchboard.list_calls(tag=[tag], limit=2)
        self.assertEqual([call.id for call in listed], placed[::-1])
        scheduled = list(self.switchboard.list_calls(tag=[tag], status=["closed", "refused"]))
        self.assertEqual(scheduled, [])
        with self.assertRaises(ProblemError) as caught:
            self.switchboard.calls.list_calls(cursor="nonsense")
        self.assertEqual(caught.exception.code, "cursor_invalid")

    def test_a_plan_sends_nothing(self) -> None:
        asked = request()
        plan = self.switchboard.plans.plan_call(asked)
        self.assertEqual(plan.candidates[0].provider, "kallyai")
        self.assertEqual(list(self.switchboard.list_calls(tag=asked.tags)), [])

    def test_a_batch_says_for_each_call_what_became_of_it(self) -> None:
        good = {**request(not_before="2099-01-01T09:00:00Z").to_dict(), "idempotency_key": str(uuid.uuid4())}
        wrong = {"to": "+1911", "task": "Say hello.", "idempotency_key": str(uuid.uuid4())}
        results = self.switchboard.calls.place_calls({"calls": [good, wrong]}).results
        self.assertEqual([result.status for result in results], [201, 422])
        self.assertEqual(results[1].problem.code, "number_not_allowed")
        self.assertTrue(self.switchboard.calls.place_calls({"calls": [good]}).results[0].replayed)


class Errors(unittest.TestCase):
    def test_problems_are_typed(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            Switchboard(URL, KEY).place(CallRequest(to="+1911", task="Say hello."))
        problem = caught.exception
        self.assertEqual((problem.status, problem.code, problem.field), (422, "number_not_allowed", "to"))
        self.assertEqual(problem.delivery, "not_sent")
        self.assertTrue(problem.fix and problem.detail and problem.request_id and problem.idempotency_key)
        self.assertIn("number_not_allowed: to: ", str(problem))

        with self.assertRaises(ProblemError) as caught:
            Switchboard(URL, "sb_nonsense").keys.get_me()
        self.assertEqual((caught.exception.status, caught.exception.code), (401, "invalid_key"))
        with self.assertRaises(ProblemError) as caught:
            Switchboard(URL, KEY).calls.get_call(uuid.uuid4())
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "not_found"))
        with self.assertRaises(ProblemError) as caught:
            Switchboard(URL, KEY).providers.list_providers()
        self.assertEqual((caught.exception.code, caught.exception.scope), ("missing_scope", "providers:read"))

    def test_a_server_that_is_not_there(self) -> None:
        slept: list[float] = []
        switchboard = Switchboard("http://127.0.0.1:9", KEY)
        switchboard._transport._sleep = slept.append
        with self.assertRaises(NoAnswerError) as caught:
            switchboard.place(request())
        self.assertEqual(caught.exception.delivery, "unknown")
        uuid.UUID(caught.exception.idempotency_key)
        self.assertEqual(len(slept), 4)
        for at, waited in enumerate(slept):
            self.assertTrue(0.25 * 2**at <= waited <= 0.5 * 2**at, slept)


class Repeats(unittest.TestCase):
    """What is sent again, and what is not."""

    def with_faults(self, *plan: str, timeout: float = 70.0) -> tuple[Faulty, Switchboard]:
        faulty = Faulty(URL, *plan).start()
        self.addCleanup(faulty.close)
        return faulty, Switchboard(faulty.url, KEY, retries=QUICK, timeout=timeout)

    def calls_to(self, asked: CallRequest) -> int:
        return len(list(Switchboard(URL, KEY).list_calls(tag=asked.tags)))

    def test_a_lost_answer_is_asked_for_with_the_same_key(self) -> None:
        for fault, timeout in (("lose", 70.0), ("cut", 70.0), ("503", 70.0), ("hang", 0.5)):
            with self.subTest(fault):
                faulty, switchboard = self.with_faults(fault, timeout=timeout)
                asked = request()
                placed = switchboard.place(asked)
                keys = [key for _, _, key in faulty.requests]
                self.assertEqual(keys, [placed.idempotency_key] * 2)
                self.assertEqual(placed.replayed, fault in ("lose", "cut"))
                self.assertEqual(self.calls_to(asked), 1)

    def test_tries_in_doubt_leave_the_whole_in_doubt(self) -> None:
        # The first try was accepted, and the answer lost; the last one is refused for another reason.
        faulty, switchboard = self.with_faults("lose", "401")
        asked = request()
        with self.assertRaises(ProblemError) as caught:
            switchboard.place(asked)
        self.assertEqual((caught.exception.status, caught.exception.code), (401, None))
        self.assertEqual(caught.exception.delivery, "unknown")
        again = switchboard.place(asked, idempotency_key=caught.exception.idempotency_key)
        self.assertTrue(again.replayed)
        self.assertEqual(self.calls_to(asked), 1)
        self.assertEqual(len(faulty.requests), 3)

    def test_an_answer_that_cannot_be_read_says_which_key_it_was(self) -> None:
        _, switchboard = self.with_faults("garble")
        asked = request()
        with self.assertRaises(UnreadableAnswerError) as caught:
            switchboard.place(asked)
        self.assertEqual(caught.exception.delivery, "unknown")
        again = switchboard.place(asked, idempotency_key=caught.exception.idempotency_key)
        self.assertTrue(again.replayed)

    def test_tries_end(self) -> None:
        faulty, switchboard = self.with_faults(*["500"] * 9)
        with self.assertRaises(ProblemError) as caught:
            switchboard.place(request())
        self.assertEqual((caught.exception.status, caught.exception.delivery), (500, "unknown"))
        self.assertEqual(len(faulty.requests), 5)

    def test_only_reads_and_what_has_a_key_is_repeated(self) -> None:
        placed = Switchboard(URL, KEY).place(request(not_before="2099-01-01T09:00:00Z"))
        operations: list[tuple[Callable[[Switchboard], object], int]] = [
            (lambda switchboard: switchboard.calls.get_call(placed.call.id), 2),
            (lambda switchboard: switchboard.plans.plan_call(request()), 2),
            (lambda switchboard: switchboard.calls.stop_call(placed.call.id), 1),
        ]
        for operation, expected in operations:
            faulty, switchboard = self.with_faults("503")
            try:
                operation(switchboard)
            except ProblemError as problem:
                self.assertEqual(problem.status, 503)
            self.assertEqual(len(faulty.requests), expected)


class Events(unittest.TestCase):
    def setUp(self) -> None:
        self.switchboard = Switchboard(URL, KEY, retries=QUICK)

    def test_a_stream_that_breaks_off_goes_on_behind_the_last_event(self) -> None:
        placed = self.switchboard.place(request())
        self.switchboard.wait(placed.call.id, timeout=50)
        with self.switchboard.follow(call=placed.call.id, from_oldest=True) as stream:
            whole = [event.id for event in _until_ended(stream)]
        self.assertGreater(len(whole), 1)

        # Every connection but the last gives one event and breaks.
        oldest = self.switchboard.events.list_events(limit=1).next_cursor
        faulty = Faulty(URL, *["one"] * (len(whole) - 1)).start()
        self.addCleanup(faulty.close)
        broken = Switchboard(faulty.url, KEY).follow(after=oldest, call=placed.call.id)
        broken._sleep = lambda _: None
        with broken:
            seen = [event.id for event in _until_ended(broken)]
            self.assertEqual(seen[-len(whole) :], whole[-len(seen) :])
            self.assertEqual(len(set(seen)), len(seen))
        self.assertEqual(len(faulty.requests), len(seen))

        # In another process, from the cursor on.
        later_call = self.switchboard.place(request())
        with self.switchboard.follow(after=broken.cursor, types=["call.created"]) as stream:
            ids = (event.data["call"]["id"] for event in stream)
            self.assertIn(str(later_call.call.id), ids)

    def test_a_stream_that_does_not_get_better_ends(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            next(Switchboard(URL, "sb_nonsense").follow())
        self.assertEqual(caught.exception.code, "invalid_key")
        stream = Switchboard("http://127.0.0.1:9", KEY).follow(reconnects=3)
        slept: list[float] = []
        stream._sleep = slept.append
        with self.assertRaises(NoAnswerError):
            next(stream)
        self.assertEqual(len(slept), 3)


def _until_ended(stream):
    for event in stream:
        yield event
        if event.type == "call.ended":
            return


class Webhooks(unittest.TestCase):
    def test_a_delivery_is_verified(self) -> None:
        switchboard = Switchboard(URL, KEY, retries=QUICK)
        receiver = Receiver().start()
        self.addCleanup(receiver.close)
        asked = WebhookEndpointRequest(url=receiver.url, types=["call.ended"], metadata=True)
        key = str(uuid.uuid4())
        made = switchboard.webhooks.create_webhook_endpoint(asked, idempotency_key=key)
        again = switchboard.webhooks.create_webhook_endpoint(asked, idempotency_key=key)
        self.assertEqual((again.endpoint.id, again.secret), (made.endpoint.id, None))
        self.addCleanup(switchboard.webhooks.remove_webhook_endpoint, made.endpoint.id)

        placed = switchboard.place(request(metadata={"order": "8812"}))
        while True:
            headers, body = receiver.received.get(timeout=50)
            event = verify_webhook(made.secret, headers, body)
            self.assertEqual(event.type, "call.ended")
            if event.data["call"]["id"] == str(placed.call.id):
                break
        self.assertEqual(event.data["call"]["metadata"], {"order": "8812"})

        with self.assertRaises(WebhookVerificationError):
            verify_webhook(made.secret, headers, body.replace(b"closed", b"refused"))
        other = switchboard.webhooks.rotate_webhook_secret(made.endpoint.id, {}).secret
        with self.assertRaises(WebhookVerificationError):
            verify_webhook(other, headers, body)
        with self.assertRaises(WebhookVerificationError):
            verify_webhook(made.secret, {**headers, "Webhook-Timestamp": "1"}, body)

    def test_an_address_that_is_not_allowed(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            asked = WebhookEndpointRequest(url="https://10.0.0.1/hook")
            Switchboard(URL, KEY).webhooks.create_webhook_endpoint(asked)
        self.assertEqual((caught.exception.code, caught.exception.field), ("url_not_allowed", "url"))


if __name__ == "__main__":
    unittest.main()
