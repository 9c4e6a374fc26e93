import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { mock, test } from "node:test";

import typescript from "typescript";

import { Acting } from "../../../crates/chairside/dashboard/acting.js";
import { Actions } from "../../../crates/chairside/dashboard/actions.js";
import { contact } from "../../../crates/chairside/dashboard/calling/contact.js";
import { Announcer, QUIET_MS } from "../../../crates/chairside/dashboard/announce.js";
import { is_dark, next_turn, TURN_MS } from "../../../crates/chairside/dashboard/flash.js";
import { Guard } from "../../../crates/chairside/dashboard/guard.js";
import { wait_ms } from "../../../crates/chairside/dashboard/net.js";
import { Panel, UNTOUCHED_MS } from "../../../crates/chairside/dashboard/panel.js";
import { banners, connection_words } from "../../../crates/chairside/dashboard/status.js";
import { read } from "../../../crates/chairside/dashboard/wire.js";
import { age, countdown, initials, initials_of, number, spelled, timer } from "../../../crates/chairside/dashboard/words.js";
import { alarm, Feed } from "./feed.js";
import { as_sent } from "./script.js";

const FOLDER = new URL("../../../crates/chairside/dashboard/", import.meta.url);

test("a browser's subscription stands in clinic.toml as a text of TOML, whatever is in it", () => {
  const address = JSON.stringify({ endpoint: "https://push.example/a'b\u007f", keys: { auth: "x_-" } });
  assert.equal(
    contact('the "front" desk', address),
    `[[staff.contact]]\nchannel = "the \\"front\\" desk"\naddress = "{\\"endpoint\\":\\"https://push.example/a'b\\u007f\\",\\"keys\\":{\\"auth\\":\\"x_-\\"}}"\n`,
  );
});

test("what is not a message is not taken for one", () => {
  for (const text of ["", "{", "null", "7", "[]", '{"type":1}', '"x"', undefined, new ArrayBuffer(2)]) {
    assert.deepEqual(read(text), []);
  }
  assert.deepEqual(read('{"type":"heartbeat"}'), [{ type: "heartbeat" }]);
});

test("of several messages in one frame each is taken, in order, and what is none is passed over", () => {
  assert.deepEqual(read('[{"type":"link","seq":1},null,7,{"type":1},{"type":"heartbeat","seq":2}]'), [
    { type: "link", seq: 1 },
    { type: "heartbeat", seq: 2 },
  ]);
});

test("a high alarm flashes at 2 Hz and a medium one at 0.6 Hz, bright for four or five tenths of the time", () => {
  for (const [priority, hertz] of [["high", 2], ["medium", 0.6]]) {
    assert.ok(Math.abs(1_000 / TURN_MS[priority] - hertz) < 0.02, priority);
    const dark = Array.from({ length: 10_000 }, (_, now) => is_dark(priority, now));
    const changes = dark.filter((one, now) => now > 0 && one !== dark[now - 1]).length;
    assert.ok(Math.abs(changes - 20 * hertz) <= 1, `${changes} changes in ten seconds`);
    const bright = dark.filter((one) => !one).length / dark.length;
    assert.ok(bright > 0.35 && bright < 0.55, `${priority}: ${bright}`);
  }
});

test("the next turn of the high blocks is the next moment at which they change", () => {
  for (const [now, next] of [[0, 200], [199, 200], [200, 500], [499, 500], [7_500, 7_700], [7_730, 8_000]]) {
    assert.equal(next_turn(now), next);
    assert.notEqual(is_dark("high", next), is_dark("high", next - 1));
  }
});

test("the page comes back after a quarter of a second, then more slowly, never later than five", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((attempt) => wait_ms(attempt, 0)), [250, 500, 1000, 2000, 2500, 2500, 2500]);
  for (let attempt = 0; attempt < 9; attempt += 1) {
    assert.ok(wait_ms(attempt, 1) >= wait_ms(attempt, 0) * 0.66);
  }
});

/** Acknowledges an alarm at the start of the page's time, as whoever is there, and returns what is sent. */
function acknowledge(actions, entry) {
  const now = mock.method(performance, "now", () => 0);
  const sent = [];
  const people = { by: (staff, question, then) => then("mn") };
  new Acting(actions, people, { staff: () => [], send: (message) => sent.push(message), notice() {}, clear_notice() {} }).acknowledge(entry);
  now.mock.restore();
  return sent[0];
}

test("an acknowledgement names the episode that was read, its last call, the version, the person and the request", () => {
  const actions = new Actions("page-1");
  const entry = { key: "1/7", bed: "1", bed_name: "Room 1", version: 4, alarm: alarm({ occurrence: "7", call: 12 }) };
  assert.deepEqual(acknowledge(actions, entry), {
    type: "acknowledge",
    bed: "1",
    occurrence: "7",
    call: 12,
    version: 4,
    request: "page-1-1",
    by: "mn",
    station: "page-1",
  });
  assert.deepEqual([...actions.sending()], ["1/7"]);
  assert.equal(acknowledge(actions, entry), undefined, "it is on its way already");
});

