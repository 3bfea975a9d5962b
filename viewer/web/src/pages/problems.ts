/** The list of problems, and the visits of one: everything by keyboard, times as an agent tells them. */
import { part } from "../desk/dom";
import { tellTimes } from "../find/rows";
import { themeButton } from "../theme";

const TELL_TIMES_MS = 20_000;

const rows = [...document.querySelectorAll<HTMLAnchorElement>("[data-row]")];

function move(by: 1 | -1): void {
  const at = rows.indexOf(document.activeElement as HTMLAnchorElement);
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]?.focus();
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "/") location.assign("/");
  else if (event.key === "Escape") document.querySelector<HTMLElement>('[data-part="back"]')?.click();
  else return;
  event.preventDefault();
}

themeButton();
tellTimes(document, Date.now());
if (document.querySelector('[data-part="keys"]')) part("keys").hidden = rows.length === 0;
document.addEventListener("keydown", onKey);
setInterval(() => tellTimes(document, Date.now()), TELL_TIMES_MS);
