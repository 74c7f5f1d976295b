/** The client with a real server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";

import {
  type Call,
  type Event,
  NoAnswerError,
  ProblemError,
  type Switchboard,
  UnreadableAnswerError,
  verifyWebhook,
  WaitTimeoutError,
  WebhookVerificationError,
} from "../src/index.js";
import { type Fault, Faulty } from "./faulty.js";
import { client, LATER, request, thrown, upTo, URL } from "./setup.js";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return upTo(items, () => false);
}

describe("calls", () => {
  test("a call from its request to its transcript", async () => {
    const switchboard = client();
    let call: Call;
    // Whether somebody answers is chance.
    let tries = 0;
    do {
      const asked = request({ metadata: { order: "8812" } });
      const placed = await switchboard.place(asked);
      assert.equal(placed.replayed, false);
      assert.match(placed.idempotencyKey, /^[0-9a-f-]{36}$/);
      assert.equal(placed.call.to, asked.to);
      call = await switchboard.wait(placed.call.id, { timeout: 50_000 });
    } while (call.outcome !== "completed" && ++tries < 20);
    assert.deepEqual([call.status, call.outcome], ["closed", "completed"]);
    assert.deepEqual(call.metadata, { order: "8812" });
    assert.deepEqual(call.attempts.map((attempt) => attempt.state), ["placed"]);
    const params = { path: { id: call.id } };
    const history = await switchboard.api.GET("/v1/calls/{id}/history", { params });
    assert.equal(history.data?.data[0]?.event, "received");
    const transcript = await switchboard.api.GET("/v1/calls/{id}/transcript", { params });
    assert.ok(transcript.data?.entries.some((one) => one.text.includes("opening hours")));
  });

  test("the same request with the same key is the same call", async () => {
    const switchboard = client();
    const asked = request();
    const placed = await switchboard.place(asked, { wait: 20 });
    assert.ok(!["received", "admitted"].includes(placed.call.status));
    const again = await switchboard.place(asked, { idempotencyKey: placed.idempotencyKey });
    assert.deepEqual([again.replayed, again.call.id], [true, placed.call.id]);
    const reused = switchboard.place(request(), { idempotencyKey: placed.idempotencyKey });
    const problem = await thrown(ProblemError, reused);
    assert.deepEqual([problem.status, problem.code, problem.call], [422, "idempotency_key_reused", placed.call.id]);
  });

  test("a call that waits for its time is stopped", async () => {
    const switchboard = client();
    const { call } = await switchboard.place(request({ not_before: LATER }));
    const late = await thrown(WaitTimeoutError, switchboard.wait(call.id, { until: "decided", timeout: 500 }));
    assert.equal(late.call.id, call.id);
    await switchboard.stop(call.id);
    const stopped = await switchboard.wait(call.id, { timeout: 20_000 });
    assert.equal(stopped.fault?.code, "withdrawn");
    assert.deepEqual(stopped.attempts, []);
    const problem = await thrown(ProblemError, switchboard.stop(call.id));
    assert.deepEqual([problem.status, problem.code], [409, "already_over"]);
    assert.equal((await switchboard.get(call.id)).revision, stopped.revision);
  });

  test("lists are read page by page", async () => {
    const switchboard = client();
    const tag = crypto.randomUUID();
    const placed: string[] = [];
    for (let n = 0; n < 5; n++) {
      placed.unshift((await switchboard.place(request({ tags: [tag], not_before: LATER }))).call.id);
    }
    const listed = await all(switchboard.list({ tag: [tag], limit: 2 }));
    assert.deepEqual(listed.map((call) => call.id), placed);
    assert.deepEqual(await all(switchboard.list({ tag: [tag], status: ["closed", "refused"] })), []);
    const wrong = switchboard.api.GET("/v1/calls", { params: { query: { cursor: "nonsense" } } });
    assert.equal((await thrown(ProblemError, wrong)).code, "cursor_invalid");
  });

  test("a plan sends nothing", async () => {
    const switchboard = client();
    const asked = request();
    assert.equal((await switchboard.plan(asked)).candidates[0]?.provider, "kallyai");
    assert.deepEqual(await all(switchboard.list({ tag: asked.tags })), []);
  });
});

describe("errors", () => {
  test("problems are typed", async () => {
    const problem = await thrown(ProblemError, client().place({ to: "+1911", task: "Say hello." }));
    assert.deepEqual(
      [problem.status, problem.code, problem.field, problem.delivery],
      [422, "number_not_allowed", "to", "not_sent"],
    );
    assert.ok(problem.fix && problem.detail && problem.requestId && problem.idempotencyKey);
    const me = await thrown(ProblemError, client({ key: "sb_nonsense" }).api.GET("/v1/me"));
    assert.deepEqual([me.status, me.code], [401, "invalid_key"]);
    const unknown = await thrown(ProblemError, client().get(crypto.randomUUID()));
    assert.deepEqual([unknown.status, unknown.code], [404, "not_found"]);
    const providers = await thrown(ProblemError, client().api.GET("/v1/providers"));
    assert.deepEqual([providers.code, providers.scope], ["missing_scope", "providers:read"]);
  });

  test("a server that is not there", async () => {
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    const nobody = client({ url: "http://127.0.0.1:9", sleep, retries: {} });
    const failure = await thrown(NoAnswerError, nobody.place(request()));
    assert.equal(failure.delivery, "unknown");
    assert.match(failure.idempotencyKey ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(slept.length, 4);
    slept.forEach((waited, at) => assert.ok(waited >= 250 * 2 ** at && waited <= 500 * 2 ** at, String(slept)));
  });
});

describe("repeats", () => {
  async function withFaults(
    run: (faulty: Faulty, switchboard: Switchboard) => Promise<void>,
    timeout: number,
    ...plan: Fault[]
  ): Promise<void> {
    const faulty = await Faulty.start(URL, ...plan);
    try {
      await run(faulty, client({ url: faulty.url, timeout }));
    } finally {
      faulty.close();
    }
  }

  const faults: [Fault, number][] = [["lose", 70_000], ["cut", 70_000], [503, 70_000], ["hang", 500]];
  for (const [fault, timeout] of faults) {
    test(`an answer is asked for with the same key: ${fault}`, () =>
      withFaults(async (faulty, switchboard) => {
        const asked = request();
        const placed = await switchboard.place(asked);
        assert.deepEqual(faulty.requests.map((one) => one.key), [placed.idempotencyKey, placed.idempotencyKey]);
        assert.equal(placed.replayed, fault === "lose" || fault === "cut");
        assert.equal((await all(client().list({ tag: asked.tags }))).length, 1);
      }, timeout, fault));
  }

  test("tries in doubt leave the whole in doubt", () =>
    withFaults(async (faulty, switchboard) => {
      // The first try was accepted, and the answer lost; the last one is refused for another reason.
      const asked = request();
      const problem = await thrown(ProblemError, switchboard.place(asked));
      assert.deepEqual([problem.status, problem.code, problem.delivery], [401, null, "unknown"]);
      const again = await switchboard.place(asked, { idempotencyKey: problem.idempotencyKey ?? "" });
      assert.equal(again.replayed, true);
      assert.equal((await all(client().list({ tag: asked.tags }))).length, 1);
      assert.equal(faulty.requests.length, 3);
    }, 70_000, "lose", 401));

  test("an answer that cannot be read says which key it was", () =>
    withFaults(async (_, switchboard) => {
      const asked = request();
      const failure = await thrown(UnreadableAnswerError, switchboard.place(asked));
      assert.equal(failure.delivery, "unknown");
      const again = await switchboard.place(asked, { idempotencyKey: failure.idempotencyKey ?? "" });
      assert.equal(again.replayed, true);
    }, 70_000, "garble"));

  test("tries end", () =>
    withFaults(async (faulty, switchboard) => {
      const problem = await thrown(ProblemError, switchboard.place(request()));
      assert.deepEqual([problem.status, problem.delivery], [500, "unknown"]);
      assert.equal(faulty.requests.length, 5);
    }, 70_000, ...Array<Fault>(9).fill(500)));

  test("only reads and what has a key is repeated", async () => {
    const { call } = await client().place(request({ not_before: LATER }));
    const operations: [(switchboard: Switchboard) => Promise<unknown>, number][] = [
      [(switchboard) => switchboard.get(call.id), 2],
      [(switchboard) => switchboard.plan(request()), 2],
      [(switchboard) => switchboard.stop(call.id), 1],
    ];
    for (const [operation, expected] of operations) {
      await withFaults(async (faulty, switchboard) => {
        if (expected === 1) assert.equal((await thrown(ProblemError, operation(switchboard))).status, 503);
        else await operation(switchboard);
        assert.equal(faulty.requests.length, expected);
      }, 70_000, 503);
    }
  });
});

describe("events", () => {
  test("a stream that breaks off goes on behind the last event", async () => {
    const switchboard = client();
    const { call } = await switchboard.place(request());
    const isEnd = (event: Event) => event.type === "call.ended";
    const whole = await upTo(switchboard.follow({ call: call.id, fromOldest: true }), isEnd);
    assert.ok(whole.length > 1);

    // Every connection but the last gives one event and breaks.
    const oldest = await switchboard.api.GET("/v1/events", { params: { query: { limit: 1 } } });
    const faulty = await Faulty.start(URL, ...Array<Fault>(whole.length - 1).fill("one"));
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    const broken = client({ url: faulty.url, sleep }).follow({ after: oldest.data?.next_cursor ?? "", call: call.id });
    const seen = await upTo(broken, isEnd);
    faulty.close();
    assert.deepEqual(seen.slice(-whole.length), whole.slice(-seen.length));
    assert.equal(faulty.requests.length, seen.length);
    // As long as the server asks for: two seconds and a random part of a third, and never much less.
    assert.ok(slept.every((waited) => waited >= 1_600 && waited <= 3_000), String(slept));

    // In another process, from the cursor on.
    const later = await switchboard.place(request());
    const stream = switchboard.follow({ after: broken.cursor ?? "", types: ["call.created"] });
    const id = (event: Event) => (event.data as { call: { id: string } }).call.id;
    assert.equal(id((await upTo(stream, (event) => id(event) === later.call.id)).at(-1) as Event), later.call.id);
  });

  test("a stream that does not get better ends", async () => {
    const refused = await thrown(ProblemError, all(client({ key: "sb_nonsense" }).follow()));
    assert.equal(refused.code, "invalid_key");
    const slept: number[] = [];
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    const nobody = client({ url: "http://127.0.0.1:9", sleep });
    await thrown(NoAnswerError, all(nobody.follow({ reconnects: 3 })));
    assert.equal(slept.length, 3);
  });

  test("a stream that is closed ends", async () => {
    const stream = client().follow();
    const read = all(stream);
    stream.close();
    assert.deepEqual(await read, []);
  });
});

describe("webhooks", () => {
  test("a delivery is verified", async () => {
    const switchboard = client();
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];
    let arrived = () => {};
    const receiver = createServer((incoming, response) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      incoming.on("end", () => {
        received.push({ headers: incoming.headers, body });
        response.writeHead(204).end();
        arrived();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const made = await switchboard.api.POST("/v1/webhook-endpoints", {
      body: { url, types: ["call.ended"], metadata: true },
      params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    });
    const { secret, endpoint } = made.data ?? assert.fail();
    assert.ok(secret);
    const { call } = await switchboard.place(request({ metadata: { order: "8812" } }));

    const idOf = (body: string) => (JSON.parse(body) as { data: { call: { id: string } } }).data.call.id;
    while (!received.some(({ body }) => idOf(body) === call.id)) {
      await new Promise<void>((resolve) => (arrived = resolve));
    }
    const { headers, body } = received.find((one) => idOf(one.body) === call.id) ?? assert.fail();
    const event = verifyWebhook(secret, headers, body);
    assert.equal(event.type, "call.ended");
    assert.deepEqual((event.data as { call: { metadata: unknown } }).call.metadata, { order: "8812" });

    assert.throws(() => verifyWebhook(secret, headers, body.replace("closed", "refused")), WebhookVerificationError);
    assert.throws(
      () => verifyWebhook(secret, { ...headers, "webhook-timestamp": "1" }, body),
      WebhookVerificationError,
    );
    const params = { path: { id: endpoint.id } };
    const rotated = await switchboard.api.POST("/v1/webhook-endpoints/{id}/rotate-secret", { params, body: {} });
    assert.throws(() => verifyWebhook(rotated.data?.secret ?? "", headers, body), WebhookVerificationError);
    await switchboard.api.DELETE("/v1/webhook-endpoints/{id}", { params });
    receiver.close();
    receiver.closeAllConnections();
  });

  test("an address that is not allowed", async () => {
    const body = { url: "https://10.0.0.1/hook" };
    const problem = await thrown(ProblemError, client().api.POST("/v1/webhook-endpoints", { body }));
    assert.deepEqual([problem.code, problem.field], ["url_not_allowed", "url"]);
  });
});
