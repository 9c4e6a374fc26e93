// What pages note by themselves while they run, on their own clock or on the wall clock that the
// test has too: what a test asks for comes late on a busy machine, and what is over by then was
// there all the same. All but what has a `page` run in the page and see nothing of this file.

/** When each state of the connection began, and what `look` says then, which a test may set. */
export function note_states() {
  globalThis.states = [];
  const note = () => {
    const at = performance.timeOrigin + performance.now();
    globalThis.states.push({ state: document.body.dataset.connection, at, ...globalThis.look?.() });
  };
  addEventListener("DOMContentLoaded", () => new MutationObserver(note).observe(document.body, { attributeFilter: ["data-connection"] }));
}

/** What stands on the page at that moment of its connection. */
export function look_around() {
  const text = (selector) => document.querySelector(selector).innerText;
  globalThis.look = () => ({
    words: text("#connection"),
    banners: text("#banners"),
    recorder: text("#recorder"),
    lost: text("#lost"),
    saturation: document.querySelector('[data-bed="1"] [data-cell="spo2"]')?.dataset.state,
  });
}

/** When four saturations stood on the page first. */
export function note_four() {
  const is_number = (one) => /^\d+$/.test(one.textContent);
  const look = () => {
    const values = [...document.querySelectorAll('[data-cell="spo2"] .value')];
    if (values.filter(is_number).length === 4) globalThis.four_at ??= performance.timeOrigin + performance.now();
  };
  addEventListener("DOMContentLoaded", () => new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true }));
}

/** What stands at a bed from now on whenever it is something else: the loss of a device, and the saturation. */
export function note_bed(bed) {
  const tile = document.querySelector(`.tile[data-bed="${bed}"]`);
  const cell = tile.querySelector('[data-cell="spo2"]');
  globalThis.noted = [];
  const note = () => {
    const loss = tile.querySelector(".loss").textContent;
    const at = performance.timeOrigin + performance.now();
    globalThis.noted.push({ at, loss, text: cell.querySelector(".value").textContent, state: cell.dataset.state });
  };
  new MutationObserver(note).observe(tile, { attributes: true, childList: true, characterData: true, subtree: true });
}

/** Every text that has stood in each number of each bed's tile, and when it first did: `BED CELL` to `{text: at}`. */
export function note_numbers() {
  globalThis.numbers = {};
  const note = () => {
    for (const cell of document.querySelectorAll(".tile .cell:not([hidden])")) {
      const of_cell = (globalThis.numbers[`${cell.closest(".tile").dataset.bed} ${cell.dataset.cell}`] ??= {});
      of_cell[cell.querySelector(".value").textContent] ??= performance.timeOrigin + performance.now();
    }
  };
  const anything = { attributes: true, childList: true, characterData: true, subtree: true };
  addEventListener("DOMContentLoaded", () => new MutationObserver(note).observe(document.body, anything));
}

/**
 * Of a patient's screen: when its button was pressed and let go, how far it filled, and what was
 * said to the service.
 */
export function note_hands() {
  const noted = { pressed: null, let_go: null, filled: 0, said: [] };
  globalThis.noted = noted;
  for (const name of ["pointerdown", "keydown"]) {
    addEventListener(name, ({ repeat }) => repeat || Object.assign(noted, { pressed: performance.now(), let_go: null, filled: 0 }), { capture: true });
  }
  for (const name of ["pointerup", "pointercancel", "keyup"]) addEventListener(name, () => (noted.let_go = performance.now()), { capture: true });
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function say(text) {
    noted.said.push({ type: JSON.parse(text).type, at: performance.now() });
    send.call(this, text);
  };
  const look = (changes) => {
    const height = (one) => one.getBoundingClientRect().height;
    const fills = changes.map(({ target }) => target).filter((one) => one.matches("#room-fill"));
    for (const one of fills) noted.filled = Math.max(noted.filled, height(one) / height(one.parentElement));
  };
  addEventListener("DOMContentLoaded", () => new MutationObserver(look).observe(document.body, { attributeFilter: ["style"], subtree: true }));
}

/**
 * Looks at the colour of a block in each frame until so many milliseconds were seen: how often it
 * flashes is a matter of time. Where a busy machine leaves frames out it may have turned more than
 * once, and that time counts for nothing. Returns the colours, and how often they went round a second.
 */
export function flashing(page, block, seen_ms = 3_000) {
  return page.evaluate(
    ([selector, wanted_ms]) =>
      new Promise((resolve) => {
        // Less than the time for which what flashes fastest is bright.
        const SKIPPED_MS = 150;
        const LONG_MS = 60_000;
        const began = performance.now();
        const colours = new Set();
        let [before, ms, changes] = [null, 0, 0];
        const look = (at) => {
          const found = document.querySelector(selector);
          const colour = found && getComputedStyle(found).backgroundColor;
          if (colour !== null) colours.add(colour);
          if (before && colour !== null && before.colour !== null && at - before.at <= SKIPPED_MS) {
            ms += at - before.at;
            if (colour !== before.colour) changes += 1;
          }
          before = { at, colour };
          if (ms < wanted_ms && at - began < LONG_MS) requestAnimationFrame(look);
          else resolve({ colours: [...colours], hertz: changes / 2 / (ms / 1_000), seen_ms: ms });
        };
        requestAnimationFrame(look);
      }),
    [block, seen_ms],
  );
}
