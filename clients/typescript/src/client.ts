/** Placing calls, waiting for them, and following events. */
import createClient, { type Client } from "openapi-fetch";

import type { Call, CallRequest, Event, operations, paths, Plan } from "./generated/schema.js";
import { ProblemError, WaitTimeoutError } from "./problem.js";
import { EventStream } from "./stream.js";
import { repeating, type Retries, sleep } from "./transport.js";

/** The longest that the server waits in one request, in seconds. */
const LONGEST_WAIT = 55;
const UNDECIDED: ReadonlySet<string> = new Set(["received", "scheduled", "admitted", "attempting"]);

export interface Options {
  /** The address of the server, without `/v1`. */
  url: string;
  /** The API key, `sb_…`. */
  key: string;
  retries?: Partial<Retries>;
  /** How long one try of a request may take, in milliseconds; longer than the longest wait, 55 seconds. */
  timeout?: number;
  fetch?: typeof fetch;
  /** For tests. */
  sleep?: typeof sleep;
}

/** A call that was accepted. */
export interface Placed {
  /** The call as it stood when the answer was made. */
  call: Call;
  /** Its idempotency key: the same request with it gives this call again. */
  idempotencyKey: string;
  /** True if the same request was accepted before: by an earlier try, or by an earlier call of `place`. */
  replayed: boolean;
}

/** The filters of a list of calls. */
export type CallFilters = Omit<NonNullable<operations["listCalls"]["parameters"]["query"]>, "cursor">;

export interface FollowOptions {
  /** Begin behind this cursor. */
  after?: string;
  /** Begin at the oldest event that is kept. */
  fromOldest?: boolean;
  /** Only events of these types. */
  types?: string[];
  /** Only events about this call. */
  call?: string;
  /** How many connections in a row may fail. The default is 10. */
  reconnects?: number;
}

/** A server of Switchboard, with an API key. */
export class Switchboard {
  /**
   * Every operation of the API, typed: `switchboard.api.GET("/v1/calls/{id}", { params: { path: { id } } })`. An answer that is
   * no success is thrown as a `ProblemError`.
   */
  readonly api: Client<paths>;
  readonly #options: Required<Omit<Options, "retries" | "timeout">>;

