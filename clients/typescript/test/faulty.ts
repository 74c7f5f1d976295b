/** A proxy that breaks connections, for tests. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/**
 * What becomes of a request. `garble`: the answer has another body. `lose`: the server answers, and the answer is lost. `cut`: the answer ends in its middle. A
 * number: this answer instead of the server's. `hang`: nothing is answered. `one`: of a stream, the first event only. `pass`:
 * nothing.
 */
export type Fault = "garble" | "lose" | "cut" | "hang" | "one" | "pass" | number;

/** Passes requests on to a server, and does one thing of the plan to each of the first ones. */
export class Faulty {
  readonly requests: { method: string; path: string; key: string | undefined }[] = [];
  url = "";
  readonly #plan: Fault[];
  readonly #server = createServer((request, response) => void this.#handle(request, response));

  private constructor(
    private readonly target: string,
    plan: Fault[],
  ) {
    this.#plan = [...plan];
  }

  static async start(target: string, ...plan: Fault[]): Promise<Faulty> {
    const faulty = new Faulty(target, plan);
    faulty.#server.listen(0, "127.0.0.1");
    await once(faulty.#server, "listening");
    faulty.url = `http://127.0.0.1:${(faulty.#server.address() as AddressInfo).port}`;
    return faulty;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [method, path] = [request.method ?? "", request.url ?? ""];
    this.requests.push({ method, path, key: request.headers["idempotency-key"] as string | undefined });
    const fault = this.#plan.shift() ?? "pass";
    if (fault === "hang") return;
    if (typeof fault === "number") {
      response.writeHead(fault, { "content-length": "0" }).end();
      return;
    }
    const { host: _, connection: __, ...headers } = request.headers;
    const passed = forward(this.target + path, { method, headers });
    passed.end(Buffer.concat(chunks));
    response.on("close", () => passed.destroy());
    passed.on("error", () => response.destroy());
    const [answer] = (await once(passed, "response")) as [IncomingMessage];
    if (fault === "lose") {
      await drain(answer);
      response.destroy();
      return;
    }
    if (fault === "garble") {
      await drain(answer);
      response.writeHead(answer.statusCode ?? 500).end("<p>Welcome</p>");
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === "one") {
      let text = "";
      for await (const chunk of answer) {
        text += String(chunk);
        const end = text.search(/\ndata:.*\n\n/);
        if (end < 0) continue;
        // In the middle of what follows, so that its end is not an orderly one.
        const whole = text.slice(0, text.indexOf("\n\n", end) + 2);
        response.write(`${whole}id: half`, () => response.destroy());
        return;
      }
    } else if (fault === "cut") {
      const body = await drain(answer);
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    } else {
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    }
  }
}

async function drain(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
