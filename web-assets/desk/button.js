// The desk's buttons that act.

import { html, nothing } from "../vendor/lit-html.js";

/**
 * A button that acts. One that would be refused stays where it is, can be focused, and says why.
 * @param {import("./screen.js").Desk} desk
 * @param {{name: string, action: import("./screen.js").Action, label: unknown, look?: string, key?: string, own?: string, confirm?: import("./screen.js").Confirmation, title?: string, pressed?: boolean, place?: number, done?: (result: any) => void}} button
 *   place: in a list whose rows move, so that a row that came under the hand is not pressed for another
 */
export function actionButton(desk, { name, action, label, look = "", key, own = "", confirm, title, pressed, place, done }) {
  const why = desk.whyNot(action.action, own);
  const pending = desk.pending(name);
  const unsettled = desk.steady.drawn(name, [action, place]);
  if (!desk.keys.on) key = undefined;
  return html`<button type="button" class="button act ${look}" data-act=${name} aria-disabled=${why !== "" ? "true" : nothing}
    aria-busy=${pending ? "true" : nothing} aria-label=${title ?? nothing} title=${why || nothing} aria-keyshortcuts=${key ?? nothing} aria-pressed=${pressed === undefined ? nothing : pressed} ?data-unsettled=${unsettled}
    @click=${() => desk.press(name, action, { own, confirm, done })}
    @focus=${() => desk.say(why, "why")} @mouseenter=${() => why !== "" && desk.say(why, "why")}>
    <span>${label}</span>${key ? html`<kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
}
