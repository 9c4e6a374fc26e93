import assert from "node:assert/strict";
import { test } from "node:test";

import { KeptUp } from "../../../crates/chairside/dashboard/kept-up.js";
import { Person, IDLE_MS } from "../../../crates/chairside/dashboard/person.js";

const NOON = Date.UTC(2026, 0, 5, 12);

/** A browser's store. */
function store(kept = new Map()) {
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

test("whoever has done nothing for ten minutes is asked again, and who acts stays", () => {
  const kept = store();
  const person = new Person(kept);
  assert.equal(person.at(NOON), null);
  person.acts("mn", NOON);
  assert.equal(person.at(NOON + IDLE_MS - 1), "mn");
  assert.equal(new Person(kept).at(NOON + IDLE_MS - 1), "mn", "after a reload");
  assert.equal(person.at(NOON + IDLE_MS), null);
  person.acts("mn", NOON + IDLE_MS - 1);
  assert.equal(person.at(NOON + 2 * IDLE_MS - 2), "mn");
  assert.equal(person.at(NOON - 3_600_000), null, "the clock was set back");
});

test("a name that was kept without its time is nobody's, and a browser that keeps nothing still knows until the page is left", () => {
  assert.equal(new Person(store(new Map([["chairside.person", "mn"]]))).at(NOON), null);
  const refuse = () => {
    throw new Error("not here");
  };
  for (const none of [null, { getItem: refuse, setItem: refuse }]) {
    const person = new Person(none);
    person.acts("mn", NOON);
    assert.equal(person.at(NOON + 1), "mn");
  }
});

test("an answer that a later question overtook counts for nothing, and after a failure it is asked again", async () => {
  const kept = new KeptUp();
  const asked = [];
  const told = [];
  const question = {
    ask: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    answered: (answer) => told.push(answer),
    failed: (error) => told.push(error.message),
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  kept.follow("changed once", 0, question);
  kept.follow("changed once", 250, question);
  assert.equal(asked.length, 1, "nothing is another yet");
  kept.follow("changed twice", 500, question);
  asked[1].resolve("newer");
  await settled();
  asked[0].resolve("older");
  await settled();
  assert.deepEqual(told, ["newer"]);

  kept.follow("changed thrice", 1_000, question);
  kept.forget();
  asked[2].reject(new Error("of another bed"));
  await settled();
  assert.deepEqual(told, ["newer"], "the panel shows another bed");

  kept.follow("of the other bed", 2_000, question);
  asked[3].reject(new Error("busy"));
  await settled();
  assert.deepEqual(told, ["newer", "busy"]);
  kept.follow("of the other bed", 6_999, question);
  assert.equal(asked.length, 4);
  kept.follow("of the other bed", 7_000, question);
  assert.equal(asked.length, 5, "a panel does not stay empty");
});