  constructor(options: Options) {
    const { url, key, retries, timeout = 70_000 } = options;
    this.#options = {
      url: url.replace(/\/+$/, ""),
      key,
      fetch: options.fetch ?? fetch,
      sleep: options.sleep ?? sleep,
    };
    this.api = createClient<paths>({
      baseUrl: this.#options.url,
      fetch: repeating({
        key,
        timeout,
        fetch: this.#options.fetch,
        sleep: this.#options.sleep,
        retries: { times: 4, first: 500, longest: 30_000, ...retries },
      }),
    });
  }

  /**
   * Places a call. It is durable when this returns, and goes on by itself.
   *
   * Without an `idempotencyKey` a new UUID is made, and repeated by every try. To be safe against the end of this process too,
   * give a key of your own that you have stored with the reason of the call. An error has the key that was used: with
   * `delivery === "unknown"`, place the same request with the same key.
   *
   * With `wait`, it returns when the call is decided (a provider has it, or none takes it), after that many seconds at most.
   */
  async place(request: CallRequest, options: { idempotencyKey?: string; wait?: number } = {}): Promise<Placed> {
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
    const header = {
      "Idempotency-Key": idempotencyKey,
      ...(options.wait === undefined ? {} : { Prefer: `wait=${options.wait}` }),
    };
    const { data, response } = await this.api.POST("/v1/calls", { params: { header }, body: request });
    return { call: the(data), idempotencyKey, replayed: response.headers.get("idempotent-replayed") === "true" };
  }

  /** Reads a call. */
  async get(id: string): Promise<Call> {
    return the((await this.api.GET("/v1/calls/{id}", { params: { path: { id } } })).data);
  }

  /**
   * Waits until a call is decided or settled, and returns it.
   *
   * Decided: a provider has it, or none takes it. Settled: nothing more happens to it on its own. Throws a `WaitTimeoutError`,
   * which has the call as it stands, after `timeout` milliseconds; without one it waits as long as it takes.
   */
  async wait(id: string, options: { until?: "decided" | "settled"; timeout?: number } = {}): Promise<Call> {
    const { until = "settled", timeout = Infinity } = options;
    const ends = performance.now() + timeout;
    for (;;) {
      const left = Math.floor((ends - performance.now()) / 1000);
      const query = { wait_for: until, timeout: Math.max(1, Math.min(LONGEST_WAIT, left)) };
      const call = the((await this.api.GET("/v1/calls/{id}", { params: { path: { id }, query } })).data);
      if (call.settled || (until === "decided" && !UNDECIDED.has(call.status))) return call;
      if (performance.now() >= ends) throw new WaitTimeoutError(call, until);
    }
  }

  /** Stops a call: what was not sent is not sent any more, and a provider that has it is asked to end it. */
  async stop(id: string): Promise<Call> {
    return the((await this.api.POST("/v1/calls/{id}/stop", { params: { path: { id } } })).data);
  }

  /** Which providers would be asked for a call now, and why. Nothing is sent and nothing is written. */
  async plan(request: CallRequest): Promise<Plan> {
    return the((await this.api.POST("/v1/plan", { body: request })).data);
  }

  /** Every call that the filters match, newest first, page by page. */
  async *list(filters: CallFilters = {}): AsyncGenerator<Call, void> {
    let cursor: string | null = null;
    do {
      const query: CallFilters & { cursor?: string } = cursor === null ? filters : { ...filters, cursor };
      const page = the((await this.api.GET("/v1/calls", { params: { query } })).data);
      yield* page.data;
      cursor = page.has_more ? page.next_cursor : null;
    } while (cursor !== null);
  }

  /**
   * Events as they happen: all that this key may see, or only of these types or about this call.
   *
   * Without `after` and `fromOldest` it begins now. One that begins now and loses its connection before the first event begins
   * at a later now: to miss nothing, begin with a cursor, or follow one call with `fromOldest`.
   */
  follow(options: FollowOptions = {}): EventStream {
    const { after = null, fromOldest = false, types = [], call, reconnects = 10 } = options;
    const about = { ...(types.length > 0 ? { type: types } : {}), ...(call === undefined ? {} : { call }) };
    const api = this.api;
    return new EventStream({
      after,
      reconnects,
      sleep: this.#options.sleep,
      connect: (cursor, signal) => this.#connect(cursor, about, signal),
      async *earlier(): AsyncGenerator<{ events: Event[]; cursor: string }> {
        let cursor = after;
        for (let hasMore = fromOldest; hasMore; ) {
          const query = { ...about, limit: 100, ...(cursor === null ? {} : { after: cursor }) };
          const page = the((await api.GET("/v1/events", { params: { query } })).data);
          yield { events: page.data, cursor: page.next_cursor };
          cursor = page.next_cursor;
          hasMore = page.has_more;
        }
      },
    });
  }

  async #connect(
    cursor: string | null,
    about: { type?: string[]; call?: string },
    signal: AbortSignal,
  ): Promise<Response> {
    const url = new URL(`${this.#options.url}/v1/events/stream`);
    if (cursor !== null) url.searchParams.set("after", cursor);
    for (const type of about.type ?? []) url.searchParams.append("type", type);
    if (about.call !== undefined) url.searchParams.set("call", about.call);
    const headers = { authorization: `Bearer ${this.#options.key}`, accept: "text/event-stream" };
    const response = await this.#options.fetch(url, { headers, signal, redirect: "error" });
    if (response.status === 200) return response;
    throw new ProblemError(response.status, await response.text(), response.headers);
  }
}

/** The data of an answer, which is there: what is no success was thrown. */
function the<T>(data: T | undefined): T {
  if (data === undefined) throw new TypeError("the answer has no body");
  return data;
}