test("a person is told of a refusal, of a warning, of no answer and of a change that the page does not show by itself", () => {
  const actions = new Actions("p");
  const entry = { key: "1/7", bed: "1", bed_name: "Room 1", version: 4, alarm: alarm({ occurrence: "7" }) };
  const answer = (result) => {
    const { request } = acknowledge(actions, entry);
    return actions.answered({ type: "result", request, ...result });
  };
  assert.equal(answer({ ok: true }), null);
  assert.equal(answer({ ok: false, error: "too late" }), "Room 1, SpO₂ low: not acknowledged – too late");
  assert.equal(answer({ ok: true, warning: "not on record" }), "Room 1, SpO₂ low: not on record");
  assert.equal(actions.answered({ type: "result", request: "someone else's", ok: false }), null);
  const limit = { key: "limit/2", bed: "2", what: "Room 2, SpO₂ low limit", not_done: "not changed", done: "92 → 90 %" };
  const { request } = actions.make("set_limit", limit, {}, "ak", 0);
  assert.equal(actions.answered({ type: "result", request, ok: true }), "Room 2, SpO₂ low limit: 92 → 90 %");
  acknowledge(actions, entry);
  assert.equal(actions.overdue(4_999), null);
  assert.match(actions.overdue(5_000), /no answer/);
  assert.equal(actions.overdue(9_000), null, "told once");
  assert.deepEqual([...actions.sending()], []);
});

test("a screen reader hears one announcement in five seconds, the urgent first", () => {
  const announcer = new Announcer();
  announcer.say("a.", false);
  assert.deepEqual(announcer.due(0), { text: "a.", urgent: false });
  announcer.say("b.", false);
  announcer.say("c.", true);
  assert.equal(announcer.due(QUIET_MS - 1), null);
  assert.deepEqual(announcer.due(QUIET_MS), { text: "c. b.", urgent: true });
  assert.equal(announcer.due(3 * QUIET_MS), null);
});

test("many announcements at once are a few and a number", () => {
  const announcer = new Announcer();
  for (let index = 0; index < 10; index += 1) announcer.say(`${index}.`, false);
  assert.equal(announcer.due(0).text, "0. 1. 2. 3. And 6 more.");
});

test("the dot says how old the service's newest word is", () => {
  assert.equal(connection_words("live", 240), "LIVE 0.2 s");
  assert.equal(connection_words("delayed", 3_400), "DELAYED 3 s");
  assert.equal(connection_words("delayed", 400), "RECONNECTING");
  assert.equal(connection_words("banner", 6_000), "DELAYED 6 s");
  assert.equal(connection_words("lost", 12_900), "LOST 12 s");
  assert.equal(connection_words("lost", 4_200), "LOST 4 s", "this machine slept");
});

test("a record that is not written stands across the page with its reason", () => {
  const feed = new Feed();
  feed.send({ type: "recorder", running: false, text: "no space left" });
  assert.deepEqual(banners(feed.model, "live", 100), ["NOT RECORDING – no space left. Alarms go on."]);
});

test("times and numbers read as people say them", () => {
  assert.deepEqual([age(0), age(59_999), age(60_000), age(-5)], ["0 s", "59 s", "1 min", "0 s"]);
  assert.deepEqual([timer(14_000), timer(3_723_000)], ["00:14", "1:02:03"]);
  assert.deepEqual([countdown(125_000), countdown(0)], ["2:05", "0:00"]);
  assert.deepEqual([number("SpO2", 96.6), number("Temperature", 36.55)], ["97", "36.5"]);
  assert.deepEqual(["M. N.", "Mary Nolan", "Åsa Öberg", "mn", "7"].map(initials), ["MN", "MN", "ÅÖ", "MN", "7"]);
});

test("two people who share their initials are told apart", () => {
  const staff = [
    { id: "mn", name: "Mary Nolan", role: "nurse" },
    { id: "nv", name: "Milan Novak", role: "nurse" },
    { id: "jd", name: "J. D.", role: "nurse" },
    { id: "jd2", name: "J. D.", role: "physician" },
    { id: "eb", name: "Eva Braun", role: "nurse" },
  ];
  assert.deepEqual(
    staff.map(({ id }) => initials_of(staff, id)),
    ["MNol", "MNov", "jd", "jd2", "EB"],
  );
});

test("the service's words are written as the numbers are", () => {
  assert.equal(spelled("SpO2 90 % below 92 %, EtCO2 50, no CO2"), "SpO₂ 90 % below 92 %, EtCO₂ 50, no CO₂");
});

