// Serves the dashboard's own files, and a ward over its websocket: the page that is measured is
// the one that a clinic opens, and what it is told costs this machine next to nothing.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { as_sent } from "../unit/script.js";
import { Ward } from "./ward.js";

export const DASHBOARD = fileURLToPath(new URL("../../../crates/chairside/dashboard/", import.meta.url));
const HERE = fileURLToPath(new URL("./", import.meta.url));
const UPLOT = fileURLToPath(new URL("../node_modules/uplot/dist/", import.meta.url));

const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png", ".webmanifest": "application/manifest+json" };

/** What a websocket's answer to its key ends with: RFC 6455, section 1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The ward speaks this often, milliseconds. */
const TICK_MS = 5;

/** What it says is gathered for so long, milliseconds: as the service does for a page. */
const GATHER_MS = 50;

/**
 * Starts a ward. With `library` each curve of the page is drawn by the chart library instead.
 * @returns {Promise<{address: string, sent: (listener: (message: object, at: number) => void) => void, close: () => void}>}
 */
export function serve(beds, { library = false, episodes = undefined } = {}) {
  const ward = new Ward(beds, Date.now(), episodes);
  const sockets = new Set();
  const gathered = [];
  let sent_at = 0;
  let listener = () => {};
  const server = createServer((request, response) => {
    const asked = new URL(request.url, "http://ward");
    const found = file_of(asked.pathname, library);
    const answer = answer_to(asked);
    if (answer) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
      return;
    }
    response.writeHead(found ? 200 : 404, { "content-type": TYPES[extname(found ?? "none.json")], "service-worker-allowed": "/" });
    response.end(found ? sent(found) : "{}");
  });
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + MAGIC).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.setNoDelay(true);
    const greeting = ward.greeting(Date.now());
    // What is being gathered is in the greeting already.
    for (const other of sockets) other.write(frame(JSON.stringify(gathered)));
    gathered.length = 0;
    for (const message of greeting) socket.write(frame(JSON.stringify(message)));
    sockets.add(socket);
    // What the page says is not listened to.
    socket.on("data", () => {});
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  const tick = setInterval(() => {
    const at = Date.now();
    for (const message of ward.until(at)) {
      gathered.push(message);
      listener(message, at);
    }
    if (gathered.length === 0 || at - sent_at < GATHER_MS) return;
    sent_at = at;
    const bytes = frame(JSON.stringify(gathered.splice(0)));
    for (const socket of sockets) socket.write(bytes);
  }, TICK_MS);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({
        address: `http://127.0.0.1:${server.address().port}`,
        sent(told) {
          listener = told;
        },
        close() {
          clearInterval(tick);
          for (const socket of sockets) socket.destroy();
          server.close();
        },
      });
    });
  });
}

/** The files that were asked for, by path: the service has its own ready too. */
const ready = new Map();

/** A file, as the service sends it. */
function sent(path) {
  if (!ready.has(path)) {
    const bytes = readFileSync(path);
    ready.set(path, path.startsWith(DASHBOARD) && path.endsWith(".js") ? as_sent(bytes.toString()) : bytes);
  }
  return ready.get(path);
}

/** The file behind a path, or null. */
function file_of(path, library) {
  if (path === "/") return join(DASHBOARD, "index.html");
  const inside = normalize(path).replace(/^\/+/, "");
  if (inside.startsWith("..")) return null;
  if (library && inside === "dashboard/wave.js") return join(HERE, "library-wave.js");
  const places = { "dashboard/": DASHBOARD, "own/": DASHBOARD, "feed/": HERE, "uplot/": UPLOT };
  for (const [head, folder] of Object.entries(places)) {
    const found = join(folder, inside.slice(head.length));
    if (inside.startsWith(head) && existsSync(found) && extname(found) in TYPES) return found;
  }
  return null;
}

/** What the service would answer, or null where the page asks for a file. */
function answer_to({ pathname, searchParams }) {
  if (pathname === "/api/v1/displays") return { displays: [] };
  const past = /^\/api\/v1\/beds\/([^/]+)\/(trend|history)$/.exec(pathname);
  if (!past) return null;
  return past[2] === "trend" ? trend(past[1], searchParams) : { alarms: [], actions: [] };
}

/** What the record would say of a bed between two times. */
function trend(bed, asked) {
  const step_s = Number(asked.get("step") ?? 10);
  const to_ms = Date.parse(asked.get("to") ?? new Date().toISOString());
  const from_ms = Date.parse(asked.get("from") ?? new Date(to_ms - 3_600_000).toISOString());
  const steps = Math.max(0, Math.round((to_ms - from_ms) / (step_s * 1_000)));
  const wave = (middle, swing) => Array.from({ length: steps }, (_, index) => Math.round(middle + swing * (Math.sin(index / 17 + Number(bed)) + Math.sin(index / 5))));
  const metric = (unit, middle, swing) => {
    const values = wave(middle, swing);
    return { unit, values, low: values.map((one) => one - 1), high: values.map((one) => one + 1) };
  };
  const cuffs = Math.floor((to_ms - from_ms) / 600_000);
  return {
    bed,
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
    step_s,
    metrics: { SpO2: metric("%", 96, 1), PulseRate: metric("/min", 72, 4), RespirationRate: metric("/min", 13, 1), EtCO2: metric("mmHg", 39, 1) },
    gaps: [],
    nibp: Array.from({ length: cuffs }, (_, index) => ({ at: new Date(from_ms + (index + 0.5) * 600_000).toISOString(), systolic: 121 + index, diastolic: 77 + index, mean: 92 + index })),
  };
}

/** A text in one frame, unmasked: RFC 6455, section 5.2. */
function frame(text) {
  const body = Buffer.from(text);
  const long = body.length > 0xffff;
  const head = Buffer.alloc(body.length < 126 ? 2 : long ? 10 : 4);
  head[0] = 0x81;
  if (body.length < 126) head[1] = body.length;
  else if (long) {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  } else {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  }
  return Buffer.concat([head, body]);
}
