// What the console costs the browser while 500 calls a minute come in.
//
//     npm install playwright-core@1.65.1                      # in a folder of its own, beside a copy of this file
//     node browser.mjs [SWITCHBOARD] [SECONDS] [CALLS A MINUTE]
//
// It starts `switchboard serve --simulated`, opens the first page and the list of calls in Chromium, places calls at that rate
// that wait for their time, and stops each of them; so each call makes three or four events. It prints, for each page, how many
// events came, the longest task of the main thread, the time in tasks above 50 ms, and the share of the time that the main thread
// was busy (script, style, layout and painting, from the DevTools protocol). SWITCHBOARD_CHROMIUM names the browser.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program = "target/release/switchboard", seconds = "60", perMinute = "500"] = process.argv.slice(2);
const executablePath = process.env.SWITCHBOARD_CHROMIUM ?? "/usr/bin/chromium";
const server = spawn(program, ["serve", "--simulated", "--json", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
const ready = JSON.parse(await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve)));

async function api(key, method, path, body) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const answer = await fetch(`${ready.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const later = new Date(Date.now() + 3_600_000).toISOString();
let placed = 0;
async function one() {
  const to = `+4420794608${String(placed % 100).padStart(2, "0")}`;
  placed += 1;
  // Two keys, so that neither passes its limit of requests.
  const call = await api(ready.key, "POST", "/v1/calls", { to, task: `Ask for table ${placed}.`, not_before: later, allow_duplicate: true });
  await api(ready.admin_key, "POST", `/v1/calls/${call.id}/stop`);
}

const busyTime = (metrics) => metrics.metrics.find((one) => one.name === "TaskDuration").value;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  for (const path of ["", "/calls"]) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.longTasks = [];
      new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ entryTypes: ["longtask"] });
    });
    await page.goto(`${ready.console_url}/sign-in`);
    await page.getByLabel("API key").fill(ready.admin_key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Now" }).waitFor();
    await page.goto(`${ready.console_url}${path}`);
    await page.locator("#live", { hasText: "Live" }).waitFor();
    let swaps = 0;
    page.on("request", (request) => {
      if (request.headers()["hx-request"]) swaps += 1;
    });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Performance.enable");
    await page.evaluate(() => window.longTasks.splice(0));
    const before = busyTime(await devtools.send("Performance.getMetrics"));
    const begun = Date.now();
    const [from, every] = [placed, 60_000 / Number(perMinute)];
    const under = new Set();
    for (let n = 0; Date.now() - begun < Number(seconds) * 1000; n += 1) {
      const call = one().finally(() => under.delete(call));
      under.add(call);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + (n + 1) * every - Date.now())));
    }
    await Promise.all(under);
    const took = (Date.now() - begun) / 1000;
    const busy = busyTime(await devtools.send("Performance.getMetrics")) - before;
    const tasks = await page.evaluate(() => window.longTasks);
    console.log(JSON.stringify({
      page: `/console${path}`,
      seconds: Math.round(took),
      calls: placed - from,
      refreshes: swaps,
      main_thread_busy_percent: Number(((busy / took) * 100).toFixed(1)),
      longest_task_milliseconds: tasks.length ? Math.round(Math.max(...tasks)) : "below 50",
      tasks_above_50_milliseconds: tasks.length,
    }));
    await context.close();
  }
} finally {
  await browser.close();
  server.kill();
}
