"""KaiCalls' official Python SDK against the simulated KaiCalls.

A client that was written by the provider and knows nothing of Switchboard: what it reads is what the simulator has to answer. Run it by
hand against `switchboard sim kaicalls`, with the values of the line that it prints:

    pip install kaicalls==0.1.0
    python tests/python/kaicalls_sdk.py --unscripted URL CREDENTIAL AGENT_ID BUSINESS_ID

Calls then end as the seed has it: `--unscripted` leaves out what needs a simulator that was told otherwise. The larger surface, beyond
document 004, is in `kaicalls_surface.py`.
"""

import argparse
import json

import kaicalls_surface as surface
from kaicalls import KaiCalls
from kaicalls_surface import expect_error

COMPLETED = "+12015550101"
FAILED = "+12015550102"
NO_ANSWER = "+12015550103"
ON_DO_NOT_CALL = "+12015550104"
CALL_FAILED = "+12015550105"
RATE_LIMITED = "+12015550106"
NOT_CALLED_THERE = "+33123456789"
BY_A_RUN = ("+12015550107", "+12015550108")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("url")
    arguments.add_argument("credential")
    arguments.add_argument("agent_id")
    arguments.add_argument("business_id")
    arguments.add_argument("--session", help="the dashboard's session: with it, keys with fewer scopes are tried")
    arguments.add_argument("--unscripted", action="store_true")
    given = arguments.parse_args()
    kai = KaiCalls(api_key=given.credential, base_url=given.url)
    done = []

    # Creates, waits for, gets.
    call = kai.calls.create(
        agent_id=given.agent_id,
        to=COMPLETED,
        name="Jordan Reyes",
        context="Ask whether the shop is open on Sunday.",
        first_message="Hello!",
        max_duration=300,
    )
    assert call.id and call.status == "queued", call
    assert (call.agent_id, call.to, call.name) == (given.agent_id, COMPLETED, "Jordan Reyes"), call
    done.append("create")
    over = kai.calls.wait(call.id, interval=0.02, timeout=60)
    assert over.id == call.id, over
    if not given.unscripted:
        assert over.status == "completed" and over.duration > 0, over
        assert over.summary and over.recording_url, over
        assert over.quality_dimensions.professionalism, over
    done.append("wait")
    again = kai.calls.get(call.id)
    assert (again.id, again.status) == (call.id, over.status), again
    done.append("get")

    # Calls that fail: at the telephone, and before it.
    if not given.unscripted:
        for number, status in ((FAILED, "failed"), (NO_ANSWER, "no_answer")):
            failed = kai.calls.create(agent_id=given.agent_id, to=number)
            ended = kai.calls.wait(failed.id, interval=0.02, timeout=60)
            assert ended.status == status and ended.summary is None, ended
        error = expect_error(500, "call_failed", lambda: kai.calls.create(agent_id=given.agent_id, to=CALL_FAILED))
        assert error.body["error"]["code"] == "call_failed", error.body
        expect_error(400, "number_on_dnc", lambda: kai.calls.create(agent_id=given.agent_id, to=ON_DO_NOT_CALL))
        expect_error(429, "rate_limited", lambda: kai.calls.create(agent_id=given.agent_id, to=RATE_LIMITED))
    done.append("fail")

    # Lists, newest first, page by page.
    listed = kai.calls.list(limit=100)
    ids = [one.id for one in listed.calls]
    assert call.id in ids and len(ids) == len(set(ids)), ids
    assert listed.has_more is False, listed
    times = [one.created_at for one in listed.calls]
    assert times == sorted(times, reverse=True), times
    assert all(one.agent_id == given.agent_id for one in kai.calls.list(agent_id=given.agent_id).calls)
    assert kai.calls.list(after="2020-01-01T00:00:00Z").calls == []
    if not given.unscripted:
        page = kai.calls.list(limit=1)
        assert len(page.calls) == 1 and page.has_more is True, page
        assert [one.id for one in kai.calls.list(status="completed").calls] == [call.id]
    done.append("list")

    # Agents and numbers.
    agents = kai.agents.list().agents
    assert given.agent_id in [agent.id for agent in agents], agents
    assert kai.agents.get(given.agent_id).id == given.agent_id
    numbers = kai.phone_numbers.list().numbers
    assert numbers and all(one.phone_number.startswith("+1") for one in numbers), numbers
    assert kai.phone_numbers.list(business_id="nobody").numbers == []
    assert len(kai.phone_numbers.available(country="CA", limit=3).available_numbers) == 3
    done += ["agents", "numbers"]

    # Balance and usage.
    (business,) = kai.account.balance().businesses
    assert business.business_id == given.business_id, business
    assert business.phone_numbers == len(numbers), business
    rows = kai.account.usage(limit=500).usage
    assert call.id in [row.call_id for row in rows if row.method == "POST"], rows
    assert kai.account.usage(end="2020-01-01").usage == []
    done += ["balance", "usage"]

    # Documented errors.
    expect_error(404, "not_found", lambda: kai.calls.get("00000000-0000-4000-8000-000000000000"))
    expect_error(404, "not_found", lambda: kai.agents.get("no-such-agent"))
    expect_error(404, "not_found", lambda: kai.calls.create(agent_id="no-such-agent", to=COMPLETED))
    expect_error(400, "invalid_request", lambda: kai.calls.create(agent_id=given.agent_id, to="12015550101"))
    expect_error(400, "invalid_request", lambda: kai.calls.create(agent_id=given.agent_id, to=NOT_CALLED_THERE))
    expect_error(400, "invalid_request", lambda: kai.calls.create(agent_id=given.agent_id, to=COMPLETED, max_duration=0))
    stranger = KaiCalls(api_key="kc_live_stranger", base_url=given.url)
    expect_error(401, "unauthorized", stranger.calls.list)
    expect_error(401, "unauthorized", stranger.account.balance)
    done.append("errors")

    # Beyond document 004.
    recording = surface.recordings(kai, call)
    done.append("recordings")
    said = surface.transcripts(kai, call, given.agent_id)
    if not given.unscripted:
        assert recording.recording_url and "AI: Hello!" in said[0].transcript, (recording, said)
    done.append("transcripts")
    agent = surface.agents(kai, given.business_id)
    done.append("agents-write")
    surface.phone_numbers(kai, agent.id)
    done.append("phone-numbers")

    def place():
        placed = kai.calls.create(agent_id=agent.id, to=COMPLETED)
        return kai.calls.wait(placed.id, interval=0.02, timeout=60)

    surface.webhooks_and_events(kai, given.business_id, place)
    done += ["webhooks", "events"]
    rung = 1 + surface.communication_runs(kai, agent.id, given.business_id, BY_A_RUN)
    done.append("communication-runs")
    if given.session:
        surface.scopes(kai, given.session, given.url, agent.id, given.business_id)
        done.append("scopes")

    print(json.dumps({"done": done, "placed": len(ids) + rung}))


if __name__ == "__main__":
    main()
