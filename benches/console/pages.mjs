// Server time of every page of the console over a large ledger.
//
//     cargo bench -p switchboard-benches --bench large        # makes the ledger, once
//     cargo build --release -p switchboard-cli
//     node benches/console/pages.mjs [DIRECTORY] [SWITCHBOARD] [ROUNDS]
//
// It serves DIRECTORY/switchboard.toml (target/large), signs in as an operator and as a tenant, asks for each page ROUNDS times
// (200) one after another, and prints what the server's log says a request took, in milliseconds. Nothing is placed: no provider
// can be reached.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [directory = "target/large", program = "target/release/switchboard", rounds = "200"] = process.argv.slice(2);
const TARGET = 20;
const file = join(directory, "console.toml");
writeFileSync(file, `${readFileSync(join(directory, "switchboard.toml"), "utf8")}
[server.console]
enabled = true
[server.limits]
requests_per_minute = 1000000
`);
const env = {
  ...process.env,
  SWITCHBOARD_LARGE_SECRET: "0".repeat(63) + "1",
  SWITCHBOARD_LARGE_KEY: "kc_live_none",
};
const key = (...more) =>
  execFileSync(program, ["keys", "create", "--config", file, "--by", "bench", "--role", "admin", "--name", "pages", ...more], { env, encoding: "utf8" }).trim();
const keys = { operator: key(), tenant: key("--tenant", "tenant-3") };

const server = spawn(program, ["serve", "--json", "--config", file, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"], { env });
let ended = false;
server.on("exit", (code) => {
  ended = true;
  if (code) console.error(`the server ended with ${code}`);
});
// The log has one line for each request, in the order in which they end: one after another here.
const log = [];
let served = () => {};
createInterface({ input: server.stderr }).on("line", (line) => {
  if (!line.startsWith("{")) return console.error(line);
  const entry = JSON.parse(line);
  const found = entry.fields ?? entry;
  if (found.route) log.push(found);
  served();
});
const ready = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
const base = JSON.parse(ready).url;

async function request(path, options = {}) {
  const before = log.length;
  const answer = await fetch(`${base}${path}`, { redirect: "manual", ...options });
  const text = await answer.text();
  while (log.length === before && !ended) await new Promise((resolve) => (served = resolve));
  return { answer, text, micros: log.at(-1)?.micros };
}

async function signIn(text) {
  const body = new URLSearchParams({ key: text });
  const { answer } = await request("/console/sign-in", { method: "POST", body, headers: { origin: base, "sec-fetch-site": "same-origin" } });
  return answer.headers.get("set-cookie").split(";")[0];
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
let missed = 0;
try {
  for (const [who, text] of Object.entries(keys)) {
    const headers = { cookie: await signIn(text) };
    const menu = await request("/console", { headers });
    const places = menu.text.split('aria-label="Pages"')[1].split("</nav>")[0];
    const paths = [...places.matchAll(/<a href="([^"]+)"/g)].map((found) => found[1]);
    const first = (page, pattern) => page.text.match(pattern)?.[1];
    const calls = await request("/console/calls", { headers });
    const call = first(calls, /href="(\/console\/calls\/[0-9a-f-]{36})"/);
    if (call) paths.push(call);
    const older = first(calls, /href="(\/console\/calls\?before=[^"]+)"/);
    if (older) paths.push(older);
    paths.push("/console/calls?status=indeterminate", "/console/calls?outcome=busy&provider=south", "/console/calls?country=DE&outcome=declined");
    const experiments = await request("/console/experiments", { headers });
    const experiment = first(experiments, /href="(\/console\/experiments\/[^"]+)"/);
    if (experiment) paths.push(experiment);
    console.log(`${who}\n${"page".padEnd(52)}${"first".padStart(9)}${"p50".padStart(9)}${"p99".padStart(9)}`);
    for (const path of paths) {
      const times = [];
      const wrong = new Set();
      for (let n = 0; n < Number(rounds); n += 1) {
        const { answer, micros } = await request(path, { headers });
        if (answer.status !== 200) wrong.add(answer.status);
        times.push(micros / 1000);
      }
      const sorted = [...times].sort((a, b) => a - b);
      const p99 = quantile(sorted, 0.99);
      if (p99 > TARGET || wrong.size) missed += 1;
      const shown = [times[0], quantile(sorted, 0.5), p99].map((time) => time.toFixed(1).padStart(9)).join("");
      console.log(`${path.replace(/[0-9a-f-]{36}/, "ID").slice(0, 51).padEnd(52)}${shown}${p99 > TARGET ? "  above 20" : ""}${wrong.size ? `  status ${[...wrong]}` : ""}`);
    }
  }
} finally {
  server.kill();
}
process.exitCode = missed ? 1 : 0;
