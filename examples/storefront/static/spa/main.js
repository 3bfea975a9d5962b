/*
  The shop as one page: links and forms are answered by the API instead of by page loads. The markup is
  that of the classic shop, so everything hangs on two listeners, one for links and one for forms.
*/
import { setUpConsent, tellRecording } from "../recording.js";
import { getPage, send } from "./api.js";
import { closeDrawer, drawerIsOpen, openDrawer } from "./drawer.js";
import { here, show, showWords, takeErrors, takeIn, tell } from "./page.js";

const OUTSIDE = /^\/(demo|static|pictures|api)(\/|$)/;
const CART_PATH = "/cart";
const SENT_ONCE = ":is(.fields, .return)";
const UNREACHABLE = {
  text: "We could not reach the shop. Please check your connection and try again.",
  tone: "bad",
  place: "page",
};
let latestVisit = 0;
let shownAddress = "";

/* Show another address. Only the address asked for last is shown, whatever answers first. */
async function visit(path, { replace = false, scrollTo = 0, notice = null } = {}) {
  const visitNumber = ++latestVisit;
  document.body.classList.add("is-loading");
  const answer = await getPage(path).catch(() => null);
  if (visitNumber !== latestVisit) return;
  document.body.classList.remove("is-loading");
  if (!answer) return sayUnreachable();
  if (answer.go) return visit(answer.go, { replace, notice: answer.notice ?? notice });
  keepScroll();
  history[replace ? "replaceState" : "pushState"]({ scrollTo }, "", path);
  shownAddress = here();
  closeDrawer();
  takeIn(answer);
  show(answer.notice ?? notice);
  showWords();
  tell(answer);
  window.scrollTo({ top: scrollTo, behavior: "instant" });
  if (!replace) document.getElementById("main").focus({ preventScroll: true });
}

function keepScroll() {
  history.replaceState({ ...history.state, scrollTo: window.scrollY }, "");
}

function sayUnreachable() {
  show(UNREACHABLE);
  window.scrollTo({ top: 0, behavior: "instant" });
}

/*
  Do what a form asks for and show what came of it. An answer without an address to go to changes
  nothing. (Attributes, not properties: a field named "method" would stand in the form's own.)
*/
async function act(form, submitter) {
  const fields = Object.fromEntries(new FormData(form, submitter));
  if ("surface" in fields || form.matches(".add")) fields.back = here();
  form.setAttribute("aria-busy", "true");
  const answer = await send(form.getAttribute("action"), fields).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer) return sayUnreachable();
  takeIn(answer);
  if (!answer.ok) {
    takeErrors(fields, answer.errors ?? {});
    show(answer.notice);
    return document.querySelector("[aria-invalid]")?.focus();
  }
  if (answer.notice?.signed_out) tellRecording(answer.notice);
  if (answer.go && answer.go !== here()) return visit(answer.go, { notice: answer.notice });
  if (form.matches(".cart-code") && answer.notice?.tone === "good") form.reset();
  if (!answer.go) return undefined;
  if (location.pathname.startsWith("/checkout")) {
    return visit(here(), { replace: true, scrollTo: window.scrollY, notice: answer.notice });
  }
  show(answer.notice);
  if (answer.notice?.drawer && location.pathname !== CART_PATH) openDrawer();
  return undefined;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.hash || OUTSIDE.test(link.pathname)) return;
  event.preventDefault();
  if (link.matches(".cart-drawer__close")) closeDrawer();
  else if (link.id === "mini-cart" && location.pathname !== CART_PATH) openDrawer();
  else void visit(link.pathname + link.search);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.closest("#consent")) return;
  event.preventDefault();
  if (form.matches(`${SENT_ONCE}[aria-busy]`)) return undefined;
  if (form.getAttribute("method") === "post") return act(form, event.submitter);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return visit(`${form.getAttribute("action")}${query.size ? `?${query}` : ""}`);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("input.cart-line__qty, .filters input, .filters select")) {
    event.target.form.requestSubmit();
  }
});

document.getElementById("scrim").addEventListener("click", closeDrawer);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drawerIsOpen()) closeDrawer();
});

addEventListener("popstate", (event) => {
  if (here() === shownAddress) return;
  void visit(here(), { replace: true, scrollTo: event.state?.scrollTo ?? 0 });
});

history.scrollRestoration = "manual";
document.documentElement.classList.add("has-script");
tellRecording(JSON.parse(document.getElementById("shop-state").textContent));
setUpConsent();
void visit(here(), { replace: true, scrollTo: history.state?.scrollTo ?? 0 });
