// @ts-check
// From a press to the message: who does it, and what they are told.

import { DEVICE_ANSWER_MAX_MS } from "./actions.js";
import { title } from "./alarms.js";
import { answer_key, last_call } from "./answers.js";
import { order_key } from "./cuff.js";
import { t } from "./language.js";
import { change_words, limit_name } from "./limit-words.js";
import { PAUSE_S } from "./quiet.js";

/** @typedef {import("./alarms.js").Standing} Standing */
/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./actions.js").Subject} Subject */

/**
 * How an alarm that is acted on is called here, and in words.
 * @param {Standing} entry
 * @param {string} deed
 */
function subject_of({ key, bed, bed_name, alarm }, deed) {
  return { key: `${deed}${key}`, bed, what: `${bed_name}, ${title(alarm.id)}` };
}

/**
 * Names an alarm to the service as it was read: what it has called since, nobody has seen.
 * @param {Standing} entry
 */
function call_of({ alarm: { occurrence, call } }) {
  return { occurrence, call };
}

/** @param {BedState} bed */
function sound_of(bed) {
  return { key: `sound/${bed.bed}`, bed: bed.bed, what: t("{bed}, sound", { bed: bed.name }) };
}

export class Acting {
  #actions;
  #people;
  #page;

  /**
   * @param {import("./actions.js").Actions} actions
   * @param {import("./people.js").People} people
   * @param {object} page
   * @param {() => readonly import("./wire.js").Person[]} page.staff
   * @param {(message: object) => boolean} page.send
   * @param {(text: string) => void} page.notice
   * @param {() => void} page.clear_notice what was said of an earlier attempt
   */
  constructor(actions, people, page) {
    this.#actions = actions;
    this.#people = people;
    this.#page = page;
  }

  /**
   * Acknowledges an alarm as it was read.
   * @param {Standing} entry
   */
  acknowledge(entry) {
    const subject = { ...subject_of(entry, ""), not_done: t("not acknowledged") };
    const unsent = t("There is no connection – nothing was acknowledged");
    this.#wish("acknowledge", subject, { ...call_of(entry), version: entry.version }, t("Who acknowledges: {what}?", subject), unsent, entry.key);
  }

  /**
   * Says that the person comes to a bed, or is there.
   * @param {BedState} bed
   * @param {import("./answers.js").Answer} answer
   */
  answer({ bed, name, alarms }, answer) {
    const subject = { key: answer_key(bed), bed, what: name, not_done: t("not told to anybody") };
    const question = answer === "accept" ? t("Who comes: {what}?", subject) : t("Who is there: {what}?", subject);
    this.#wish(answer, subject, { call: last_call(alarms) }, question);
  }

  /**
   * Asks for help at the bed of an alarm: whatever becomes of that, help is wanted.
   * @param {Standing} entry
   */
  help(entry) {
    const subject = { ...subject_of(entry, "help/"), not_done: t("nobody was called"), done: t("help was asked for") };
    this.#wish("help", subject, call_of(entry), t("Who calls for help: {what}?", subject), t("There is no connection – nobody was called"));
  }

  /**
   * Says that the person does not come for an alarm, as it was read.
   * @param {Standing} entry
   */
  decline(entry) {
    const subject = { ...subject_of(entry, "decline/"), not_done: t("not declined") };
    this.#wish("decline", subject, call_of(entry), t("Who does not come: {what}?", subject));
  }

  /**
   * Makes the patient's call, which is nobody's of the staff; false when it cannot be sent.
   * @param {string} bed
   * @param {() => void} refused
   */
  call(bed, refused) {
    const subject = { key: `call/${bed}`, bed, what: "", not_done: "", refused };
    return this.#page.send(this.#actions.make("call", subject, {}, undefined, performance.now()));
  }

