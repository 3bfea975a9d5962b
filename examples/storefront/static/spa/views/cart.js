/*
  Everything of a cart that a customer can see, the same elements and class names as in the classic
  pages (templates/_cart.html). All amounts come finished from the server.
*/
import { html } from "../html.js";
import { bag, cross, script } from "./icons.js";

const things = (count) => (count === "1" ? "item" : "items");

export function mini(cart) {
  return html`
${bag}
<span class="visually-hidden">Cart with</span>
<span class="mini-cart__count" data-replay-count>${cart.count}</span>
<span class="visually-hidden">${things(cart.count)}</span>
${!cart.empty && html`<span class="mini-cart__total" data-replay-total="total">${cart.total}</span>`}`;
}

function hidden(surface, here) {
  return html`
<input type="hidden" name="surface" value="${surface}">
<input type="hidden" name="back" value="${here}">`;
}

function change(entry, surface, here) {
  return html`
  <form class="cart-line__change" method="post" action="/cart/update">
    ${hidden(surface, here)}
    <input type="hidden" name="line" value="${entry.id}">
    <button class="visually-hidden" type="submit" tabindex="-1">Update quantity</button>
    <span class="stepper">
      <button class="stepper__button" type="submit" name="by" value="-${entry.step}" aria-label="Less of ${entry.name}">−</button>
      <input class="cart-line__qty" data-replay-qty name="quantity" type="number" inputmode="decimal" min="0" max="${entry.max}" step="${entry.step}" value="${entry.quantity}" aria-label="Quantity of ${entry.name}" autocomplete="off">
      <button class="stepper__button" type="submit" name="by" value="${entry.step}" aria-label="More of ${entry.name}">+</button>
    </span>
    ${entry.measure && html`<span class="cart-line__measure">${entry.measure}</span>`}
  </form>
  <form class="cart-line__drop" method="post" action="/cart/remove">
    ${hidden(surface, here)}
    <input type="hidden" name="line" value="${entry.id}">
    <button class="link-button" type="submit" aria-label="Remove ${entry.name}">Remove</button>
  </form>`;
}

function fixedQuantity(entry) {
  return html`<p class="cart-line__amounts"><span class="cart-line__times">×</span> <span class="cart-line__qty" data-replay-qty>${entry.quantity}</span>${entry.measure && ` ${entry.measure}`}</p>`;
}

function line(entry, surface, here) {
  return html`
<li class="cart-line" data-replay-line="${entry.id}" data-replay-sku="${entry.sku}">
  <a class="cart-line__picture" href="${entry.url}" tabindex="-1" aria-hidden="true"><img src="${entry.picture}" alt="" width="96" height="96" loading="lazy"></a>
  <div class="cart-line__what">
    <a class="cart-line__name" data-replay-name href="${entry.url}" ${script(entry)}>${entry.name}</a>
    ${entry.option && html`<p class="cart-line__option">${entry.option}</p>`}
    <p class="cart-line__each">
      <span class="cart-line__unit" data-replay-price="unit">${entry.unit}</span>
      ${entry.was && html`<s class="cart-line__was" data-replay-price="was">${entry.was}</s>`}
      <span class="cart-line__per">${entry.measure ? `per ${entry.measure}` : "each"}</span>
    </p>
    ${entry.note && html`<p class="cart-line__note" data-replay-note>${entry.note}</p>`}
  </div>
  ${surface === "summary" ? fixedQuantity(entry) : change(entry, surface, here)}
  <p class="cart-line__sum">
    <span class="cart-line__total" data-replay-price="line">${entry.total}</span>
    ${entry.total_was && html`<s class="cart-line__total-was" data-replay-price="line-was">${entry.total_was}</s>`}
  </p>
</li>`;
}

export function lines(cart, surface, here) {
  return html`<ul class="cart-lines">${cart.lines.map((entry) => line(entry, surface, here))}</ul>`;
}

function promo(entry, surface, here) {
  return html`
    <li class="cart-promo${entry.waits_for && " cart-promo--waiting"}" ${!entry.waits_for && html`data-replay-promo="${entry.code}"`}>
      <span class="cart-promo__code">${entry.code}</span>
      <span class="cart-promo__title">${entry.title}</span>
      ${entry.amount && html`<span class="cart-promo__amount" data-replay-amount>${entry.amount}</span>`}
      ${
        surface !== "summary" &&
        html`
      <form class="cart-promo__remove" method="post" action="/cart/code/remove">
        ${hidden(surface, here)}
        <input type="hidden" name="code" value="${entry.code}">
        <button class="icon-button" type="submit" aria-label="Remove code ${entry.code}">${cross}</button>
      </form>`
      }
      ${entry.waits_for && html`<p class="cart-promo__waits" data-replay-promo-message>${entry.waits_for}</p>`}
    </li>`;
}

