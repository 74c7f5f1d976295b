/** Webhooks that come in. */
import { Webhook } from "standardwebhooks";

import type { Event } from "./generated/schema.js";

export { WebhookVerificationError } from "standardwebhooks";

/**
 * Checks the signature and the time of a webhook, and returns its event.
 *
 * `secret` is the `whsec_…` of the endpoint, `body` the request's body as it came: JSON that was parsed and written again has
 * another signature. Throws a `WebhookVerificationError` for one that is forged, altered, or more than five minutes old.
 *
 * A webhook comes at least once and not in order: an event's `id` tells repetitions, and `data.call.revision` tells which one
 * of a call is newer.
 */
export function verifyWebhook(
  secret: string,
  headers: Headers | Record<string, string | string[] | undefined>,
  body: string | Buffer,
): Event {
  const pairs = headers instanceof Headers ? headers.entries() : Object.entries(headers);
  const plain: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (typeof value === "string") plain[name.toLowerCase()] = value;
  }
  return new Webhook(secret).verify(body, plain) as Event;
}
