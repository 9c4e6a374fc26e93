import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { read } from "../../../crates/chairside/dashboard/wire.js";
import { Feed } from "./feed.js";

const page = readFileSync(new URL("../../../docs/websocket.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]);

/** Tells whether the page describes a message: under a heading of its own, or as a row of the actions. */
function is_described(type) {
  return page.includes(`\n### ${type}\n`) || page.includes(`\n| \`${type}\` |`);
}

test("every example of the feed's page can be read, and is described there", () => {
  assert.ok(examples.length > 15);
  for (const text of examples) {
    const [message] = read(text);
    assert.ok(message, text);
    assert.ok(is_described(message.type), message.type);
  }
});

test("the examples of the stream, played in their order, give the bed that they describe", () => {
  const feed = new Feed();
  for (const text of examples) feed.hear(JSON.parse(text));
  const bed = feed.model.beds.get("1");
  assert.equal(feed.model.seq, 1853);
  assert.equal(bed.readings.get("SpO2").reason, "SensorOff");
  assert.equal(bed.session.phase, "dosing");
  assert.equal(bed.alarms.active[0].id, "SPO2_VERY_LOW");
  assert.equal(bed.devices.get("nonin-1").link, "disconnected");
  assert.equal(bed.cuff.text, "took too long");
  assert.equal(feed.model.recorder.running, false);
});

test("every message of the wire's types is described", () => {
  const web = "../../../crates/chairside/src/web/";
  const types = ["wire.rs", "wire/alarms.rs", "wire/client.rs"].map((file) => readFileSync(new URL(web + file, import.meta.url), "utf8"));
  const enums = [...types.join("\n").matchAll(/pub enum (?:ServerMessage|Deed) \{([\s\S]*?)\n\}/g)];
  const names = enums.flatMap(([, body]) => [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, name]) => name));
  assert.equal(enums.length, 2);
  assert.ok(names.length >= 20, names.join());
  for (const name of [...names, "Resume", "Display"]) {
    const type = name.replace(/(?<=.)([A-Z])/g, "_$1").toLowerCase();
    assert.ok(is_described(type), type);
  }
});
