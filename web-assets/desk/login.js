// Sends name and password; a cookie comes back, and the desk opens.

import "../lib/language.js";
import { login } from "../lib/wire.js";
import { must, pageData, wordsOf } from "../lib/words.js";

const form = must(document, "[data-login]", HTMLFormElement);
const problem = must(form, "[data-problem]", HTMLElement);
const button = must(form, "button", HTMLButtonElement);
const page = pageData(form);
const words = wordsOf(page.words);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = must(form, "#name", HTMLInputElement), password = must(form, "#password", HTMLInputElement);
  const empty = [name, password].find((input) => input.value === "");
  if (empty) return empty.focus();
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  problem.textContent = "";
  const status = await login(name.value, password.value);
  button.removeAttribute("aria-disabled");
  if (status === 200) return location.assign(page.next);
  problem.textContent = words(status === 401 || status === 400 ? "login_wrong" : status === 429 ? "login_throttled" : "login_failed");
  password.select();
});
