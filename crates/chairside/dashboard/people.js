// @ts-check
// Who is at this station. Chosen once, remembered by the browser, shown in the status bar.

import { button, by_id, element } from "./dom.js";

const KEPT_AS = "chairside.person";

export class People {
  #dialog = /** @type {HTMLDialogElement} */ (by_id("person"));
  #reason = by_id("person-reason");
  #choices = by_id("person-choices");
  /** @type {((id: string) => void) | null} */
  #then = null;

  constructor() {
    this.#dialog.addEventListener("close", () => {
      this.#then = null;
    });
    by_id("person-cancel").addEventListener("click", () => this.#dialog.close());
  }

  /**
   * Returns the person who was chosen, if they still are on the staff.
   * @param {readonly import("./wire.js").Person[]} staff
   * @returns {import("./wire.js").Person | null}
   */
  current(staff) {
    const id = recall();
    return staff.find((person) => person.id === id) ?? null;
  }

  /**
   * Asks who is there.
   * @param {readonly import("./wire.js").Person[]} staff
   * @param {string} reason what it is needed for
   * @param {(id: string) => void} then
   */
  ask(staff, reason, then) {
    this.#then = then;
    this.#reason.textContent =
      staff.length > 0 ? reason : "The configuration names no staff, so nobody can acknowledge here.";
    this.#choices.replaceChildren(
      ...staff.map((person) =>
        element("li", {}, button(`${person.name} (${person.role})`, "choice", () => this.#chosen(person.id))),
      ),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** @param {string} id */
  #chosen(id) {
    keep(id);
    const then = this.#then;
    this.#dialog.close();
    then?.(id);
  }
}

/** For browsers that keep nothing: good until the page is left. */
let unkept = "";

function recall() {
  try {
    return localStorage.getItem(KEPT_AS) ?? unkept;
  } catch {
    return unkept;
  }
}

/** @param {string} id */
function keep(id) {
  unkept = id;
  try {
    localStorage.setItem(KEPT_AS, id);
  } catch {
    // Some private windows refuse; `unkept` serves.
  }
}
