// The agenda as an index of the broadcast: items, their turns, and a link to every moment that has one.

import { html, nothing, svg } from "../vendor/lit-html.js";
import { inLanguage, roleWord, timeOfDay } from "../lib/words.js";

/**
 * @typedef {object} Agenda
 * @property {import("../lib/types.js").AgendaItem[]} items
 * @property {import("../lib/types.js").Person[]} people
 * @property {string} language
 * @property {number} utcOffsetS
 * @property {import("../lib/types.js").PublicView} view
 * @property {Map<string, import("../lib/types.js").RecordedChapter>} offsets
 * @property {{item: string|null, turn: string|null}} current
 * @property {import("../lib/words.js").Words} words
 * @property {(seconds: number) => string} link
 * @property {(seconds: number) => void} seek
 * @property {(seconds: number) => void} copy
 */

const chain = svg`<path d="M10 14a5 5 0 0 0 7.1 0l2.8-2.8a5 5 0 0 0-7.1-7.1L11.4 5.5M14 10a5 5 0 0 0-7.1 0l-2.8 2.8a5 5 0 0 0 7.1 7.1l1.4-1.4"/>`;

/** @param {Agenda} agenda */
export function agendaRows(agenda) {
  const { chapters } = agenda.view;
  const opening = chapters.find((chapter) => chapter.kind === "opening");
  return html`
    ${opening && agenda.offsets.has(opening.id) ? otherRow(agenda, opening) : nothing}
    ${agenda.items.map((item) => itemRow(agenda, item))}`;
}

/** The opening: a row without a number. @param {Agenda} agenda @param {import("../lib/types.js").Chapter} chapter */
function otherRow(agenda, chapter) {
  const title = inLanguage(chapter.title, agenda.language);
  return html`<li class="item">
    <div class="item-row"><span></span>
      <h3 class="item-title">${moment(agenda, chapter.id, title, html`<span class="moment-title">${title}</span>`, agenda.current.item === chapter.id)}</h3>
      ${copyButton(agenda, chapter.id, title)}
    </div>
  </li>`;
}

/** @param {Agenda} agenda @param {import("../lib/types.js").AgendaItem} item */
function itemRow(agenda, item) {
  const { view, words, current } = agenda;
  const state = view.items[item.id] ?? "pending";
  // An item that was opened again has several chapters: the row leads to the first.
  const chapter = view.chapters.find((one) => one.kind === "item" && one.item === item.id);
  const rows = rowsWithin(agenda, item);
  return html`<li class="item" data-item=${item.id} data-state=${state}>
    <div class="item-head">
      <span class="item-no">${item.no}</span>
      <div class="item-words">
        <h3 class="item-title">${moment(agenda, chapter?.id, item.title, html`<span class="moment-title">${item.title}</span>`, current.item === item.id && current.turn === null)}</h3>
        ${state === "open" && view.broadcast.state !== "ended" ? html`<p class="item-state">${words("viewer_item_open")}</p>` : nothing}
        ${speakersLine(agenda, item)}
      </div>
      ${chapter ? copyButton(agenda, chapter.id, `${item.no}. ${item.title}`) : nothing}
    </div>
    ${rows.length > 0 ? html`<ul class="turns">${rows.map((one) => turnRow(agenda, one))}</ul>` : nothing}
  </li>`;
}

/** Who is still to speak. @param {Agenda} agenda @param {import("../lib/types.js").AgendaItem} item */
function speakersLine(agenda, item) {
  const spoken = new Set(agenda.view.chapters.filter((one) => one.kind === "turn" && one.item === item.id).map((one) => one.person));
  const ahead = item.speakers.filter((speaker) => !spoken.has(speaker.person));
  const line = ahead
    .map((speaker, index) => {
      const name = agenda.people.find((one) => one.id === speaker.person)?.name ?? "";
      // Five names with one role say it once, after the last.
      return ahead[index + 1]?.as === speaker.as ? name : `${name} (${roleWord(agenda.words, speaker.as)})`;
    })
    .join(", ");
  return line ? html`<p class="item-speakers">${line}</p>` : nothing;
}

/** The item's turns, and the recesses that fell into it. @param {Agenda} agenda @param {import("../lib/types.js").AgendaItem} item */
function rowsWithin(agenda, item) {
  /** @type {string|null} */
  let within = null;
  return agenda.view.chapters.filter((chapter) => {
    if (chapter.kind === "item") within = chapter.item;
    return (chapter.kind === "turn" && chapter.item === item.id) || (chapter.kind === "recess" && within === item.id);
  });
}

/** @param {Agenda} agenda @param {import("../lib/types.js").Chapter} chapter */
function turnRow(agenda, chapter) {
  const person = agenda.people.find((one) => one.id === chapter.person);
  const title = person?.name ?? inLanguage(chapter.title, agenda.language);
  const from = timeOfDay(chapter.start, agenda.utcOffsetS);
  const span = chapter.end ? `${from}–${timeOfDay(chapter.end, agenda.utcOffsetS)}` : from;
  const row = html`<span class="turn-who">${title}</span>
    ${chapter.kind === "turn" ? html`<span class="turn-as">${roleWord(agenda.words, chapter.as)}</span>` : nothing}
    <span class="turn-span">${span}</span>`;
  return html`<li class="turn" data-chapter=${chapter.id}>
    ${moment(agenda, chapter.id, title, row, agenda.current.turn === chapter.id)} ${copyButton(agenda, chapter.id, title)}
  </li>`;
}

/**
 * A title that leads to its moment, or only a title while that is not recorded.
 * @param {Agenda} agenda @param {string|undefined} chapter @param {string} title @param {unknown} content @param {boolean} current
 */
function moment(agenda, chapter, title, content, current) {
  const at = chapter === undefined ? undefined : agenda.offsets.get(chapter);
  if (!at) return html`<span class="moment">${content}</span>`;
  return html`<a class="moment" href=${agenda.link(at.start_s)} data-seek=${at.start_s} aria-current=${current ? "true" : nothing}
    @click=${(/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      agenda.seek(at.start_s);
    }}>${content}</a>`;
}

/** @param {Agenda} agenda @param {string} chapter @param {string} what it leads to */
function copyButton(agenda, chapter, what) {
  const at = agenda.offsets.get(chapter);
  if (!at) return nothing;
  return html`<button class="copy" type="button" aria-label=${agenda.words("viewer_copy_link", { what })} title=${agenda.words("viewer_copy_link", { what })}
    @click=${() => agenda.copy(at.start_s)}><svg viewBox="0 0 24 24" aria-hidden="true">${chain}</svg></button>`;
}