export function promos(cart, surface, here) {
  const said = cart.promo_message;
  return html`
<div class="cart-promos">
  ${
    cart.promos.length > 0 &&
    html`<ul class="cart-promos__list">${cart.promos.map((entry) => promo(entry, surface, here))}</ul>`
  }
  <form class="cart-code" method="post" action="/cart/code">
    ${hidden(surface, here)}
    <label class="cart-code__label" for="code-${surface}">Coupon or offer number</label>
    <input class="cart-code__input" id="code-${surface}" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" data-replay-promo-input>
    <button class="button button--quiet cart-code__submit" type="submit" data-replay-promo-submit>Apply</button>
  </form>
  ${said && html`<p class="cart-message cart-message--promo cart-message--${said.tone}" role="status" data-replay-promo-message>${said.text}</p>`}
</div>`;
}

export function totals(cart) {
  return html`
<dl class="cart-totals">
  ${cart.rows.map(
    (row) => html`
  <div class="cart-totals__row cart-totals__row--${row.key}">
    <dt class="cart-totals__label" data-replay-label="${row.key}">${row.label}</dt>
    <dd class="cart-totals__amount" data-replay-total="${row.key}">${row.amount}</dd>
  </div>`,
  )}
</dl>`;
}

export function message(cart) {
  const said = cart.message;
  return html`${said?.text && html`<p class="cart-message cart-message--${said.tone}" role="status" data-replay-message>${said.text}</p>`}`;
}

export function drawer(cart, here) {
  const full = html`
  ${promos(cart, "drawer", here)}
  ${totals(cart)}
  <a class="button button--quiet" href="/cart">View the cart</a>
  <a class="button" href="/checkout/address">Check out</a>`;
  const empty = html`
  ${cart.promos.length > 0 && promos(cart, "drawer", here)}
  <a class="button button--wide" href="/c/all">See what we sell</a>`;
  return html`
<div class="cart-drawer__head">
  <h2 class="cart-drawer__title">Your cart</h2>
  <p class="cart-drawer__things"><span class="cart-drawer__count" data-replay-count>${cart.count}</span> ${things(cart.count)}</p>
  <a class="icon-button cart-drawer__close" href="${here}" aria-label="Close the cart">${cross}</a>
</div>
<div class="cart-drawer__body">
  ${message(cart)}
  ${cart.empty ? html`<p class="cart-empty" data-replay-empty>Your cart is empty.</p>` : lines(cart, "drawer", here)}
</div>
<div class="cart-drawer__foot">${cart.empty ? empty : full}</div>`;
}

export function cartPage({ cart }) {
  const empty = html`
  <div class="empty">
    <p class="cart-empty empty__title" data-replay-empty>Your cart is empty.</p>
    <p>Good things wait on <a href="/c/all">our shelves</a>, some of them <a href="/c/sale">for less</a>.</p>
    ${cart.promos.length > 0 && promos(cart, "page", "/cart")}
  </div>`;
  const full = html`
  <section class="cart-page__lines" aria-label="Things in your cart">
    <p class="cart-page__things"><span class="cart-page__count" data-replay-count>${cart.count}</span> ${things(cart.count)}</p>
    ${lines(cart, "page", "/cart")}
  </section>
  <aside class="cart-page__sum panel" aria-label="What it costs">
    <h2 class="panel__title">What it costs</h2>
    ${totals(cart)}
    ${promos(cart, "page", "/cart")}
    <a class="button button--large button--wide" href="/checkout/address">Check out</a>
    <p class="panel__small">Returns are free for sixty days.</p>
  </aside>`;
  return html`
<h1 class="page-title">Your cart</h1>
<div class="cart-page" data-replay-cart="page">
  ${message(cart)}
  ${cart.empty ? empty : full}
</div>`;
}

export function summary(cart, here) {
  return html`
<aside class="checkout__summary panel" aria-label="Your order" data-replay-cart="summary">
    <h2 class="panel__title">Your order <span class="panel__note"><span class="checkout__count" data-replay-count>${cart.count}</span> ${things(cart.count)}</span></h2>
    ${lines(cart, "summary", here)}
    ${promos(cart, "summary", here)}
    ${totals(cart)}
</aside>`;
}
