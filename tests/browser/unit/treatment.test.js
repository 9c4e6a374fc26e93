// The script of the session page: what is sent of a form, what is offered when it was refused, what
// is left alone, and how large it is.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { body_of, number, remedies } from "../../../crates/chairside/dashboard/treatment/body.js";
import { Contact, is_in_use, LOST_MS } from "../../../crates/chairside/dashboard/treatment/renewal.js";
import { as_sent } from "./script.js";

const SENDER = { by: "mn", station: "tablet-1", request: "r1", now_ms: Date.UTC(2026, 1, 3, 14, 0, 0) };

const sent = (action, fields, session = "0000000000000007") => body_of(action, session, fields, SENDER).body;
const field = (name, value, as = null) => ({ name, value, as });

test("numbers are sent as numbers, and what was left empty not at all", () => {
  const action = { action: "dose", dose: "bolus", route: "intravenous" };
  const fields = [field("drug", "ketamine"), field("amount_mg", " 35,5 ", "number"), field("concentration_mg_per_ml", "", "number")];
  assert.deepEqual(sent(action, fields), {
    by: "mn",
    station: "tablet-1",
    request: "r1",
    pressed: "2026-02-03T14:00:00.000Z",
    session: "0000000000000007",
    action: { action: "dose", dose: "bolus", route: "intravenous", drug: "ketamine", amount_mg: 35.5 },
  });
  assert.equal("session" in sent({ action: "schedule" }, [], null), false);
});

test("without an action the fields stand beside who sends them", () => {
  const trained = { by: "mn", station: "tablet-1", request: "r1", do: "close_airway" };
  assert.deepEqual(sent(null, [field("do", "close_airway")], null), trained);
});

test("a number is what people write as one, and nothing else", () => {
  for (const [text, is] of [["0.5", 0.5], ["0,5", 0.5], ["-5", -5], ["40", 40]]) assert.equal(number(text), is);
  for (const text of ["", ".5", "1.000,5", "1 2", "0x10", "1e3", "Infinity", "ten"]) assert.ok(Number.isNaN(number(text)), text);
  assert.deepEqual(body_of({}, null, [field("weight_kg", "7o", "number")], SENDER), { no_number: "7o" });
  assert.deepEqual(body_of({}, null, [field("items.0", "much", "item")], SENDER), { no_number: "much" });
});

test("what happened minutes ago has a time of the service's clock, over the one that it had", () => {
  const stopped = { action: "dose", dose: "stop", at: "2026-02-03T13:00:00.000Z" };
  assert.equal(sent(stopped, [field("at", "", "minutes-ago")]).action.at, "2026-02-03T13:00:00.000Z");
  assert.equal(sent(stopped, [field("at", "5", "minutes-ago")]).action.at, "2026-02-03T13:55:00.000Z");
});

test("of two figures that are typed a second time both are sent, as a list", () => {
  const dose = { action: "dose", dose: "bolus" };
  const fields = [field("amount_mg", "450", "number"), field("again.amount_mg", "450", "again"), field("again.concentration_mg_per_ml", "0,5", "again")];
  assert.deepEqual(sent(dose, fields).action, { ...dose, amount_mg: 450, again: [450, 0.5] });
  assert.equal(sent(dose, fields.slice(0, 1)).action.again, undefined);
  assert.deepEqual(body_of(dose, null, [field("again.amount_mg", "much", "again")], SENDER), { no_number: "much" });
});

test("a rating is its items in order, and nothing where one was not rated", () => {
  const fields = [field("items.0", "2", "item"), field("items.1", "", "item"), field("items.2", "0", "item")];
  assert.deepEqual(sent({ action: "score", score: "padss" }, fields).action.items, [2, null, 0]);
  assert.deepEqual(sent({ action: "score", score: "moaas", items: [] }, []).action.items, [], "not done");
});

test("a reason, and that something is passed over, stand beside the action", () => {
  const body = sent({ action: "step", to: "ready" }, [field("pass_over", "true"), field("reason", " seen by me ")]);
  assert.equal(body.pass_over, true);
  assert.equal(body.reason, "seen by me");
  assert.deepEqual(body.action, { action: "step", to: "ready" });
});

test("what can be done about a refusal is offered, and about no other", () => {
  assert.deepEqual(remedies({ ok: false, refusal: "asked_again", lines: ["350 mg"] }), ["again"]);
  assert.deepEqual(remedies({ ok: false, refusal: "asked", lines: ["310 kg is not within 20 to 300 kg"] }), ["right"]);
  assert.deepEqual(remedies({ ok: false, refusal: "not_met", lines: ["no"] }), ["reason", "pass_over"]);
  assert.deepEqual(remedies({ ok: false, refusal: "reason_needed" }), ["reason"]);
  for (const refusal of ["clinician_only", "no_step", "infusion_runs", undefined]) assert.deepEqual(remedies({ ok: false, refusal }), []);
});

test("a part in which somebody types, is asked, or has just pressed stays as it is", () => {
  const idle = { has_focus: false, is_filled: false, is_asking: false, touched_ms: Infinity };
  assert.equal(is_in_use(idle), false);
  assert.equal(is_in_use({ ...idle, is_filled: true }), true);
  assert.equal(is_in_use({ ...idle, is_asking: true }), true);
  assert.equal(is_in_use({ ...idle, has_focus: true, touched_ms: 3_000 }), true);
  assert.equal(is_in_use({ ...idle, has_focus: true, touched_ms: 60_000 }), false, "the focus stood there since the last press");
});

test("after five seconds without an answer the page says so, and with the next answer no more", () => {
  const contact = new Contact(1_000);
  assert.equal(contact.is_lost(1_000 + LOST_MS), false);
  assert.equal(contact.is_lost(1_001 + LOST_MS), true);
  contact.heard(9_000);
  assert.equal(contact.is_lost(9_100), false);
});

test("the script of the page is small, with what it shares with the dashboard", () => {
  const folder = new URL("../../../crates/chairside/dashboard/", import.meta.url);
  const own = readdirSync(new URL("treatment/", folder)).filter((name) => name.endsWith(".js")).map((name) => `treatment/${name}`);
  const scripts = [...own, "kept.js", "person.js", "station.js"];
  const sizes = scripts.map((name) => Buffer.byteLength(as_sent(readFileSync(new URL(name, folder), "utf8"))));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(own.length >= 3 && bytes > 4_000, `${bytes} bytes`);
  assert.ok(bytes <= 16_000, `${bytes} bytes`);
});
