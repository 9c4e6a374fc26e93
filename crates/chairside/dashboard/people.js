// @ts-check
// Who is at this station. Chosen once a shift, remembered by the browser, shown in the status bar.

import { is_open } from "./alarms.js";
import { button, by_id, element, on_press } from "./dom.js";
import { store } from "./kept.js";
import { t } from "./language.js";
import { Person } from "./person.js";
import { term } from "./words.js";

export class People {
  #reason = by_id("person-reason");
  #choices = by_id("person-choices");
  /** @type {((id: string) => void) | null} */
  #then = null;
  /** The alarm that it was asked for, if for one. @type {string | null} */
  #key = null;
  #panel;
  #person = new Person(store());

  /** @param {import("./panel.js").Panel} panel where it is asked */
  constructor(panel) {
    this.#panel = panel;
    panel.closed = () => {
      this.#then = null;
      this.#key = null;
    };
    on_press("person-cancel", () => panel.close());
  }

  /**
   * Takes the question back if its alarm does not wait for anybody any more.
   * @param {import("./alarms.js").Standing[]} all
   * @returns {boolean} whether it was taken back
   */
  follow(all) {
    if (this.#key === null || all.some(({ key, alarm }) => key === this.#key && is_open(alarm))) return false;
    this.#panel.close();
    return true;
  }

  /**
   * Returns the person who was chosen, if they still are on the staff and have done something lately.
   * @param {readonly import("./wire.js").Person[]} staff
   * @returns {import("./wire.js").Person | null}
   */
  current(staff) {
    const id = this.#person.at(Date.now());
    return staff.find((person) => person.id === id) ?? null;
  }

  /**
   * Has something done by whoever is at this station; who that is, if nobody has said so yet, is
   * asked first.
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {string} reason what it is needed for
   * @param {(id: string) => void} then
   * @param {string | null} [key] the alarm that it is asked for
   */
  by(staff, reason, then, key = null) {
    const person = this.current(staff);
    if (!person) return this.ask(staff, reason, then, key);
    this.#person.acts(person.id, Date.now());
    then(person.id);
  }

  /**
   * Asks who is there.
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {string} reason what it is needed for
   * @param {(id: string) => void} then
   * @param {string | null} [key] the alarm that it is asked for
   */
  ask(staff, reason, then, key = null) {
    this.#then = then;
    this.#key = key;
    this.#reason.textContent =
      staff.length > 0 ? reason : t("The configuration names no staff, so nobody can act here.");
    this.#choices.replaceChildren(
      ...staff.map((person) =>
        element("li", {}, button(`${person.name} (${term(person.role)})`, "choice", () => this.#chosen(person.id))),
      ),
    );
    this.#panel.open();
  }

  /** @param {string} id */
  #chosen(id) {
    this.#person.acts(id, Date.now());
    const then = this.#then;
    this.#panel.close();
    then?.(id);
  }
}
