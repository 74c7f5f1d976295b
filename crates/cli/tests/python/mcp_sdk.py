"""The official Python SDK of the Model Context Protocol, against Switchboard's MCP server.

    pip install mcp==2.3.0
    python mcp_sdk.py URL CONFIRM_KEY NEVER_KEY TO PROGRAM [ARGUMENT ...]

Over HTTP at URL: CONFIRM_KEY is a key whose calls a person has to confirm, NEVER_KEY one whose calls need no confirmation. Over
standard input and output: PROGRAM is started once for each client. TO is the number to call.
"""

import asyncio
import json
import os
import sys
import uuid

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import ElicitResult

VERSIONS = {"auto": "2026-07-28", "legacy": "2025-11-25"}


class Person:
    """Answers every question in the same way, and counts them."""

    def __init__(self, action, ticked=True):
        self.action, self.ticked, self.asked = action, ticked, []

    async def __call__(self, context, params):
        self.asked.append(params.message)
        content = {"place_this_call": self.ticked} if self.action == "accept" else None
        return ElicitResult(action=self.action, content=content)


def call(to):
    return {
        "idempotency_key": str(uuid.uuid4()),
        "to": to,
        "task": "Ask for the opening hours, for Quillfeather.",
        "purpose": "reservation",
        "on_behalf_of": "Ada Lovelace",
        "callback_number": "+442079460018",
    }


def problem(result):
    assert result.is_error, result
    return json.loads(result.content[-1].text)


def answer(result):
    assert not result.is_error, result
    return result.structured_content


async def placed(client, to):
    """Places a call, and follows it to its end. The SDK checks each answer against its schema."""
    arguments = call(to)
    first = answer(await client.call_tool("place_call", arguments))
    again = answer(await client.call_tool("place_call", arguments))
    assert again["call"]["id"] == first["call"]["id"] and again["replayed"], again
    one = {"call": first["call"]["id"]}
    while True:
        over = answer(await client.call_tool("wait_for_call", {**one, "timeout_seconds": 50}))
        if over["call"]["settled"]:
            break
    assert over["call"]["status"] == "closed", over
    listed = await client.call_tool("list_calls", {"limit": 5})
    assert one["call"] in [each["id"] for each in answer(listed)["calls"]], listed
    assert to[3:] not in listed.model_dump_json(), listed
    if over["call"]["outcome"] == "completed":
        said = answer(await client.call_tool("get_transcript", one))
        assert "stranger" in said["notice"], said


async def meet(connect, mode, confirms, to):
    """What holds for a client of this version; `confirms` says whether it can ask a person."""
    yes = Person("accept")
    async with Client(connect(), mode=mode, elicitation_callback=yes) as client:
        assert client.protocol_version == VERSIONS[mode], client.protocol_version
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert "place_call" in tools and len(tools) == 9, tools
        wrong = problem(await client.call_tool("place_call", {**call(to), "taks": "x"}))
        assert (wrong["code"], wrong["field"], wrong["fix"]) == ("unknown_field", "taks", "did you mean task?"), wrong
        assert yes.asked == []
        if not confirms:
            refused = problem(await client.call_tool("place_call", call(to)))
            assert refused["code"] == "confirmation_needed" and "confirm: never" in refused["fix"], refused
            return 0
        await placed(client, to)
        assert len(yes.asked) == 1 and to in yes.asked[0], yes.asked
    for no in (Person("decline"), Person("cancel"), Person("accept", ticked=False)):
        async with Client(connect(), mode=mode, elicitation_callback=no) as client:
            refused = problem(await client.call_tool("place_call", call(to)))
            assert refused["code"] == "not_confirmed" and len(no.asked) == 1, refused
    async with Client(connect(), mode=mode) as client:
        refused = problem(await client.call_tool("place_call", call(to)))
        assert refused["code"] == "confirmation_needed", refused
    return 1


async def main():
    url, confirm, never, to, program, *arguments = sys.argv[1:]

    def over_http(key):
        headers = {"Authorization": f"Bearer {key}"}
        return lambda: streamable_http_client(url, http_client=create_mcp_http_client(headers=headers))

    def over_stdio():
        return StdioServerParameters(command=program, args=arguments, env=dict(os.environ))

    http = await meet(over_http(confirm), "auto", True, to)
    http += await meet(over_http(confirm), "legacy", False, to)
    async with Client(over_http(never)(), mode="legacy") as client:
        await placed(client, to)
    stdio = await meet(over_stdio, "auto", True, to)
    stdio += await meet(over_stdio, "legacy", True, to)
    print(json.dumps({"http": http + 1, "stdio": stdio}))


asyncio.run(main())
