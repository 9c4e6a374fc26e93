// @ts-check
// The red bar, the word in the status bar, and the panel in which a person says that they heard
// the test tones.

import { by_id, hide, on_press, set_attribute, set_text } from "../dom.js";
import { t } from "../language.js";
import { countdown } from "../words.js";
import { sound_reason, sound_words } from "./words.js";

/** The browser turns the output on in this time, or does not, milliseconds. */
const WAKES_MS = 1_500;

export class SoundPanel {
  #sound;
  #panel;
  #people;
  #model;
  #bar = by_id("sound-bar");
  #bar_reason = by_id("sound-bar-reason");
  #word = by_id("sound");
  #words = by_id("sound-words");
  #problem = by_id("sound-problem");
  #heard = /** @type {HTMLButtonElement} */ (by_id("sound-heard"));
  #not_heard = /** @type {HTMLButtonElement} */ (by_id("sound-not-heard"));
  #tones = [...by_id("sound-tones").children];
  #hush = by_id("lost-hush");
  #wants_test = false;
  #asked_at = -Infinity;
  #denied = false;

  /**
   * @param {import("./sound.js").Sound} sound
   * @param {import("../panel.js").Panel} panel
   * @param {import("../people.js").People} people
   * @param {import("../model.js").Model} model
   */
  constructor(sound, panel, people, model) {
    this.#sound = sound;
    this.#panel = panel;
    this.#people = people;
    this.#model = model;
    on_press("sound-bar", () => this.test());
    on_press("sound", () => {
      if (panel.is_open) panel.close();
      else this.test();
    });
    on_press("sound-test", () => this.test());
    on_press("sound-close", () => panel.close());
    on_press("sound-heard", () => this.#confirm());
    on_press("sound-not-heard", () => {
      this.#denied = true;
      sound.deny();
    });
    on_press("lost-hush", () => sound.hush());
  }

  /**
   * @param {number} now
   * @param {import("../model.js").BedState[]} off the beds of which no sound is heard here
   */
  refresh(now, off) {
    const state = this.#sound.state(now);
    const reason = sound_reason(state);
    hide(this.#bar, reason === "");
    set_text(this.#bar_reason, reason);
    set_attribute(this.#word, "data-sound", state.sound);
    set_text(this.#word, sound_words(state, this.#model.staff, off));
    const left_ms = this.#sound.hushed_ms(now);
    set_text(this.#hush, left_ms > 0 ? t("Tone paused {left}", { left: countdown(left_ms) }) : t("PAUSE THE TONE 2:00"));
    set_attribute(this.#hush, "aria-disabled", left_ms > 0 ? "true" : null);
    if (this.#panel.is_open) this.#refresh_panel(state, now);
  }

  /**
   * @param {import("./words.js").State} state
   * @param {number} now
   */
  #refresh_panel(state, now) {
    const { speaker } = this.#sound;
    const running = speaker.is_running(now);
    if (this.#wants_test && running && (speaker.test(now) || this.#sound.calls(now))) this.#wants_test = false;
    const since = speaker.log.filter(({ starts_ms, fate }) => starts_ms >= this.#asked_at && fate !== "dropped");
    const sounding = speaker.sounding(now);
    const testing = since.some(({ test, starts_ms }) => test && starts_ms > now) || sounding?.test === true;
    const alarms = since.some(({ test, starts_ms }) => !test && starts_ms <= now);
    for (const tone of this.#tones) {
      const name = tone.getAttribute("data-tone");
      const was = since.some((one) => one.tone === name && one.starts_ms <= now);
      set_attribute(tone, "data-playing", sounding?.tone === name ? "now" : was ? "was" : null);
    }
    this.#heard.disabled = !running || testing || since.every(({ starts_ms }) => starts_ms > now);
    this.#not_heard.disabled = this.#heard.disabled;
    const waits = since.length === 0 && this.#sound.calls(now);
    set_text(this.#words, this.#panel_words(state, { testing, alarms, waits }));
    set_text(this.#problem, this.#problem_words(running, now));
  }

  /**
   * @param {import("./words.js").State} state
   * @param {{testing: boolean, alarms: boolean, waits: boolean}} now what is to be heard
   */
  #panel_words(state, { testing, alarms, waits }) {
    if (waits) return t("An alarm stands: listen for its next tone.");
    if (testing) return t("Listen: three tones, high, medium and low.");
    if (alarms) return t("An alarm is sounding: that is the test.");
    if (state.sound === "running") return sound_words(state, this.#model.staff);
    return t("Did you hear the tones where you work?");
  }

  /**
   * @param {boolean} running
   * @param {number} now
   */
  #problem_words(running, now) {
    if (!running && now - this.#asked_at > WAKES_MS) {
      return t("The browser does not play. Tap again; if that does not help, look at whether this page is muted and a loudspeaker is connected.");
    }
    if (this.#denied) return t("Turn the loudspeaker up, look at which output the machine uses, and play the tones again.");
    return "";
  }

  test() {
    const now = performance.now();
    this.#asked_at = now;
    this.#denied = false;
    this.#wants_test = true;
    this.#sound.speaker.wake(now);
    this.#panel.open();
    this.#refresh_panel(this.#sound.state(now), now);
  }

  #confirm() {
    /** @param {string} by */
    const confirm = (by) => {
      this.#sound.confirm(by);
      ask_to_notify();
    };
    this.#panel.close();
    this.#people.by(this.#model.staff, t("Who heard the test tones?"), confirm);
  }
}

/** The worker may say that the page hangs, where the browser has that and a person allows it. */
function ask_to_notify() {
  if (!isSecureContext || typeof Notification === "undefined" || Notification.permission !== "default") return;
  Notification.requestPermission().catch(() => {});
}
