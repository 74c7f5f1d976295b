/**
 * Places a call over HTTP, watches it, reads its history, and receives a webhook about it.
 *
 *     npm run build --prefix clients/typescript
 *     cd examples/http/typescript && npm install
 *     SWITCHBOARD_KEY=sb_… npm start
 *
 * Start `switchboard serve --simulated` before: it prints a key, and lets webhooks go to this machine. SWITCHBOARD_URL names
 * another server than http://127.0.0.1:8080.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { type Event, Switchboard, verifyWebhook } from "switchboard-client";

const key = process.env["SWITCHBOARD_KEY"];
if (!key) throw new Error("SWITCHBOARD_KEY is not set");
const switchboard = new Switchboard({ url: process.env["SWITCHBOARD_URL"] ?? "http://127.0.0.1:8080", key });

// Receives webhooks. An event is believed only if it is signed with the endpoint's secret.
let secret = "";
const received: Event[] = [];
let arrived = () => {};
const receiver = createServer((request, response) => {
  void buffer(request).then((body) => {
    try {
      received.push(verifyWebhook(secret, request.headers, body));
      response.writeHead(204).end();
      arrived();
    } catch {
      response.writeHead(401).end();
    }
  });
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = receiver.address() as AddressInfo;
const made = await switchboard.api.POST("/v1/webhook-endpoints", {
  body: { url: `http://127.0.0.1:${port}/hook`, types: ["call.ended"] },
});
secret = made.data?.secret ?? "";

// A failure is answered by sending the same request with the same key again, which `place` does.
const placed = await switchboard.place({ to: "+442079460958", task: "Ask for the opening hours." });
const { id } = placed.call;
console.log(`placed    ${id}`);

for await (const event of switchboard.follow({ call: id, fromOldest: true })) {
  console.log(`event     ${event.type}`);
  if (event.type === "call.ended") break;
}

const call = await switchboard.wait(id);
console.log(`outcome   ${call.outcome ?? call.status}`);
const history = await switchboard.api.GET("/v1/calls/{id}/history", { params: { path: { id } } });
for (const fact of history.data?.data ?? []) {
  console.log(`history   ${fact.at.slice(11, 19)} ${fact.event}, says ${fact.by}`);
}

// The endpoint is told about every call of this key's tenant.
const isIts = (event: Event) => (event.data as { call: { id: string } }).call.id === id;
while (!received.some(isIts)) await new Promise<void>((resolve) => (arrived = resolve));
console.log(`webhook   ${received.find(isIts)?.type} ${id}`);
const path = { id: made.data?.endpoint.id ?? "" };
await switchboard.api.DELETE("/v1/webhook-endpoints/{id}", { params: { path } });
receiver.close();
receiver.closeAllConnections();
