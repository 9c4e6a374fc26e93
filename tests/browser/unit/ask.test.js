import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";

import { ask } from "../../../crates/chairside/dashboard/ask.js";
import { speak } from "../../../crates/chairside/dashboard/language.js";
import { causes } from "../../../crates/chairside/dashboard/lines.js";
import { Past } from "../../../crates/chairside/dashboard/past.js";
import { Trend } from "../../../crates/chairside/dashboard/trend.js";
import { bed, Feed } from "./feed.js";

const { fetch } = globalThis;

afterEach(async () => {
  globalThis.fetch = fetch;
  await speak("en");
});

/** A service whose answers the test gives, in any order. */
function service() {
  const asked = [];
  globalThis.fetch = (path) =>
    new Promise((resolve) => {
      const answer = (body, status = 200) => resolve(new Response(JSON.stringify(body), { status }));
      asked.push({ path, answer });
    });
  return asked;
}

/** Lets what was answered come through. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function past_of(feed, id) {
  const past = new Past(id, 3_600, 10);
  past.follow(feed.model, feed.model.beds.get(id), feed.now);
  return past;
}

test("the reason why the record does not answer is the service's own", async () => {
  const asked = service();
  const past = past_of(new Feed(), "1");
  await settled();
  asked[0].answer({ error: "two others are being answered" }, 503);
  await settled();
  assert.equal(past.refused, "two others are being answered");
});

test("questions about the past take turns, and no other question waits for them", async () => {
  const asked = service();
  const feed = new Feed({ beds: [bed(), bed({ bed: "2" })] });
  past_of(feed, "1");
  past_of(feed, "2");
  await settled();
  assert.deepEqual(asked.map(({ path }) => path.split("?")[0]), ["/api/v1/beds/1/trend"]);
  const devices = ask("/api/v1/devices");
  assert.equal(asked.length, 2, "asked at once");
  asked[1].answer({ devices: [] });
  assert.deepEqual(await devices, { devices: [] });
  asked[0].answer({ error: "busy" }, 503);
  await settled();
  assert.match(asked[2].path, /beds\/2\/trend/);
  asked[2].answer({ error: "busy" }, 503);
  await settled();
});

test("an answer in other steps than were asked for is refused in the page's language", async () => {
  await speak("de");
  const trend = new Trend(60, 10);
  const answer = { from: "2026-01-05T12:00:00Z", to: "2026-01-05T12:00:30Z", step_s: 30, metrics: {}, gaps: [], nibp: [] };
  assert.throws(() => trend.merge(answer), /in Schritten von 30 s/);
});

test("why bytes could not be used is said in the page's language, and a cause that is not known as it came", async () => {
  await speak("de");
  const names = readFileSync(new URL("../../../crates/chairside-protocol/src/framing.rs", import.meta.url), "utf8");
  const causes_of_service = [...names.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, name]) => name);
  assert.ok(causes_of_service.length >= 5);
  for (const name of causes_of_service) assert.doesNotMatch(causes({ [name]: 3 }), new RegExp(name.replaceAll("_", ".")), name);
  assert.equal(causes({ checksum: 3, torn_apart: 1, unknown: 0 }), "3 Byte (Prüfsumme), 1 Byte (torn apart)");
  assert.equal(causes({}), "nichts");
});

test("the causes of a gap are those that the service has", () => {
  const gaps = readFileSync(new URL("../../../crates/chairside-store/src/history/gaps.rs", import.meta.url), "utf8");
  const names = [...gaps.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, name]) => name).sort();
  const charts = readFileSync(new URL("../../../crates/chairside/dashboard/trend-charts.js", import.meta.url), "utf8");
  const table = /const CAUSES = in_english\(\{([\s\S]*?)\}\)/.exec(charts)?.[1] ?? "";
  assert.deepEqual([...table.matchAll(/(\w+):/g)].map(([, name]) => name).sort(), names);
});
