import assert from "node:assert/strict";
import { test } from "node:test";

import { Acting } from "../../../crates/chairside/dashboard/acting.js";
import { Actions } from "../../../crates/chairside/dashboard/actions.js";
import { standing } from "../../../crates/chairside/dashboard/alarms.js";
import { answer_key, answer_words, next_answer, responsible_words, who_words } from "../../../crates/chairside/dashboard/answers.js";
import { speak } from "../../../crates/chairside/dashboard/language.js";
import { phone_rows } from "../../../crates/chairside/dashboard/phone.js";
import { tile } from "../../../crates/chairside/dashboard/present.js";
import { room_words } from "../../../crates/chairside/dashboard/room.js";
import { alarm, Feed } from "./feed.js";

const STAFF = [{ id: "mn", name: "M. N.", role: "nurse" }, { id: "ak", name: "A. K.", role: "nurse" }];
const COMES = { by: "mn", at: "2026-01-05T12:00:02.000Z", call: 4 };
const THERE = { ...COMES, arrived_at: "2026-01-05T12:00:30.000Z" };

/** What stands at a bed that has called four times, with who is responsible for it. */
const at_bed = (responsible, ...more) => ({ version: 1, active: [alarm({ call: 4 }), ...more], responsible });

test("a bed says by name who comes and who is there, and of nobody nothing", () => {
  assert.equal(responsible_words(at_bed(null), STAFF), "");
  assert.equal(responsible_words({ version: 1, active: [] }, STAFF), "", "an older service does not say");
  assert.equal(responsible_words(at_bed(COMES), STAFF), "M. N. is coming");
  assert.equal(responsible_words(at_bed(THERE), STAFF), "M. N. is there");
  assert.equal(responsible_words(at_bed({ ...COMES, by: "xy" }), STAFF), "xy is coming");
  const declined = alarm({ declined: [{ by: "ak", call: 4 }] });
  assert.equal(who_words(at_bed(COMES), declined, STAFF), "M. N. is coming · A. K.: not me");
});

test("whoever comes can say next that they are there, and everybody else that they come", () => {
  assert.equal(next_answer(at_bed(null), undefined), "accept");
  assert.equal(next_answer(at_bed(null), "mn"), "accept");
  assert.equal(next_answer(at_bed(COMES), "mn"), "arrive");
  assert.equal(next_answer(at_bed(COMES), "ak"), "accept");
  assert.equal(next_answer(at_bed(COMES), undefined), "accept");
  assert.equal(next_answer(at_bed(THERE), "mn"), null);
  assert.equal(next_answer(at_bed(THERE), "ak"), "accept");
});

test("what has called since takes a word of its own", () => {
  const later = alarm({ id: "HR_HIGH", occurrence: "9", call: 5 });
  assert.equal(next_answer(at_bed(COMES, later), "mn"), "accept");
  assert.equal(next_answer(at_bed(THERE, later), "mn"), "arrive");
});

/** A page on which somebody has been chosen, and what it sends. */
function page(feed, person) {
  const sent = [];
  const people = { by: (staff, question, then) => (staff.some(({ id }) => id === person) ? then(person) : sent.push(question)) };
  const send = (message) => sent.push(message) > 0;
  const acting = new Acting(new Actions("page-1", "desk"), people, { staff: () => STAFF, send, notice: assert.fail, clear_notice() {} });
  return { sent, press: (answer) => acting.answer(feed.bed(), answer) };
}

test("one press says it for the person who is known here, with the last call that was shown", () => {
  const feed = new Feed();
  feed.alarms([alarm({ call: 4 }), alarm({ id: "HR_HIGH", occurrence: "9", call: 7 })]);
  const { sent, press } = page(feed, "mn");
  press("accept");
  press("accept");
  assert.deepEqual(sent, [{ type: "accept", bed: "1", call: 7, request: "page-1-1", by: "mn", station: "desk" }]);
  const nobody = page(feed, undefined);
  nobody.press("arrive");
  assert.deepEqual(nobody.sent, ["Who is there: Room 1?"]);
  assert.equal(answer_key("1"), "answer/1");
});

test("the tile, the telephone, the cards and the room say who comes, and forget it with the alarm", () => {
  const feed = new Feed();
  const told = (responsible, active = [alarm({ call: 4 })]) =>
    feed.send({ type: "alarms", bed: "1", version: feed.bed().alarms.version + 1, active, responsible });
  told({ ...COMES, by: feed.model.staff[0].id });
  const words = `${feed.model.staff[0].name} is coming`;
  const view = tile(feed.model, feed.bed(), feed.now);
  assert.ok(view.alarm.detail.startsWith(`${words} · `), view.alarm.detail);
  assert.ok(view.summary.includes(words), view.summary);
  assert.equal(phone_rows(feed.model, feed.now, "here")[0].title, `SpO₂ low · ${words}`);
  const [entry] = standing(feed.model.beds.values());
  assert.equal(responsible_words(entry.of_bed, feed.model.staff), words);
  assert.equal(room_words("called", words), `${words}.`);
  assert.equal(room_words("called", ""), "Somebody is being called.");
  assert.doesNotMatch(room_words("calm", words), /coming/, "the patient learns nothing of alarms");
  told(null, []);
  assert.equal(responsible_words(feed.bed().alarms, feed.model.staff), "");
});

test("it is said in German", async () => {
  await speak("de");
  assert.deepEqual([answer_words("accept"), answer_words("arrive"), responsible_words(at_bed(COMES), STAFF)], ["Ich komme", "Bin da", "M. N. kommt"]);
  await speak("en");
});
