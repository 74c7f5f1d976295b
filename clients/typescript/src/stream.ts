/** A stream of events that goes on where it broke off. */
import type { Event } from "./generated/schema.js";
import { NoAnswerError, ProblemError } from "./problem.js";
import { messages } from "./sse.js";

const LONGEST_WAIT = 30_000;
/** A comment comes every 15 seconds: a connection that is silent for longer than this is dead. */
const SILENCE = 45_000;

/** What a stream is made of. */
export interface StreamParts {
  after: string | null;
  /** Opens the connection behind a cursor. */
  connect: (cursor: string | null, signal: AbortSignal) => Promise<Response>;
  /** What is read before it, page by page. */
  earlier: () => AsyncIterable<{ events: Event[]; cursor: string }>;
  /** How many connections in a row may fail. */
  reconnects: number;
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Events as they happen, in order, each at least once: `for await (const event of stream)`.
 *
 * When the connection breaks it connects again behind the last event, so nothing is left out. Iterating throws a
 * `ProblemError` for an answer that does not get better by itself (a wrong key, `events_gone`), and a `NoAnswerError` when too
 * many connections in a row failed. It ends with `close`, or with the loop.
 */
export class EventStream implements AsyncIterable<Event> {
  /** The place behind the last event that it gave: keep it to go on in another process. */
  cursor: string | null;
  readonly #parts: StreamParts;
  readonly #closed = new AbortController();

  constructor(parts: StreamParts) {
    this.cursor = parts.after;
    this.#parts = parts;
  }

  /** Ends the stream. */
  close(): void {
    this.#closed.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    const { connect, earlier, reconnects, sleep } = this.#parts;
    for await (const page of earlier()) {
      yield* page.events;
      // Only the end of a page has a cursor, so it counts once all of the page was given.
      this.cursor = page.cursor;
    }
    let retry = 2_000;
    let failures = 0;
    while (!this.#closed.signal.aborted) {
      let cause: unknown;
      const watch = new Watch(this.#closed.signal);
      try {
        const response = await connect(this.cursor, watch.signal);
        for await (const message of messages(watch.bytes(response))) {
          failures = 0;
          if (message.retry !== undefined) retry = message.retry;
          // Only events have an id; what has none is about the connection.
          if (message.id === undefined || message.data === undefined) continue;
          this.cursor = message.id;
          yield JSON.parse(message.data) as Event;
        }
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        if (error instanceof ProblemError && error.status < 500 && error.status !== 429) throw error;
        cause = error;
      } finally {
        watch.end();
      }
      failures += 1;
      if (failures > reconnects) throw new NoAnswerError("the event stream cannot be reached", { cause });
      const backoff = Math.min(LONGEST_WAIT, retry * 2 ** (failures - 1)) * (0.8 + Math.random() / 5);
      const asked = cause instanceof ProblemError ? (cause.retryAfter ?? 0) : 0;
      try {
        await sleep(Math.max(asked, backoff), this.#closed.signal);
      } catch {
        return;
      }
    }
  }
}

/** Ends a connection that was silent for too long, or that nobody reads any more. */
class Watch {
  readonly #over = new AbortController();
  readonly signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(closed: AbortSignal) {
    this.signal = AbortSignal.any([closed, this.#over.signal]);
    this.#restart();
  }

  async *bytes(response: Response): AsyncGenerator<Uint8Array> {
    if (!response.body) return;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      this.#restart();
      yield chunk;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#over.abort(), SILENCE);
  }
}
