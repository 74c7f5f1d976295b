/** Server-sent events, however their bytes are cut. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { type Message, messages } from "../src/sse.js";

const TEXT =
  'retry: 2345\n\n: a comment\n\nid: a\ndata: {"é": 1}\n\n' +
  "event: lagging\r\ndata: {}\r\n\r\nid: b\rdata:x\rdata:  y\r\rid: not whole\ndata: z\n";
const EXPECTED: Message[] = [
  { retry: 2345 },
  { id: "a", data: '{"é": 1}' },
  { event: "lagging", data: "{}" },
  { id: "b", data: "x\n y" },
];

test("events are read however they are cut", async () => {
  const raw = new TextEncoder().encode(TEXT);
  for (let size = 1; size <= raw.length; size++) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < raw.length; at += size) yield raw.slice(at, at + size);
    }
    const found: Message[] = [];
    for await (const message of messages(pieces())) found.push(message);
    assert.deepEqual(found, EXPECTED, `in pieces of ${size} bytes`);
  }
});
