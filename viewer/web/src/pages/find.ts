/**
 * The Find page: results while typing, everything by keyboard. The box keeps what was typed in the history entry
 * (not in the address, which proxies and logs keep), so that coming back from a session finds it again.
 */
import { part, setText } from "../desk/dom";
import { type Answer, ask, Refused } from "../find/answer";
import { nothing, render, tellTimes } from "../find/rows";
import { Search } from "../find/search";
import { themeButton } from "../theme";

const TELL_TIMES_MS = 20_000;
const REFRESH_MS = 10_000;

const box = part<HTMLInputElement>("box");
const results = part("results");
const status = part("status");
const blank = part<HTMLTemplateElement>("blank");
const form = box.form as HTMLFormElement;

let shownFor: string | null = box.value;
let openWhenShown = false;

const links = (): HTMLAnchorElement[] => [...results.querySelectorAll<HTMLAnchorElement>(".match__link")];

function show(answer: Answer): void {
  const focused = document.activeElement;
  const kept = focused instanceof HTMLAnchorElement && results.contains(focused) ? focused.href : null;
  const fragment = document.createDocumentFragment();
  fragment.append(...render(answer, blank));
  tellTimes(fragment, Date.now());
  results.replaceChildren(fragment);
  results.removeAttribute("aria-busy");
  if (kept !== null) (links().find((link) => link.href === kept) ?? box).focus();
  shownFor = box.value;
  const count = answer.matches.length;
  setText(status, answer.reason ?? (count === 1 ? "1 session" : `${count} sessions`));
  if (openWhenShown) open();
}

function fail(error: unknown): void {
  results.removeAttribute("aria-busy");
  openWhenShown = false;
  if (error instanceof Refused && error.status === 401) {
    location.assign("/login");
    return;
  }
  const [what, advice] =
    error instanceof Refused
      ? [error.what, error.advice]
      : [
          "The desk does not answer.",
          "Check the connection; what you typed is looked up again at the next key.",
        ];
  results.replaceChildren(nothing(what, [advice]));
  setText(status, what);
}

const search = new Search(ask, show, fail);

function typed(): void {
  shownFor = null;
  openWhenShown = false;
  results.setAttribute("aria-busy", "true");
  history.replaceState({ query: box.value }, "", "/");
  search.want(box.value);
}

/** Enter in the box: the only match opens; of several the first is chosen, so that nobody opens the wrong one. */
function open(): void {
  if (shownFor !== box.value) {
    openWhenShown = true;
    search.want(box.value, "once");
    return;
  }
  openWhenShown = false;
  const [first, second] = links();
  if (first && !second && box.value.trim() !== "") first.click();
  else first?.focus();
}

function move(by: 1 | -1): void {
  const all = links();
  const at = all.indexOf(document.activeElement as HTMLAnchorElement);
  const next = at < 0 && by < 0 ? undefined : all[at + by];
  if (next) next.focus();
  else if (by < 0) box.focus();
}

function clear(): void {
  box.focus();
  if (box.value !== "") {
    box.value = "";
    typed();
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inBox = event.target === box;
  const inRow = event.target instanceof HTMLAnchorElement && results.contains(event.target);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!inBox && !inRow && event.target !== document.body) return;
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") clear();
  else if (event.key === "/" && !inBox) {
    box.focus();
    box.select();
  } else if (inRow && event.key.length === 1 && event.key !== " ") {
    // Typing on goes into the box, wherever the agent is in the list.
    box.focus();
    return;
  } else return;
  event.preventDefault();
}

/** A list of what is going on now must not grow old on the screen; one that the agent is reading must not move. */
function refresh(): void {
  const reads = document.activeElement !== box && document.activeElement !== document.body;
  if (document.visibilityState === "visible" && box.value.trim() === "" && shownFor === box.value && !reads) {
    search.want(box.value, "once");
  }
}

const remembered: unknown = (history.state as { query?: unknown } | null)?.query;
if (typeof remembered === "string" && remembered !== box.value) {
  box.value = remembered;
  shownFor = null;
  search.want(remembered, "once");
}
part("keys").hidden = false;
part("submit").hidden = true;
themeButton();
tellTimes(results, Date.now());
box.setSelectionRange(box.value.length, box.value.length);
box.addEventListener("input", typed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  open();
});
document.addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", refresh);
setInterval(() => tellTimes(results, Date.now()), TELL_TIMES_MS);
setInterval(refresh, REFRESH_MS);
