/** Server-sent events. */

/** One message of a stream. `retry` is in milliseconds. */
export interface Message {
  id?: string;
  event?: string;
  data?: string;
  retry?: number;
}

/** Reads server-sent events from bytes, however they are cut. What is not complete at the end is dropped. */
export async function* messages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  let message: Message = {};
  for await (const line of lines(chunks)) {
    if (line === "") {
      if (message.data !== undefined || message.retry !== undefined) yield message;
      message = {};
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") message.data = message.data === undefined ? value : `${message.data}\n${value}`;
    else if (name === "event") message.event = value;
    else if (name === "id" && !value.includes("\0")) message.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) message.retry = Number(value);
  }
}

/** Complete lines: they end with LF, CR LF or CR. */
async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the very end may be the first half of CR LF.
    const held = rest.endsWith("\r") ? "\r" : "";
    const found = rest.slice(0, rest.length - held.length).split(/\r\n|\r|\n/);
    rest = (found.pop() ?? "") + held;
    yield* found;
  }
}
