/** What goes wrong, as exceptions. */
import type { Call, Problem } from "./generated/schema.js";

/** The base of every error of this package. */
export class SwitchboardError extends Error {
  override name = "SwitchboardError";
  /** The idempotency key of the request that failed, if it had one: send the same request with it to go on. */
  idempotencyKey: string | null = null;
  /**
   * Of a request that places calls: whether a phone may ring because of it, `not_sent` or `unknown`. With `unknown`, send
   * the same request with the same key. It cannot ring twice.
   */
  delivery: string | null = null;
}

/** The server answered with a problem (RFC 9457). Branch on `code`; more codes may be added. */
export class ProblemError extends SwitchboardError {
  override name = "ProblemError";
  /** The HTTP status. */
  readonly status: number;
  /** The code, to branch on. Null if something else than the server answered, for example a proxy. */
  readonly code: string | null;
  /** What went wrong this time. */
  readonly detail: string | null;
  /** The field, parameter or header that is wrong. */
  readonly field: string | null;
  /** How to fix it. */
  readonly fix: string | null;
  /** The id of the call that stands against it. */
  readonly call: string | null;
  /** The scope that the key lacks. */
  readonly scope: string | null;
  /** The cursor of every event that is kept, if events are gone. */
  readonly oldest: string | null;
  /** The request's id, to name when it is reported. */
  readonly requestId: string | null;
  /** How many milliseconds to wait before the next request. */
  readonly retryAfter: number | null;

  constructor(status: number, body: string, headers: Headers) {
    const problem = parse(body);
    super(message(status, problem));
    this.status = status;
    this.code = problem.code ?? null;
    this.detail = problem.detail ?? null;
    this.field = problem.field ?? null;
    this.fix = problem.fix ?? null;
    this.delivery = problem.delivery ?? null;
    this.call = problem.call ?? null;
    this.scope = problem.scope ?? null;
    this.oldest = problem.oldest ?? null;
    this.requestId = problem.request_id ?? headers.get("x-request-id");
    const after = Number(headers.get("retry-after") || NaN);
    this.retryAfter = after >= 0 ? after * 1000 : null;
  }
}

/** No answer came: the server cannot be reached, the connection broke, or the time was over. `cause` has more. */
export class NoAnswerError extends SwitchboardError {
  override name = "NoAnswerError";
}

/** A success came that cannot be read: from something between this client and the server. */
export class UnreadableAnswerError extends SwitchboardError {
  override name = "UnreadableAnswerError";
}

/** The call did not get there in time. */
export class WaitTimeoutError extends SwitchboardError {
  override name = "WaitTimeoutError";

  constructor(
    /** The call as it stands. */
    readonly call: Call,
    until: string,
  ) {
    super(`the call is not ${until} yet: its status is ${call.status}`);
  }
}

function parse(body: string): Partial<Problem> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Partial<Problem>) : {};
  } catch {
    return {};
  }
}

function message(status: number, problem: Partial<Problem>): string {
  if (!problem.code) return `the answer has the status ${status} and is no problem of Switchboard`;
  const what = problem.detail ?? problem.title ?? "";
  const fix = problem.fix && !what.includes(problem.fix) ? ` (${problem.fix})` : "";
  return `${problem.code}: ${problem.field ? `${problem.field}: ` : ""}${what}${fix}`;
}
