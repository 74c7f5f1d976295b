// The official TypeScript SDKs of the Model Context Protocol, against Switchboard's MCP server: the first one, which speaks
// 2025-11-25, and the second one, which speaks 2026-07-28 too.
//
//     npm install @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0
//     node mcp_sdk.mjs URL CONFIRM_KEY NEVER_KEY TO PROGRAM [ARGUMENT ...]
//
// The arguments are those of mcp_sdk.py.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as second from "@modelcontextprotocol/client";
import * as secondStdio from "@modelcontextprotocol/client/stdio";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const [url, confirm, never, to, program, ...args] = process.argv.slice(2);

const call = () => ({
  idempotency_key: randomUUID(),
  to,
  task: "Ask for the opening hours, for Quillfeather.",
  purpose: "reservation",
  on_behalf_of: "Ada Lovelace",
  callback_number: "+442079460018",
});

const headers = (key) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });
const started = () => ({ command: program, args, env: process.env });

// Each SDK: how it makes a client with a person, and its transports.
const first = {
  http: (key) => new StreamableHTTPClientTransport(new URL(url), headers(key)),
  stdio: () => new StdioClientTransport(started()),
  client(person) {
    const capabilities = person ? { elicitation: { form: {} } } : {};
    const client = new FirstClient({ name: "test", version: "1" }, { capabilities });
    if (person) client.setRequestHandler(ElicitRequestSchema, person.answer);
    return client;
  },
};
const next = (mode) => ({
  http: (key) => new second.StreamableHTTPClientTransport(new URL(url), headers(key)),
  stdio: () => new secondStdio.StdioClientTransport(started()),
  client(person) {
    const capabilities = person ? { elicitation: { form: {} } } : {};
    const client = new second.Client({ name: "test", version: "1" }, { capabilities, versionNegotiation: { mode } });
    if (person) client.setRequestHandler("elicitation/create", person.answer);
    return client;
  },
});

const person = (action, ticked = true) => {
  const asked = [];
  const answer = async (request) => {
    asked.push(request.params.message);
    return action === "accept" ? { action, content: { place_this_call: ticked } } : { action };
  };
  return { asked, answer };
};

const use = (client, name, given) => client.callTool({ name, arguments: given });
const answer = (result) => {
  assert.ok(!result.isError, JSON.stringify(result));
  return result.structuredContent;
};
const problem = (result) => {
  assert.ok(result.isError, JSON.stringify(result));
  return JSON.parse(result.content.at(-1).text);
};

async function connected(sdk, transport, who, work) {
  const client = sdk.client(who);
  await client.connect(transport);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

// Places a call, and follows it to its end.
async function placed(client) {
  // From here on the SDK checks each answer against the schema that was listed.
  assert.equal((await client.listTools()).tools.length, 9);
  const given = call();
  const begun = answer(await use(client, "place_call", given));
  const again = answer(await use(client, "place_call", given));
  assert.deepEqual([again.call.id, again.replayed], [begun.call.id, true]);
  let over;
  do {
    over = answer(await use(client, "wait_for_call", { call: begun.call.id, timeout_seconds: 50 }));
  } while (!over.call.settled);
  assert.equal(over.call.status, "closed");
  const listed = await use(client, "list_calls", { limit: 5 });
  assert.ok(answer(listed).calls.some((one) => one.id === begun.call.id));
  assert.ok(!JSON.stringify(listed).includes(to.slice(3)));
  if (over.call.outcome === "completed") {
    assert.match(answer(await use(client, "get_transcript", { call: begun.call.id })).notice, /stranger/);
  }
}

// What holds for a client of this SDK; `confirms` says whether it can ask a person.
async function meet(sdk, transport, confirms) {
  const yes = person("accept");
  if (!confirms) {
    await connected(sdk, transport(), yes, async (client) => {
      const refused = problem(await use(client, "place_call", call()));
      assert.equal(refused.code, "confirmation_needed");
      assert.match(refused.fix, /confirm: never/);
    });
    return 0;
  }
  await connected(sdk, transport(), yes, placed);
  assert.equal(yes.asked.length, 1);
  assert.ok(yes.asked[0].includes(to));
  for (const no of [person("decline"), person("cancel"), person("accept", false)]) {
    await connected(sdk, transport(), no, async (client) => {
      assert.equal(problem(await use(client, "place_call", call())).code, "not_confirmed");
    });
    assert.equal(no.asked.length, 1);
  }
  await connected(sdk, transport(), undefined, async (client) => {
    assert.equal(problem(await use(client, "place_call", call())).code, "confirmation_needed");
  });
  return 1;
}

let http = await meet(next({ pin: "2026-07-28" }), () => next({ pin: "2026-07-28" }).http(confirm), true);
http += await meet(first, () => first.http(confirm), false);
await connected(first, first.http(never), undefined, placed);
let stdio = await meet(first, first.stdio, true);
stdio += await meet(next({ pin: "2026-07-28" }), next("auto").stdio, true);
console.log(JSON.stringify({ http: http + 1, stdio }));
process.exit(0);
