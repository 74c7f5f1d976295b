"""KaiCalls' official Python SDK, unchanged, against Switchboard's KaiCalls-compatible surface.

    pip install kaicalls==0.1.0
    python kaicalls_sdk.py BASE_URL KEY AGENT_ID COMPLETED NO_ANSWER ELSEWHERE

The last three are numbers: one that is answered, one that is not, and one whose calls KaiCalls refuses, so that another provider makes them.
"""

import json
import sys

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


def pages(kai, limit):
    """Every call, page by page as KaiCalls documents it, and how many pages there were."""
    found, after, count = [], None, 0
    while True:
        page = kai.calls.list(limit=limit, after=after)
        found += page.calls
        count += 1
        if not page.has_more:
            return found, count
        after = page.calls[-1].created_at


def main():
    url, key, agent_id, completed, no_answer, elsewhere = sys.argv[1:]
    kai = KaiCalls(api_key=key, base_url=url)
    done = []

    call = kai.calls.create(
        agent_id=agent_id,
        to=completed,
        name="Jordan Reyes",
        context="Ask whether the shop is open on Sunday.",
        first_message="Hello!",
        lead_id="lead-7",
        max_duration=300,
    )
    assert call.id and call.status in ("queued", "in-progress"), call
    assert (call.agent_id, call.to, call.name) == (agent_id, completed, "Jordan Reyes"), call
    done.append("create")
    over = kai.calls.wait(call.id, interval=0.02, timeout=60)
    assert (over.id, over.status, over.direction) == (call.id, "completed", "outbound"), over
    assert over.duration > 0 and over.summary and over.lead_id == "lead-7", over
    silent = kai.calls.create(agent_id=agent_id, to=no_answer)
    assert kai.calls.wait(silent.id, interval=0.02, timeout=60).status == "no_answer"
    done.append("wait")

    # KaiCalls refuses this one; KallyAI makes it, under the same agent id.
    other = kai.calls.create(agent_id=agent_id, to=elsewhere)
    ended = kai.calls.wait(other.id, interval=0.02, timeout=60)
    assert (ended.status, ended.agent_id) == ("completed", agent_id), ended
    done.append("failover")

    # The SDK sends no key for repeated requests.
    repeat = expect_error(409, "possible_duplicate", lambda: kai.calls.create(agent_id=agent_id, to=elsewhere))
    assert repeat.body["error"]["call_id"] == other.id, repeat.body
    done.append("repeat")

    more = [kai.calls.create(agent_id=agent_id, to=f"+1201555030{number}") for number in range(8)]
    for one in more:
        kai.calls.wait(one.id, interval=0.02, timeout=60)
    made = {call.id, silent.id, other.id} | {one.id for one in more}
    listed = kai.calls.list(limit=100)
    assert {one.id for one in listed.calls} == made and listed.has_more is False, listed
    assert [one.id for one in kai.calls.list(status="no_answer").calls if one.id == silent.id] == [silent.id]
    assert kai.calls.list(agent_id="nobody").calls == []
    assert len(kai.calls.list(agent_id=agent_id).calls) == len(made)
    done.append("list")

    # The server makes calls at whole seconds, so many have the same time.
    for limit in (1, 3, 100):
        found, count = pages(kai, limit)
        ids = [one.id for one in found]
        assert len(ids) == len(set(ids)) and set(ids) == made, (limit, ids)
        times = [one.created_at for one in found]
        assert times == sorted(times, reverse=True), times
        assert count <= len(set(times)), (count, times)
    assert len({one.created_at for one in listed.calls}) < len(made), "no two calls have the same time"
    done.append("pages")

    recording = kai.recordings.get(call.id)
    assert recording.call_id == call.id and recording.status == "available", recording
    said = [one for one in kai.transcripts.list(limit=100, days=1).transcripts if one.call_id == call.id]
    assert said and "AI: " in said[0].transcript, said
    done.append("content")

    assert agent_id in [agent.id for agent in kai.agents.list().agents]
    assert kai.agents.get(agent_id).id == agent_id
    assert isinstance(kai.phone_numbers.list().numbers, list)
    done.append("agents")

    (business,) = kai.account.balance().businesses
    assert business.business_id == over.business_id and business.minutes_used >= 1, business
    rows = kai.account.usage(limit=500).usage
    assert {row.call_id for row in rows} == made, rows
    done.append("account")

    expect_error(404, "not_found", lambda: kai.calls.get(NOBODY))
    expect_error(404, "not_found", lambda: kai.calls.create(agent_id="nobody", to=completed))
    expect_error(400, "invalid_request", lambda: kai.calls.create(agent_id=agent_id, to="12015550101"))
    expect_error(400, "invalid_request", lambda: kai.calls.create(agent_id=agent_id, to=completed, max_duration=5))
    expect_error(400, "invalid_request", lambda: kai.calls.list(limit="many"))
    expect_error(401, "unauthorized", KaiCalls(api_key="kc_live_stranger", base_url=url).calls.list)
    done.append("errors")

    for request in (
        lambda: kai.agents.create("acme", "Ada", "You are Ada."),
        lambda: kai.agents.update(agent_id, name="Ada"),
        lambda: kai.agents.versions(agent_id),
        kai.leads.list,
        kai.sms.conversations,
        kai.workspaces.list,
        kai.evals.list,
        kai.analytics.weekly,
        kai.phone_numbers.available,
        lambda: kai.communication_runs.create({}, idempotency_key="k"),
        lambda: kai.events.replay(event_id="evt_1"),
        kai.discovery.schemas,
    ):
        expect_error(501, "not_supported", request)
    expect_error(403, "forbidden", lambda: kai.request("GET", "/api/v1/keys"))
    assert kai.discovery.health().status == "ok"
    assert kai.discovery.capabilities().capabilities.calls is True
    assert kai.discovery.openapi().paths
    done.append("not supported")

    print(json.dumps({"done": done, "placed": len(made)}))


if __name__ == "__main__":
    main()
