// What the browser tests share: the real program, the real browser, and waiting with a deadline.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { note_states } from "./notes.js";

/**
 * How long is waited for what comes by itself: much longer than it takes, for on a busy machine
 * everything comes later. What is promised in less is measured by the page's own clock.
 */
export const SOON_MS = 60_000;

/** What is open closes by itself when nobody touches it for 30 s: what closes it sooner is waited for so long. */
export const OPEN_MS = 20_000;

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const OUTPUT = fileURLToPath(new URL("../output/", import.meta.url));

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What the driver tells a browser so that hidden pages are not slowed down; a clinic's browser does. */
const KINDNESSES = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** The program under test. */
function program() {
  const built = ["release", "debug"].map((kind) => join(ROOT, "target", kind, "chairside"));
  const found = [process.env.CHAIRSIDE_BIN, ...built].find((path) => path && existsSync(path));
  if (!found) throw new Error("there is no chairside binary: build it, or set CHAIRSIDE_BIN");
  return found;
}

/** The browser to test with. */
function browser_path() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
  if (!found) throw new Error("there is no Chromium: install it, or set CHROMIUM");
  return found;
}

/** Starts the browser, with more flags if there are any. */
export function launch(...flags) {
  return chromium.launch({ executablePath: browser_path(), args: [...FLAGS, ...flags], ignoreDefaultArgs: KINDNESSES });
}

/** A folder that goes when the tests end. */
export function folder() {
  const made = mkdtempSync(join(tmpdir(), "chairside-browser-"));
  ends.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** What is still to be ended, last first. */
const ends = [];

/** Keeps what is to be done when the tests end. */
export function at_end(end) {
  ends.push(end);
}

/** Ends every program that was started, and removes what was left behind. */
export async function end_all() {
  for (const end of ends.splice(0).reverse()) await end();
}

/** A running chairside command. */
class Program {
  output = "";
  #process;

  constructor(args) {
    this.#process = spawn(program(), args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on("data", (text) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.#process.on("exit", resolve);
    });
    ends.push(() => this.signal("SIGKILL"));
  }

  /** Sends a signal to this one process. */
  async signal(name) {
    const running = this.#process.exitCode === null && this.#process.signalCode === null;
    if (running) this.#process.kill(name);
    if (name === "SIGKILL" || name === "SIGTERM") await this.ended;
  }

  /** Waits until the program prints what is expected, and returns the match. */
  printed(pattern, within_ms = SOON_MS) {
    return until(`${pattern} in the output of the program`, () => pattern.exec(this.output), within_ms, () => this.output);
  }
}

/** Starts `demo` or `serve` and waits until it listens. */
export async function start(...args) {
  const running = new Program(args);
  const [, address] = await running.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
  running.address = address;
  running.listening_at = Date.now();
  return running;
}

/** Returns what a command prints that ends by itself. */
export function said(...args) {
  return execFileSync(program(), args, { cwd: ROOT, encoding: "utf8" });
}

/**
 * Starts a simulated device that plays a recorded series, or a scenario if the file is one (`.json`),
 * with more options of `chairside simulate` if there are any.
 */
export async function simulate(device, story, link, ...options) {
  const kind = story.endsWith(".json") ? "--scenario" : "--recording";
  const running = new Program(["simulate", "--device", device, kind, story, "--link", link, ...options]);
  await until(`the line ${link}`, () => existsSync(link), SOON_MS, () => running.output);
  return running;
}

/** Writes a series in which each metric has one value until `fall_s`, and another one from then on. */
export function series(path, { before, after = before, fall_s = 0, length_s = 900 }) {
  const head = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg";
  const rows = [head];
  for (let second = 0; second < length_s; second += 1) {
    const { spo2, pulse } = second < fall_s ? before : after;
    rows.push(`${second},,${spo2},${pulse},,,,,`);
  }
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}

/** Who is on the staff of a clinic unless a test wants others. */
const STAFF = [["mn", "M. N.", "nurse"]];

/**
 * Writes the configuration of a clinic into a folder, where its record lies too, and returns its
 * path. A bed is an id alone if it has an oximeter at `line-ID` of the folder and nothing else, or
 * else an id and its devices as `[driver, line]`; a device is called `DRIVER-ID`. `more` is what
 * else it has, in TOML.
 */
