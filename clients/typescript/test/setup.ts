/** The server of the tests, `switchboard serve --simulated`, whose address and key are in the environment. */
import { type CallRequest, type Options, Switchboard } from "../src/index.js";

export const URL = need("SWITCHBOARD_URL");
export const KEY = need("SWITCHBOARD_KEY");
/** A time that does not come in a test. */
export const LATER = "2099-01-01T09:00:00Z";

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start switchboard serve --simulated --json and set what it prints`);
  return value;
}

/** A client that does not wait long between tries. */
export function client(more: Partial<Options> = {}): Switchboard {
  return new Switchboard({ url: URL, key: KEY, retries: { first: 10 }, ...more });
}

let number = 100;

/** A request to call somebody whom no other test of this process calls, with a tag that no other has. */
export function request(more: Partial<CallRequest> = {}): CallRequest & { tags: string[] } {
  return { to: `+441914980${number++}`, task: "Ask for the opening hours.", tags: [crypto.randomUUID()], ...more };
}

/** What is thrown, as this class. */
export async function thrown<T>(kind: new (...args: never[]) => T, action: Promise<unknown>): Promise<T> {
  const failure = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof kind) return failure;
  throw new Error(`${kind.name} was expected, and it was ${String(failure)}`);
}

/** Every item of an iteration up to the first that this is true of. */
export async function upTo<T>(items: AsyncIterable<T>, isLast: (item: T) => boolean): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
    if (isLast(item)) break;
  }
  return found;
}
