// What is framed: by itself, who has the floor; or by hand until somebody next gets or loses it.

import { html } from "../vendor/lit-html.js";
import { actionButton } from "./button.js";

const kLayouts = ["auto", "hall", "guest", "side_by_side", "grid"];

/** @param {import("./screen.js").Desk} desk */
export function layoutButtons(desk) {
  const { words, view } = desk;
  if (view.guests.length === 0) return html``;
  const shown = view.layout.by_hand ? view.layout.layout : "auto";
  return html`<div class="layouts" role="group" aria-label=${words("desk_layout")}>
    ${kLayouts.map((layout) => actionButton(desk, { name: `layout-${layout}`, action: { action: "layout.set", layout }, label: words(`desk_layout_${layout}`), look: "small", pressed: layout === shown }))}
  </div>`;
}
