/* The two icons that views draw themselves; the rest stands in the shell. */
import { html } from "../html.js";

export const bag = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 8h14l1 13H4z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/><path d="M8.5 10V7a3.5 3.5 0 0 1 7 0v3" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`;

export const cross = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`;

/* Names in other scripts say so, for the right font and direction. */
export function script({ language, direction }) {
  return html`${language && html`lang="${language}"`} ${direction && html`dir="${direction}"`}`;
}
