// A page in a time of its own: the ward inside of it speaks as fast as the page can listen, so that
// hours pass in minutes. These functions run in the page and see nothing of this file.

/** Before the page's own scripts: its clock and timers are moved by the ward, and its socket is the ward. */
export function take_over_time() {
  const begin = performance.now();
  const time = { now: begin, zero: Date.now() - begin, frames: [], socket: null, hidden: false };
  globalThis.ward_time = time;
  performance.now = () => time.now;
  const Kept = Date;
  globalThis.Date = class extends Kept {
    constructor(...given) {
      if (given.length === 0) super(time.zero + time.now);
      else super(...given);
    }

    static now() {
      return time.zero + time.now;
    }
  };
  globalThis.requestAnimationFrame = (callback) => time.frames.push(callback);
  const timers = new Map();
  let last_timer = 0;
  globalThis.setTimeout = (callback, after_ms = 0, ...given) => {
    last_timer += 1;
    timers.set(last_timer, { at: time.now + after_ms, ring: () => callback(...given) });
    return last_timer;
  };
  globalThis.clearTimeout = (timer) => timers.delete(timer);
  time.ring = () => {
    const due = [...timers].filter(([, { at }]) => at <= time.now);
    for (const [timer, { ring }] of due) if (timers.delete(timer)) ring();
  };
  Object.defineProperty(document, "visibilityState", { get: () => (time.hidden ? "hidden" : "visible") });
  Object.defineProperty(document, "hidden", { get: () => time.hidden });
  globalThis.WebSocket = class extends EventTarget {
    static OPEN = 1;
    readyState = 1;

    constructor() {
      super();
      time.socket = this;
    }

    send() {}

    close() {}
  };
}

/**
 * Makes a ward of so many beds and greets the page. `ward_time.until(seconds)` tells of it up to so
 * many seconds from here; a hidden page is given no frames. `ward_time.said` keeps what was said
 * last of each number.
 */
export async function begin_ward(beds) {
  const { Ward } = await import("/feed/ward.js");
  const time = globalThis.ward_time;
  const ward = new Ward(beds, time.zero + time.now);
  const from = time.now;
  time.said = {};
  const tell = (message) => {
    if (message.type === "observation") time.said[`${message.bed} ${message.metric}`] = String(message.value);
    time.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  };
  const yielded = () =>
    new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(null);
    });
  time.socket.dispatchEvent(new Event("open"));
  for (const message of ward.greeting(Date.now())) tell(message);
  time.until = async (seconds) => {
    for (let steps = 1; time.now < from + seconds * 1_000; steps += 1) {
      time.now += 250;
      for (const message of ward.until(Date.now())) tell(message);
      time.ring();
      if (!time.hidden) for (const callback of time.frames.splice(0)) callback(time.now);
      // The browser lays out, paints and tidies up too.
      if (steps % 40 === 0) await yielded();
    }
  };
  time.hide = (hidden) => {
    time.hidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
}

/** In node: returns what tells of a page's memory, after what is not needed any more was thrown away. */
export async function look_inside(page) {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Performance.enable");
  return async () => {
    for (let round = 0; round < 3; round += 1) await protocol.send("HeapProfiler.collectGarbage");
    const { usedSize } = await protocol.send("Runtime.getHeapUsage");
    const { metrics } = await protocol.send("Performance.getMetrics");
    const found = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    return { heap_mb: usedSize / 2 ** 20, nodes: found.Nodes, listeners: found.JSEventListeners };
  };
}
