/*
  Puts an answer of the API on the screen: the view, the cart wherever it is shown, the notice, and the
  parts of the header that change. What is shown is only ever what the last answer said.
*/
import { tellRecording } from "../recording.js";
import { html } from "./html.js";
import { morph } from "./morph.js";
import { drawer, mini } from "./views/cart.js";
import { VIEWS } from "./views/index.js";

const TITLE_ALONE = "home";
const element = (id) => document.getElementById(id);
const shown = { page: null, cart: null, customer: null };

export const here = () => location.pathname + location.search;

export function takeIn(answer) {
  shown.cart = answer.cart;
  shown.customer = answer.customer;
  if (answer.page) shown.page = answer.page;
}

/* A form that was refused: the same page with what was typed and what is wrong with it. */
export function takeErrors(fields, errors) {
  const { data } = shown.page;
  const lines = data.lines?.map((line) => ({ ...line, chosen: fields[line.field] === "1" }));
  const { password: _forgotten, ...values } = { ...data.values, ...fields };
  shown.page = {
    ...shown.page,
    data: { ...data, errors, values, ...(lines && { lines, reason: fields.reason }) },
  };
}

export function show(notice) {
  const { page, cart, customer } = shown;
  const view = VIEWS[page.name];
  const words = wordsSearched();
  document.title = page.name === TITLE_ALONE ? page.title : `${page.title} · Northlight`;
  document.body.className = `page page--${page.name}`;
  element("main").dataset.replayZone = page.zone;
  morph(element("view"), view({ data: page.data, cart, customer, words, here: here() }));
  morph(element("mini-cart"), mini(cart));
  morph(element("cart-drawer"), drawer(cart, here()));
  morph(element("notice"), said(notice));
  showAccount(customer);
  showCategory();
  document.querySelector("#consent [name=back]").value = here();
}

const wordsSearched = () => (new URLSearchParams(location.search).get("q") ?? "").trim();

/* The search box follows the address, and only then: it may hold words that are being typed. */
export function showWords() {
  element("search").value = wordsSearched();
}

/* What a page load would tell: who this is, and which order was just placed. */
export function tell({ identify, page }) {
  tellRecording({ identify, order: page.data.replay_order });
}

function said(notice) {
  const onPage = notice?.text && notice.place === "page";
  return onPage ? html`<p class="notice notice--${notice.tone}" role="status">${notice.text}</p>` : "";
}

function showAccount(customer) {
  const link = element("account-link").querySelector("a");
  link.href = customer ? "/account/orders" : "/account/sign-in";
  const text = link.querySelector(".header-link__text");
  text.toggleAttribute("data-replay-mask", customer !== null);
  text.textContent = customer ? customer.first_name : "Sign in";
}

function showCategory() {
  for (const link of document.querySelectorAll(".categories a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