export function clinic_config(folder, beds, { staff = STAFF, port = 0, protocols = [], more = "" } = {}) {
  mkdirSync(join(folder, "data"), { recursive: true });
  const people = staff.map(([id, name, role]) => `[[staff]]\nid = "${id}"\nname = "${name}"\nrole = "${role}"\n`);
  const device = (id, [driver, line]) =>
    `[[bed.device]]\ndriver = "${driver}"\nport = "${join(folder, line)}"\nname = "${driver}-${id}"\n`;
  const rooms = beds.map((bed) => {
    const [id, ...devices] = typeof bed === "string" ? [bed, ["nonin", `line-${bed}`]] : bed;
    const head = `[[bed]]\nid = "${id}"\nname = "Room ${id}"\nprofile = "adult-ketamine"\ntraining = true\n`;
    return head + devices.map((one) => device(id, one)).join("");
  });
  const service = `[service]\nlisten = "127.0.0.1:${port}"\ndata = "${join(folder, "data")}"\n`;
  const path = join(folder, "clinic.toml");
  const named = protocols.length > 0 ? `protocols = ${JSON.stringify(protocols)}\n` : "";
  writeFileSync(path, `site = "test-clinic"\n${named}${service}${people.join("")}${rooms.join("")}${more}`);
  return path;
}

/** Opens the dashboard, and collects whatever the browser complains about. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1920, height: 1080 },
    colorScheme: "dark",
    ...options,
  });
  context.setDefaultTimeout(SOON_MS);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await page.addInitScript(note_states);
  await page.goto(address);
  return page;
}

/**
 * Waits until a state of the connection has begun after `since`, milliseconds since 1970, and
 * returns what was noted then; `after_ms` is how long after.
 */
export async function reached(page, state, since, within_ms = SOON_MS) {
  const began = async () => (await states_after(page, since)).find((one) => one.state === state);
  return until(`the state ${state}`, began, within_ms);
}

/** What was noted of each state of the connection that began after `since`, in their order. */
export async function states_after(page, since) {
  const all = await page.evaluate(() => globalThis.states);
  return all.filter(({ at }) => at >= since).map((one) => ({ ...one, after_ms: one.at - since }));
}

/** Waits until the page is live. */
export async function live(page, within_ms = SOON_MS) {
  await page.waitForSelector('body[data-connection="live"]', { timeout: within_ms });
}

/**
 * Presses until somebody is asked who it is, and returns what for. A card takes no press in the half
 * second after it, or what is above it, has moved: as a person does, one reads again and presses.
 */
export async function asked(page, press) {
  const question = page.locator("#person");
  await until("the question who it is", async () => {
    await press();
    // A tap becomes a press a moment later.
    return question.waitFor({ timeout: 1_000 }).then(() => true, () => false);
  }, SOON_MS, () => "");
  return page.locator("#person-reason").textContent();
}

/** Waits for something to become true, with a deadline. */
export async function until(what, condition, within_ms = SOON_MS, told = () => "") {
  const deadline = Date.now() + within_ms;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${within_ms} ms: ${what}\n${told()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

/** Holds what flashes in its bright or its dark half, and returns what lets it flash again. */
export async function held(page, dark) {
  const marks = ["data-dark-high", "data-dark-medium"];
  await page.evaluate(
    ([names, set]) => {
      const root = document.documentElement;
      const hold = () => {
        for (const name of names) if (root.hasAttribute(name) !== set) root.toggleAttribute(name, set);
      };
      hold();
      globalThis.holding = new MutationObserver(hold);
      globalThis.holding.observe(root, { attributeFilter: names });
    },
    [marks, dark],
  );
  return () => page.evaluate(() => globalThis.holding.disconnect());
}

/** A picture of the page, in which what flashes is in its bright half. */
export async function snapped(page) {
  const release = await held(page, false);
  const png = await page.screenshot();
  await release();
  return png;
}

/** Keeps a picture of the page, to be looked at. */
export async function picture(page, name) {
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(join(OUTPUT, `${name}.png`), await snapped(page));
}

/** The text of a cell of a bed. */
export function cell(page, bed, name, part = "value") {
  return page.locator(`[data-bed="${bed}"] [data-cell="${name}"] .${part}`);
}
