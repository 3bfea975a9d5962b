/* What scripts add to the classic pages. Everything works without them, only with more page loads. */
import { setUpConsent, tellRecording } from "./recording.js";

const element = (id) => document.getElementById(id);
const readJson = (id) => JSON.parse(element(id)?.textContent || "null");

document.documentElement.classList.add("has-script");
tellRecording({ ...readJson("shop-state"), order: readJson("shop-order") });
setUpConsent();

const drawer = element("cart-drawer");
const scrim = element("scrim");

function openDrawer() {
  drawer.show();
  scrim.hidden = false;
  drawer.querySelector(".cart-drawer__close").focus();
}

function closeDrawer() {
  drawer.close();
  scrim.hidden = true;
  element("mini-cart").focus();
}

element("mini-cart").addEventListener("click", (event) => {
  if (document.body.classList.contains("page--cart")) return;
  event.preventDefault();
  openDrawer();
});
drawer.addEventListener("click", (event) => {
  if (!event.target.closest(".cart-drawer__close")) return;
  event.preventDefault();
  closeDrawer();
});
scrim.addEventListener("click", (event) => {
  event.preventDefault();
  closeDrawer();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drawer.open) closeDrawer();
});

/* An order is sent once, however often the button is pressed while the answer is on its way. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".fields, .return")) return;
  if (event.target.hasAttribute("aria-busy")) event.preventDefault();
  else event.target.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

/* A quantity or a filter takes effect when it is chosen; without scripts a button does it. */
document.addEventListener("change", (event) => {
  if (event.target.matches("input.cart-line__qty, .filters input, .filters select")) {
    event.target.form.requestSubmit();
  }
});
