/**
 * Requests that are sent again where that is safe.
 *
 * A request is repeated only if it reads, or carries idempotency keys: the server answers a key that it knows with the call
 * that it has, so nothing rings twice. Everything else is sent once.
 */
import { NoAnswerError, ProblemError, SwitchboardError, UnreadableAnswerError } from "./problem.js";

/** How often and when a request is sent again after a 5xx, a 408, a 429, a timeout or a broken connection. */
export interface Retries {
  /** How many times, after the first. The default is 4. */
  times: number;
  /** Milliseconds before the first of them; each further one waits twice as long, between half of that and all of it. */
  first: number;
  /** The longest wait in milliseconds. A `Retry-After` above it ends the attempts. */
  longest: number;
}

export interface TransportOptions {
  key: string;
  retries: Retries;
  /** How long one try may take, in milliseconds. */
  timeout: number;
  fetch: typeof fetch;
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** POST requests that may be repeated although they have no key of their own: one only reads, and each call of a batch has a key. */
const REPEATABLE = /\/v1\/(plan|calls\/batch)$/;
/** Requests that place calls. */
const PLACING = /\/v1\/calls(\/batch)?$/;

/** A `fetch` that repeats, and whose errors are those of this package. An answer that it returns is no error. */
export function repeating(options: TransportOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const key = request.headers.get("idempotency-key");
    const path = new URL(request.url).pathname;
    const places = request.method === "POST" && PLACING.test(path);
    const repeatable = request.method === "GET" || key !== null || REPEATABLE.test(path);
    let inDoubt = false;
    for (let tries = 1; ; tries++) {
      let failure: SwitchboardError;
      let isFinal = false;
      try {
        const answer = await once(request.clone(), options);
        if (answer.status < 400) {
          if (await isReadable(answer)) return answer;
          inDoubt = true;
          failure = new UnreadableAnswerError("the answer cannot be read");
        } else {
          failure = new ProblemError(answer.status, await answer.text(), answer.headers);
        }
        isFinal = answer.status < 500 && answer.status !== 408 && answer.status !== 429;
      } catch (cause) {
        // The caller ended it.
        if (request.signal.aborted) throw cause;
        failure = new NoAnswerError("no answer came", { cause });
      }
      if (!isFinal) inDoubt ||= failure.delivery !== "not_sent";
      const wait = repeatable && !isFinal ? pause(options.retries, tries, failure) : null;
      if (wait === null) {
        failure.idempotencyKey = key;
        // One try in doubt leaves all of them in doubt.
        if (places && inDoubt) failure.delivery = "unknown";
        throw failure;
      }
      await options.sleep(wait, request.signal);
    }
  };
}

/** One try, with its whole body: a connection may break in the middle of that, too. */
async function once(request: Request, options: TransportOptions): Promise<Response> {
  request.headers.set("authorization", `Bearer ${options.key}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(options.timeout)]);
  const answer = await options.fetch(request, { signal, redirect: "error" });
  const { status, statusText, headers } = answer;
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
}

/** True for JSON, and for an answer that has no body. */
async function isReadable(answer: Response): Promise<boolean> {
  const body = await answer.clone().text();
  if (body === "") return answer.status === 204 || answer.status === 304;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds to wait after this many tries, or null to give up. */
function pause(retries: Retries, tries: number, failure: SwitchboardError): number | null {
  const asked = failure instanceof ProblemError ? (failure.retryAfter ?? 0) : 0;
  if (tries > retries.times || asked > retries.longest) return null;
  const backoff = Math.min(retries.longest, retries.first * 2 ** (tries - 1));
  return Math.max(asked, backoff * (0.5 + Math.random() / 2));
}

/** Sleeps; an abort ends it with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
