// A page that the driver knows nothing of. The driver has each of its own pages believe that it is
// in front; this one is hidden when another is, as in a clinic's browser.

/** Opens a page at an address, asked by the browser's own protocol and without a person's touch. */
export async function bare_page(browser, address) {
  const session = await browser.newBrowserCDPSession();
  const { targetId } = await session.send("Target.createTarget", { url: address });
  const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
  const waiting = new Map();
  session.on("Target.receivedMessageFromTarget", (event) => {
    const { id, result } = JSON.parse(event.message);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let asked = 0;
  const evaluate = (expression) => {
    asked += 1;
    const id = asked;
    const params = { expression, returnByValue: true, userGesture: false };
    const answer = new Promise((resolve) => {
      waiting.set(id, resolve);
    });
    session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method: "Runtime.evaluate", params }) });
    return answer.then(({ result }) => result.value);
  };
  return {
    evaluate,
    /** Puts another page in front of it. */
    hide: () => session.send("Target.createTarget", { url: "about:blank" }),
    show: () => session.send("Target.activateTarget", { targetId }),
  };
}
