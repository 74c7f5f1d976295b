/** Places a call and reads it. */
import { CallsApi, Configuration } from "./client/index.js";

const { SWITCHBOARD_URL: basePath, SWITCHBOARD_KEY: accessToken, IDEMPOTENCY_KEY: idempotencyKey } = process.env;
if (!basePath || !accessToken || !idempotencyKey) throw new Error("the environment lacks something");
const calls = new CallsApi(new Configuration({ basePath, accessToken }));
const callRequest = { to: "+442079460958", task: "Ask for the opening hours.", purpose: "reservation" as const };
const placed = await calls.placeCall({ idempotencyKey, callRequest });
const read = await calls.getCall({ id: placed.id, waitFor: "settled", timeout: 55 });
console.log(read.id, read.status);
