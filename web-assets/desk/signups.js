// Who signed up to speak on the meeting's page and waits to be looked at. Declined ones stay, so that a wrong press can be mended.

import { html, nothing } from "../vendor/lit-html.js";
import { timeOfDay } from "../lib/words.js";
import { actionButton } from "./button.js";

/** @typedef {import("./screen.js").Desk} Desk */
/** @typedef {import("../lib/types.js").Registration} Registration */

/** @param {Desk} desk */
export const waitingSignUps = ({ view }) => view.registrations.filter(({ status }) => status === "pending");

/** Opens and closes; beside the heading, so that it never moves. @param {Desk} desk */
export function signUpSwitch(desk) {
  const { words, view } = desk;
  const open = view.registration === "open";
  return actionButton(desk, {
    name: "sign-up",
    action: { action: open ? "registration.close" : "registration.open" },
    label: words(open ? "desk_signups_close" : "desk_signups_open"),
    look: "small",
  });
}

/** @param {Desk} desk */
export function signUpList(desk) {
  const { words, view } = desk;
  const waiting = waitingSignUps(desk);
  const declined = view.registrations.filter(({ status }) => status === "declined");
  return html`<ol class="signed-up" tabindex="0" aria-labelledby="signups">
    ${waiting.length === 0 ? html`<li class="nobody">${words("desk_signups_none")}</li>` : waiting.map((one) => row(desk, one))}
    ${declined.map((one) => row(desk, one))}
  </ol>`;
}

/** "15:04", or "26.11, 15:04" of another day. @param {Desk} desk @param {string} time */
function when({ page, clock }, time) {
  const day = (/** @type {string|number} */ at) => new Date(new Date(at).getTime() + page.utc_offset_s * 1000).toISOString().slice(0, 10);
  const [, month, date] = day(time).split("-");
  const clockTime = timeOfDay(time, page.utc_offset_s);
  return day(time) === day(clock.now()) ? clockTime : `${date}.${month}, ${clockTime}`;
}

/** @param {Desk} desk @param {Registration} one */
function row(desk, one) {
  const { words, page } = desk;
  const { registration, name, status } = one;
  const item = page.items.find(({ id }) => id === one.item);
  const about = [
    status === "declined" ? words("desk_signup_declined") : when(desk, one.created),
    one.position,
    item ? words("desk_signup_item", { no: item.no }) : "",
  ].filter((part) => part !== "");
  const whole = [name, ...about, item?.title ?? "", one.language].filter((part) => part !== "").join(" · ");
  return html`<li class="guest sign-up" data-registration=${registration} data-status=${status}>
    <div class="guest-words" title=${whole}><p class="guest-name">${name}</p><p class="guest-line">${about.join(" · ")}</p></div>
    <div class="guest-acts">
      ${actionButton(desk, {
        name: `approve-${registration}`,
        action: { action: "registration.approve", registration },
        label: words("desk_signup_approve"),
        title: words("desk_signup_approve_title", { name }),
        look: status === "pending" ? "small button-main" : "small",
        own: desk.side.unsettled("signups"),
      })}
      ${status === "pending"
        ? actionButton(desk, {
            name: `decline-${registration}`,
            action: { action: "registration.decline", registration },
            label: words("desk_signup_decline"),
            title: words("desk_signup_decline_title", { name }),
            look: "small",
            own: desk.side.unsettled("signups"),
            // It is nothing of the journal's, so undo takes back something else.
            done: () => desk.say(words("desk_signup_declined_said"), "said"),
          })
        : nothing}
    </div>
  </li>`;
}