test("what is open closes on a new high alarm, and when nobody touches it for half a minute", () => {
  const heard = new Map();
  const told = [];
  const root = { addEventListener: (name, listener) => heard.set(name, listener) };
  const panel = new Panel(root, () => told.push("shown"), () => told.push("hidden"));
  panel.open();
  panel.follow(1_000, false);
  panel.follow(1_000 + UNTOUCHED_MS - 1, false);
  assert.equal(panel.is_open, true);
  heard.get("pointermove")();
  panel.follow(1_000 + UNTOUCHED_MS, false);
  panel.follow(1_000 + 2 * UNTOUCHED_MS - 1, false);
  assert.equal(panel.is_open, true, "somebody was at it");
  panel.follow(1_000 + 2 * UNTOUCHED_MS, false);
  assert.equal(panel.is_open, false);
  panel.open();
  panel.follow(90_000, true);
  assert.deepEqual(told, ["shown", "hidden", "shown", "hidden"]);
});

test("a part that fails takes no other with it, and people are told once", () => {
  const told = [];
  const done = [];
  const guard = new Guard((error) => told.push(error.message));
  const fails = (why) => () => {
    throw new Error(why);
  };
  assert.equal(guard.run(() => done.push(1), () => done.push(2)), true);
  assert.equal(guard.run(fails("first"), () => done.push(3), fails("second")), false);
  assert.equal(guard.run(() => done.push(4)), true);
  assert.deepEqual([done, told], [[1, 2, 3, 4], ["first"]]);
});

/** The modules that a module loads at once, itself among them, by their paths in the folder. */
function loaded_with(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = readFileSync(new URL(entry, FOLDER), "utf8");
  for (const [, path] of text.matchAll(/^(?:import|export)[^;]*? from "([^"]+)";|^import "[^"]+";/gm)) {
    loaded_with(new URL(path, new URL(entry, "file:///")).pathname.slice(1), found);
  }
  return found;
}

/** The modules that are loaded when they are wanted first. */
function loaded_later(entry) {
  const text = readFileSync(new URL(entry, FOLDER), "utf8");
  const paths = [...text.matchAll(/await import\("([^"]+)"\)/g)].map(([, path]) => path);
  return paths.map((path) => new URL(path, new URL(entry, "file:///")).pathname.slice(1));
}

/** How much script the service sends for these modules, bytes. */
function bytes_of(names) {
  const sent = [...names].map((name) => as_sent(readFileSync(new URL(name, FOLDER), "utf8")));
  return sent.reduce((sum, script) => sum + Buffer.byteLength(script), 0);
}

test("the station loads at most 250 KB of script, and each other view no more on top of it", () => {
  const station = loaded_with("app.js");
  const later = [...station].flatMap(loaded_later);
  assert.ok(station.size > 30 && later.length >= 5, `${station.size} at once, ${later.length} later`);
  const bytes = bytes_of(station);
  assert.ok(bytes <= 250_000, `the station loads ${bytes} bytes`);
  for (const name of later) {
    const more = [...loaded_with(name)].filter((one) => !station.has(one));
    assert.ok(bytes_of(more) <= 250_000, `${name} loads ${bytes_of(more)} bytes more`);
  }
});

test("every file of the dashboard is named by a page or a module", () => {
  const files = readdirSync(FOLDER, { recursive: true }).filter((name) => extname(name) !== "");
  // The pages about calling people are made by the service, and so are those of a session, of a lesson and across sessions.
  const made = ["answer/page", "calling/page", "calling/browser", "treatment/frame", "training/page", "across/frame"];
  const pages = [...files, ...made.map((one) => `../src/web/${one}.rs`)];
  const text = pages.map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");
  const entries = ["index.html", "package.json"];
  const named = new Set([...text.matchAll(/\/([\w.-]+)\\?"/g)].map(([, name]) => name));
  for (const name of files.filter((one) => !entries.includes(one))) assert.ok(named.has(basename(name)), name);
});

test("what the service leaves out of a script is comment and indentation and nothing else", () => {
  const bare = (script) =>
    typescript.transpileModule(script, { compilerOptions: { removeComments: true, target: "es2022" } }).outputText;
  for (const name of readdirSync(FOLDER, { recursive: true }).filter((one) => one.endsWith(".js"))) {
    const script = readFileSync(new URL(name, FOLDER), "utf8");
    assert.equal(bare(as_sent(script)), bare(script), name);
  }
});

test("no module can put text into the page as markup", () => {
  for (const name of readdirSync(FOLDER, { recursive: true }).filter((one) => one.endsWith(".js"))) {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/, name);
  }
});

test("of scripts in the page itself the service allows the one that is there, by its hash", () => {
  const html = readFileSync(new URL("index.html", FOLDER), "utf8");
  const guard = readFileSync(new URL("../src/web/guard.rs", FOLDER), "utf8");
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
  const hashes = scripts.map((text) => `sha256-${createHash("sha256").update(text).digest("base64")}`);
  assert.equal(hashes.length, 1);
  assert.deepEqual([...guard.matchAll(/'(sha256-[^']+)'/g)].map(([, hash]) => hash), hashes);
  assert.doesNotMatch(html, / on\w+="|style="/, "nothing else is run from the page");
});

test("the lock file names no registry", () => {
  const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
  assert.doesNotMatch(lock, /"resolved"|https?:\/\//);
});
