// The console in Chromium: every page, light and dark, wide and narrow; what a browser reports; what axe finds; live updates.
// node console.mjs CONSOLE_URL ADMIN_KEY CALLER_KEY CHROMIUM SCREENSHOTS
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import axe from "axe-core";

const [consoleUrl, adminKey, callerKey, executablePath, screenshots] = process.argv.slice(2);
const base = new URL(consoleUrl).origin;
const reports = [];
let checks = 0;

function fail(where, what) {
  reports.push(`${where}: ${what}`);
}

async function api(method, path, body, key = callerKey) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const answer = await fetch(`${base}${path}`, { method, headers, body: body && JSON.stringify(body) });
  return answer.json();
}

function watch(page, where) {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) fail(where(), `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fail(where(), `script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") fail(where(), `${request.url()} failed: ${why}`);
  });
}

async function signIn(page, key) {
  await page.goto(`${consoleUrl}/sign-in`);
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
}

async function look(page, where) {
  // Figures that read many calls appear a moment after the page.
  await page.locator('[hx-trigger^="every"]').waitFor({ state: "detached" });
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")}`);
  });
  for (const one of found) fail(where, `axe: ${one}`);
  const headings = await page.locator("h1").count();
  if (headings !== 1) fail(where, `${headings} h1`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) fail(where, `the page is ${wide} pixels wider than the window`);
  checks += 1;
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const placed = await api("POST", "/v1/calls", { tenant: "demo", to: "+442079460958", task: "Ask for the <b>opening</b> hours.", tags: ["seen"] });
  const over = await api("GET", `/v1/calls/${placed.id}?wait_for=settled&timeout=50`);
  if (!over.settled) fail("seed", `the first call is ${over.status}`);

  const first = await browser.newContext();
  const seed = await first.newPage();
  watch(seed, () => "seed");
  await signIn(seed, adminKey);
  const addresses = new Map();
  for (const link of await seed.locator("nav a").all()) {
    addresses.set((await link.innerText()).trim(), new URL(await link.getAttribute("href"), base).href);
  }
  addresses.set("A call", `${consoleUrl}/calls/${placed.id}`);
  for (const [name, list] of [["A batch", "Batches"], ["An experiment", "Experiments"]]) {
    await seed.goto(addresses.get(list));
    const link = seed.locator("tbody a").first();
    if (await link.count()) addresses.set(name, new URL(await link.getAttribute("href"), base).href);
  }
  addresses.set("Not there", `${consoleUrl}/nothing`);
  const state = await first.storageState();
  await first.close();

  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, storageState: state });
      await context.addInitScript({ content: axe.source });
      const page = await context.newPage();
      let where = "";
      watch(page, () => where);
      for (const [name, address] of addresses) {
        where = `${name}, ${colorScheme}, ${width}`;
        const expected = name === "Not there" ? 404 : 200;
        // Chromium itself reports a page that is not there as an error.
        const before = reports.length;
        const answer = await page.goto(address);
        if (answer.status() !== expected) fail(where, `status ${answer.status()}`);
        if (expected !== 200) reports.splice(before);
        await look(page, where);
        if (screenshots) {
          const file = `${name.toLowerCase().replaceAll(" ", "-")}-${colorScheme}-${width}.png`;
          mkdirSync(screenshots, { recursive: true });
          await page.screenshot({ path: `${screenshots}/${file}`, fullPage: name !== "API" });
        }
      }
      await context.close();
    }
  }

  // Signing in looks right too, with a wrong key.
  const stranger = await browser.newContext();
  await stranger.addInitScript({ content: axe.source });
  const door = await stranger.newPage();
  await door.goto(`${consoleUrl}/calls`);
  await look(door, "Sign in");
  if (screenshots) await door.screenshot({ path: `${screenshots}/sign-in-light-1280.png` });
  await stranger.close();

  // By keyboard alone: the first stop is the link past the navigation, and the call can be opened.
  const context = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  watch(page, () => "by keyboard");
  await page.goto(`${consoleUrl}/calls/${placed.id}`);
  await page.keyboard.press("Tab");
  const focused = await page.evaluate(() => document.activeElement.textContent);
  if (focused !== "Skip to the content") fail("by keyboard", `the first stop is ${focused}`);
  if ((await page.content()).includes("2079460958")) fail("a call", "the number is shown before it is asked for");
  const show = page.getByRole("button", { name: "Show number and words" });
  await show.focus();
  await page.keyboard.press("Enter");
  await page.getByText("+442079460958").first().waitFor();
  if (await page.locator("dd b").count()) fail("a call", "markup of a task became part of the page");

  // A call that is placed appears by itself, within a second or so, in each of several tabs.
  const tabs = [];
  for (let n = 0; n < 7; n += 1) {
    const tab = await context.newPage();
    watch(tab, () => `tab ${n}`);
    await tab.goto(`${consoleUrl}/calls`);
    tabs.push(tab);
  }
  const last = tabs.at(-1);
  await last.locator("#live", { hasText: "Live" }).waitFor();
  const begun = Date.now();
  const second = await api("POST", "/v1/calls", { tenant: "demo", to: "+442079460959", task: "Ask whether they are open on Sunday." });
  await last.locator(`#call-${second.id}`).waitFor({ timeout: 5000 });
  const took = Date.now() - begun;
  const metrics = process.env.METRICS_URL && (await (await fetch(process.env.METRICS_URL)).text());
  const streams = metrics ? Number(/switchboard_streams (\d+)/.exec(metrics)?.[1]) : 1;
  if (streams !== 1) fail("seven tabs", `${streams} streams`);

  // Without JavaScript the pages work too.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const without = await plain.newPage();
  await signIn(without, adminKey);
  await without.goto(`${consoleUrl}/calls/${placed.id}`);
  await without.getByRole("button", { name: "Show number and words" }).click();
  await without.getByText("+442079460958").first().waitFor();
  await plain.close();

  console.log(JSON.stringify({ pages: addresses.size, checks, streams, live_update_milliseconds: took, reports }));
} finally {
  await browser.close();
}
