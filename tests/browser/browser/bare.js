// A page that the driver knows nothing of. The driver has each of its own pages believe that it is
// in front; this one is hidden when another is, as in a clinic's browser.

import { until } from "./harness.js";

/** Opens a page at an address, asked by the browser's own protocol and without a person's touch. */
export async function bare_page(browser, address) {
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send("Target.createTarget", { url: address });
  const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
  const waiting = new Map();
  session.on("Target.receivedMessageFromTarget", (event) => {
    const { id, result, error } = JSON.parse(event.message);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result.result.value);
  });
  let asked = 0;
  const evaluate = (expression) => {
    asked += 1;
    const id = asked;
    const params = { expression, returnByValue: true, userGesture: false };
    const answer = new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
    session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method: "Runtime.evaluate", params }) });
    return answer;
  };
  // Before the address is open, a question may be put to what was there, and goes with it.
  const is_started = () => evaluate('document.documentElement.hasAttribute("data-started")').catch(() => false);
  await until("the page to start", is_started);
  return {
    evaluate,
    /** Puts another page in front of it. */
    hide: () => session.send("Target.createTarget", { url: "about:blank" }),
    show: () => session.send("Target.activateTarget", { targetId }),
  };
}
