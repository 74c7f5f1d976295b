/**
 * A client of Switchboard's HTTP API.
 *
 * `Switchboard` places calls with idempotency keys, waits for them and follows events. Every operation of the API is on
 * `switchboard.api`, typed by the OpenAPI document.
 */
export { type CallFilters, type FollowOptions, type Options, type Placed, Switchboard } from "./client.js";
export type * from "./generated/schema.js";
export { NoAnswerError, ProblemError, SwitchboardError, UnreadableAnswerError, WaitTimeoutError } from "./problem.js";
export { EventStream } from "./stream.js";
export type { Retries } from "./transport.js";
export { verifyWebhook, WebhookVerificationError } from "./webhooks.js";
