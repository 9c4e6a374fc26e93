// @ts-check
// The pages across sessions are whole without this: it lets them look as the dashboard does, and
// offers to print them.

import { follow_appearance } from "../treatment/appear.js";

follow_appearance();

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
