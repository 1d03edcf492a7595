// The desk's buttons that act.

import { html, nothing } from "../vendor/lit-html.js";

/**
 * A button that acts. One that would be refused stays where it is, can be focused, and says why.
 * @param {import("./screen.js").Desk} desk
 * @param {{name: string, action: import("./screen.js").Action, label: unknown, look?: string, key?: string, own?: string, confirm?: import("./screen.js").Confirmation, title?: string, pressed?: boolean, done?: (result: any) => void}} button
 */
export function actionButton(desk, { name, action, label, look = "", key, own = "", confirm, title, pressed, done }) {
  const why = desk.whyNot(action.action, own);
  const pending = desk.pending(name);
  return html`<button type="button" class="button act ${look}" data-act=${name} aria-disabled=${why !== "" ? "true" : nothing}
    aria-busy=${pending ? "true" : nothing} aria-label=${title ?? nothing} title=${why || nothing} aria-keyshortcuts=${key ?? nothing} aria-pressed=${pressed === undefined ? nothing : pressed}
    @click=${() => desk.press(name, action, { own, confirm, done })}
    @focus=${() => desk.say(why, "why")} @mouseenter=${() => why !== "" && desk.say(why, "why")}>
    <span>${label}</span>${key ? html`<kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
}