  /**
   * Has the cuff measure now, or lets its air out.
   * @param {BedState} bed
   * @param {import("./cuff.js").Order} order
   */
  cuff(bed, order) {
    const what = t("{bed}, cuff", { bed: bed.name });
    const words =
      order === "start"
        ? { not_done: t("start not confirmed"), done: t("measuring"), question: t("Who measures: {what}?", { what }) }
        : { not_done: t("stop not confirmed"), done: t("stopped"), question: t("Who stops: {what}?", { what }) };
    const subject = { key: order_key(bed.bed, order), bed: bed.bed, what, ...words, within_ms: DEVICE_ANSWER_MAX_MS };
    this.#wish("cuff", subject, { order }, words.question, t("There is no connection – nothing was sent to the cuff"));
  }

  /**
   * Begins or ends the session of a bed, or enters a phase.
   * @param {BedState} bed
   * @param {import("./session-panel.js").SessionWish} wish
   * @param {(why: string) => void} refused
   */
  session(bed, { type, fields }, refused) {
    const what = t("{bed}, session", { bed: bed.name });
    const subject = { key: `session/${bed.bed}`, bed: bed.bed, what, not_done: t("not changed"), refused };
    this.#wish(type, subject, fields, t("Who does it: {what}?", { what }));
  }

  /** @param {BedState} bed */
  pause_sound(bed) {
    const subject = { ...sound_of(bed), not_done: t("not paused") };
    const fields = { seconds: PAUSE_S, call: last_call(bed.alarms) };
    this.#wish("pause_audio", subject, fields, t("Who pauses the sound of {bed} here?", { bed: bed.name }));
  }

  /** @param {BedState} bed */
  resume_sound(bed) {
    const subject = { ...sound_of(bed), not_done: t("not on again") };
    this.#wish("resume_audio", subject, {}, t("Who turns the sound of {bed} on here?", { bed: bed.name }));
  }

  /**
   * Ends what is quiet.
   * @param {BedState} bed
   * @param {import("./quiet.js").Quiet} quiet
   */
  end(bed, quiet) {
    if (quiet.id === "") {
      this.resume_sound(bed);
      return;
    }
    const what = `${bed.name}, ${title(quiet.id)}`;
    const key = `quiet/${bed.bed}/${quiet.id}`;
    const subject = { key, bed: bed.bed, what, not_done: t("not on again"), done: t("on again") };
    const type = quiet.kind === "rule_off" ? "switch_on" : "resume_alarm";
    this.#wish(type, subject, { id: quiet.id }, t("Who ends it: {what}?", { what }));
  }

  /**
   * @param {Standing} entry
   * @param {import("./menu.js").Choice} choice
   */
  choose(entry, { type, fields, not_done, done = "" }) {
    const subject = { ...subject_of(entry, "menu/"), not_done, done };
    this.#wish(type, subject, fields, t("Who does it: {what}?", subject));
  }

  /**
   * @param {BedState} bed
   * @param {import("./limit-words.js").Limit} limit
   * @param {number} value
   * @param {string} reason
   * @param {(why: string) => void} [refused]
   */
  set_limit(bed, limit, value, reason, refused) {
    const what = `${bed.name}, ${limit_name(limit)}`;
    const key = `limit/${bed.bed}/${limit.key}`;
    const subject = { key, bed: bed.bed, what, not_done: t("not changed"), done: change_words(limit, value), refused };
    const fields = { key: limit.key, old: limit.value, value, reason };
    this.#wish("set_limit", subject, fields, t("Who changes it: {what}?", { what }));
  }

  /**
   * @param {string} type
   * @param {Subject} subject
   * @param {Record<string, unknown>} fields
   * @param {string} question
   * @param {string} [unsent] what is said when there is no connection
   * @param {string | null} [key] the alarm whose end takes the question back
   */
  #wish(type, subject, fields, question, unsent = t("There is no connection – nothing was done"), key = null) {
    if (this.#actions.sending().has(subject.key)) return;
    // What was said of an earlier attempt must not be read as said of this one.
    this.#page.clear_notice();
    /** @param {string} by */
    const send = (by) => {
      if (!this.#page.send(this.#actions.make(type, subject, fields, by, performance.now()))) this.#page.notice(unsent);
    };
    this.#people.by(this.#page.staff(), question, send, key);
  }
}
