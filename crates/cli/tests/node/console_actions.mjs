// Each action of the console, done with mouse and keyboard as a person does it, and what the audit log then says.
// node console_actions.mjs CONSOLE_URL ADMIN_KEY CHROMIUM
import { chromium } from "playwright-core";

const [consoleUrl, adminKey, executablePath] = process.argv.slice(2);
const base = new URL(consoleUrl).origin;
const by = `key ${adminKey.slice(3, 15)}`;
const reports = [];
const done = [];

async function api(method, path, body) {
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const answer = await fetch(`${base}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// What the audit log has on a topic of this key, newest last.
async function audited(topic) {
  const { data } = await api("GET", `/v1/audit?topic=${topic}&limit=500`);
  return data.filter((entry) => entry.by === by);
}

// Does something and expects exactly one new entry that fits.
async function action(name, topic, act, fits) {
  const before = (await audited(topic)).length;
  await act();
  const entries = (await audited(topic)).slice(before);
  const found = entries.filter(fits);
  if (found.length !== 1) reports.push(`${name}: the audit log has ${JSON.stringify(entries)}`);
  done.push(name);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => reports.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") reports.push(`console: ${message.text()}`);
  });
  // Opens what is folded, and presses the button in it.
  const press = async (summary, button) => {
    await page.locator("summary", { hasText: summary }).first().click();
    await page.getByRole("button", { name: button }).click();
    await page.locator("p.done").waitFor();
  };
  const open = (path) => page.goto(`${consoleUrl}${path}`);

  await action("sign in", "session", async () => {
    await open("/sign-in");
    await page.getByLabel("API key").fill(adminKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
  }, (entry) => entry.what.event === "signed_in");

  const later = new Date(Date.now() + 3_600_000).toISOString();
  const waits = await api("POST", "/v1/calls", { tenant: "demo", to: "+442079460810", task: "Ask for a table.", not_before: later });
  await action("stop a call", "call", async () => {
    await open(`/calls/${waits.id}`);
    await press("Stop the call", /^Stop the call to/);
  }, (entry) => entry.subject === waits.id && entry.what.stop === true);
  const stopped = await api("GET", `/v1/calls/${waits.id}`);
  if (!stopped.settled) reports.push(`stop a call: it is ${stopped.status}`);

  const doubts = (await api("GET", "/v1/calls?status=indeterminate")).data;
  if (doubts.length !== 2) reports.push(`${doubts.length} calls are in doubt`);
  const doubt = doubts[0].id;
  await action("resolve a call in doubt", "call", async () => {
    await open(`/calls/${doubt}`);
    await page.locator("summary", { hasText: "Say what became of it" }).click();
    await page.getByLabel("No phone rang").check();
    await page.getByLabel("Why (without phone numbers)").fill("The restaurant had no call.");
    await page.getByRole("button", { name: "Write this down for good" }).click();
    await page.locator("p.done").waitFor();
  }, (entry) => entry.subject === doubt && entry.what.resolve === "not_placed");
  const left = (await api("GET", "/v1/calls?status=indeterminate")).data.length;
  if (left !== 1) reports.push(`${left} calls are in doubt after one was resolved`);

  const over = (await api("GET", "/v1/calls?outcome=completed&limit=1")).data[0].id;
  await action("show number and words", "call", async () => {
    await open(`/calls/${over}`);
    await page.getByRole("button", { name: "Show number and words" }).click();
    await page.getByText("Hide them again").waitFor();
  }, (entry) => entry.subject === over && "read" in entry.what);
  await action("place a call again", "call", async () => {
    await open(`/calls/${over}`);
    await press("Place it again", /^Call .* again$/);
  }, (entry) => entry.subject === over && typeof entry.what.place_again === "string");

  const table = `to,task,not_before\n+442079460811,Ask for a table.,${later}\n+442079460812,Ask for a table.,${later}\nnobody,Ask.,\n`;
  await action("start a batch", "call", async () => {
    await open("/batches");
    const summary = page.locator("summary", { hasText: "Send a table of calls" });
    if (!(await page.getByLabel(/^CSV file/).isVisible())) await summary.click();
    await page.getByLabel(/^CSV file/).setInputFiles({ name: "calls.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await page.getByLabel("Name of the batch").fill("from-the-browser");
    await page.getByLabel("Tenant", { exact: true }).fill("demo");
    await page.getByRole("button", { name: "Check it first" }).click();
    await page.getByRole("button", { name: "Start it: 2 calls" }).click();
    await page.getByRole("heading", { level: 1, name: "Batch from-the-browser" }).waitFor();
  }, (entry) => entry.what.start_batch?.rows === 3 && entry.what.start_batch?.rejected === 1);
  await action("cancel a batch", "call", () => press("Cancel it", /^Cancel the batch/), (entry) => "cancel_batch" in entry.what);

  await action("ramp an experiment", "experiment", async () => {
    await open("/experiments");
    await page.locator("tbody a").first().click();
    await page.locator("summary", { hasText: "Change the ramp" }).click();
    await page.getByLabel("Ramp in %").fill("60");
    const form = page.locator("details[open]");
    await form.getByLabel("Why").fill("It looks well.");
    await form.getByRole("button").click();
    await page.locator("p.done").waitFor();
  }, (entry) => entry.what.ramp_percent === 60);

  let made = null;
  await action("create a key", "key", async () => {
    await open("/keys");
    await page.locator("summary", { hasText: "Make a key" }).click();
    await page.getByLabel("What it is for").fill("from the browser");
    await page.getByRole("radio", { name: /reader: reads/ }).check();
    await page.getByRole("button", { name: "Make it" }).click();
    made = (await page.locator("#secret").innerText()).trim();
  }, (entry) => entry.what.event === "key.created");
  const id = made.slice(3, 15);
  await action("revoke a key", "key", async () => {
    await open("/keys");
    await press(`Replace or revoke ${id}`, `Revoke ${id} now`);
  }, (entry) => entry.what.event === "key.revoked" && entry.subject === id);

  await action("opt somebody out", "person", async () => {
    await open("/people");
    const form = page.locator("form", { has: page.getByRole("button", { name: "Do not call them any more" }) });
    await form.getByLabel("Number").fill("+442079460813");
    await form.getByLabel("They wrote so").check();
    await form.getByLabel("Remark").fill("By letter.");
    await form.getByRole("button", { name: "Do not call them any more" }).click();
    await page.locator("p.done").waitFor();
  }, (entry) => entry.what.opt_out?.how === "written");

  // What the person sees of it.
  await open("/configuration");
  for (const word of ["start batch", "cancel batch", "place again", "resolve"]) {
    if (!(await page.locator("tbody").innerText()).includes(word)) reports.push(`the page of the audit log lacks ${word}`);
  }
  await action("sign out", "session", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
  }, (entry) => entry.what.event === "signed_out");

  console.log(JSON.stringify({ done, reports }));
} finally {
  await browser.close();
}
