// What the console's pages do with JavaScript. Without it they work too, and are not live.
"use strict";
(() => {
  const STREAM = "/console/events";
  const AGAIN_AFTER = 3000;
  const CONNECT_AFTER = 15000;
  const AT_MOST_EVERY = 500;
  const root = document.documentElement;
  root.classList.add("has-script");

  // --- One stream of events for each browser: whichever tab has the lock follows it, and tells the others.

  const live = document.getElementById("live");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("switchboard-console") : null;
  let connected = null;

  function tell(state) {
    if (!live || state === connected) return;
    connected = state;
    live.dataset.on = state ? "yes" : "no";
    live.textContent = state ? "Live" : "Not connected";
  }

  function heard(message) {
    if (message.event) due(message.event);
    if ("connected" in message) {
      // What happened while nobody listened is fetched at once.
      if (message.connected && connected === false) due(null);
      tell(message.connected);
    }
  }

  function lead() {
    let source;
    let state = false;
    const say = (message) => {
      heard(message);
      if (channel) channel.postMessage(message);
    };
    const change = (now) => {
      state = now;
      say({ connected: now });
    };
    const open = () => {
      source = new EventSource(STREAM);
      source.onopen = () => change(true);
      source.onmessage = (event) => {
        const { type, data } = JSON.parse(event.data);
        say({ event: { type, call: data && data.call ? data.call.id : null } });
      };
      source.onerror = () => {
        change(false);
        // Closed for good, for example because nobody is signed in any more.
        if (source.readyState === EventSource.CLOSED) setTimeout(open, CONNECT_AFTER);
      };
    };
    if (channel) {
      channel.onmessage = (event) => {
        if (event.data.ask) channel.postMessage({ connected: state });
        else heard(event.data);
      };
    }
    open();
    return new Promise(() => {});
  }

  function follow() {
    if (!live) return;
    tell(false);
    connected = null;
    if (channel && navigator.locks) {
      channel.onmessage = (event) => {
        if (!event.data.ask) heard(event.data);
      };
      channel.postMessage({ ask: true });
      navigator.locks.request("switchboard-console", lead);
    } else {
      lead();
    }
  }

  // --- Parts of the page that name an event fetch themselves again, at most twice a second.

  const waiting = new Set();
  let timer = null;

  function due(event) {
    for (const part of document.querySelectorAll("[data-live], [data-live-call]")) {
      if (!event || concerns(part, event)) waiting.add(part.id);
    }
    if (!timer && waiting.size > 0) timer = setTimeout(refresh, AT_MOST_EVERY);
  }

  function concerns(part, { type, call }) {
    if (part.dataset.liveCall) return part.dataset.liveCall === call;
    return part.dataset.live.split(" ").some((prefix) => type.startsWith(prefix));
  }

  // A part in which somebody is writing or has something open stays as it is.
  function busy(part) {
    const at = document.activeElement;
    const writes = part.contains(at) && at.matches("input, select, textarea");
    return writes || part.querySelector("details[open] form") !== null;
  }

  function refresh() {
    timer = null;
    if (document.hidden) return;
    for (const id of [...waiting]) {
      const part = document.getElementById(id);
      if (part && busy(part)) continue;
      waiting.delete(id);
      if (part && part.hasAttribute("hx-get")) htmx.trigger(part, "news");
    }
    if (waiting.size > 0) timer = setTimeout(refresh, AGAIN_AFTER);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && waiting.size > 0) refresh();
  });

  // --- Times where the reader is, and texts to copy.

  function localTimes(within) {
    for (const time of within.querySelectorAll("time:not([title])")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.valueOf())) time.title = `${at.toLocaleString()} where you are`;
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it and copy it by hand";
    }
  });

  document.addEventListener("htmx:after:swap", () => localTimes(document));
  localTimes(document);
  follow();
})();
