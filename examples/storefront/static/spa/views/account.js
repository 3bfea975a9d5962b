/* Signing in, orders, tracking, returns, and pages that cannot be shown. */
import { html } from "../html.js";
import { error, field } from "./fields.js";
import { script } from "./icons.js";
import { address, orderLines, orderTotals, picture } from "./order_parts.js";

export function signIn({ data }) {
  const { values, errors, next } = data;
  return html`
<section class="sheet panel">
  <h1 class="page-title">Sign in</h1>
  <form class="fields fields--one" method="post" action="/account/sign-in" novalidate>
    <input type="hidden" name="next" value="${next}">
    ${field("email", "E-mail", { values, errors, type: "email", autocomplete: "username" })}
    ${field("password", "Password", { errors, type: "password", autocomplete: "current-password" })}
    <p class="fields__go"><button class="button button--large button--wide" type="submit">Sign in</button></p>
  </form>
  <p>New here? <a href="/account/register?next=${next}">Create an account</a></p>
  <p class="panel__small">To try it: ana@example.com, password “northlight”.</p>
</section>`;
}

export function register({ data }) {
  const { values, errors, next } = data;
  const input = (name, label, more) => field(name, label, { values, errors, ...more });
  return html`
<section class="sheet panel">
  <h1 class="page-title">Create an account</h1>
  <form class="fields fields--one" method="post" action="/account/register" novalidate>
    <input type="hidden" name="next" value="${next}">
    ${input("name", "Full name", { autocomplete: "name" })}
    ${input("email", "E-mail", { type: "email", autocomplete: "email" })}
    ${input("phone", "Phone", { type: "tel", autocomplete: "tel", optional: true })}
    ${field("password", "Password", { errors, type: "password", autocomplete: "new-password", hint: "At least eight characters" })}
    <p class="fields__go"><button class="button button--large button--wide" type="submit">Create the account</button></p>
  </form>
  <p>Have one already? <a href="/account/sign-in?next=${next}">Sign in</a></p>
</section>`;
}

function orderCard(order) {
  return html`
  <li class="orders__order panel">
    <div class="orders__head">
      <h2 class="orders__number"><a href="${order.url}">Order ${order.number}</a></h2>
      <span class="status status--${order.tone}">${order.status}</span>
    </div>
    <p class="orders__line">${order.status_line}${order.refunded && ` · ${order.refunded}`}</p>
    <ul class="orders__pictures">${order.lines.map((line) => html`<li>${picture(line, 64)}<span ${script(line)}>${line.name}</span></li>`)}</ul>
    <p class="orders__foot"><span>Placed ${order.placed}</span> <strong class="orders__total">${order.total}</strong></p>
    <p class="orders__links"><a href="${order.url}">Details</a>${order.tracking_url && html`<a href="${order.tracking_url}">Track</a>`}${order.return_url && html`<a href="${order.return_url}">Return something</a>`}</p>
  </li>`;
}

export function orders({ data }) {
  const none = html`<div class="empty"><p class="empty__title">No orders yet.</p><p>When there is one, you can follow it here. <a href="/c/all">See what we sell</a></p></div>`;
  return html`
<div class="section-head">
  <h1 class="page-title">Your orders</h1>
  <form method="post" action="/account/sign-out"><button class="button button--quiet" type="submit">Sign out</button></form>
</div>
<p class="page-line" data-replay-mask>${data.name} · ${data.email}${data.phone && ` · ${data.phone}`}</p>
${data.orders.length > 0 ? html`<ul class="orders">${data.orders.map(orderCard)}</ul>` : none}`;
}

export function order({ data }) {
  const it = data.order;
  return html`
<nav class="crumbs" aria-label="You are here"><a href="/account/orders">Your orders</a></nav>
<div class="section-head"><h1 class="page-title">Order ${it.number}</h1><span class="status status--${it.tone}">${it.status}</span></div>
<p class="page-line">Placed ${it.placed} · ${it.status_line}${it.refunded && ` · ${it.refunded}`}</p>
<div class="order-page">
  <section class="panel"><h2 class="panel__title">What you ordered</h2>${orderLines(it)}${orderTotals(it)}</section>
  <section class="panel">
    <h2 class="panel__title">Where it goes</h2>
    ${address(it)}
    <p>${it.shipping}</p>
    <p class="order-page__links">
      ${it.tracking_url && html`<a class="button button--quiet" href="${it.tracking_url}">Track this order</a>`}
      ${it.return_url && html`<a class="button button--quiet" href="${it.return_url}">Return something</a>`}
    </p>
    ${it.returns.map(
      (entry) =>
        html`<p class="order-page__return"><strong>Return ${entry.number}</strong>, ${entry.requested}: ${entry.names.join(", ")}. ${entry.refund} will be refunded when the parcel is back.</p>`,
    )}
  </section>
</div>`;
}

export function tracking({ data }) {
  return html`
<nav class="crumbs" aria-label="You are here"><a href="/account/orders">Your orders</a> <span aria-hidden="true">/</span> <a href="${data.url}">Order ${data.number}</a></nav>
<div class="section-head"><h1 class="page-title">Where is order ${data.number}?</h1><span class="status status--${data.tone}">${data.status}</span></div>
<p class="page-line">${data.carrier}, ${data.tracking_number}</p>
<ol class="track panel">
  ${data.steps.map(
    (step) =>
      html`<li class="track__step"><strong class="track__text">${step.text}</strong><span class="track__place">${step.place}</span><span class="track__at">${step.at}</span></li>`,
  )}
</ol>`;
}

function returnForm(data) {
  return html`
<form class="return panel" method="post" action="${data.order.return_url}">
  <fieldset class="choices">
    <legend class="visually-hidden">Things of this order</legend>
    ${data.lines.map(
      (line) => html`
    <label class="choice choice--picture">
      <input type="checkbox" name="${line.field}" value="1" ${line.chosen && "checked"} ${line.sent_back && "disabled"}>
      ${line.picture && html`<img src="${line.picture}" alt="" width="64" height="64">`}
      <span class="choice__name" ${script(line)}>${line.name}</span>
      <span class="choice__line">${line.sent_back ? "Already on its way back" : "Refund"}</span>
      <span class="choice__price">${line.refund}</span>
    </label>`,
    )}
  </fieldset>
  ${error("lines", data.errors)}
  <p class="field">
    <label class="field__label" for="reason">Why?</label>
    <select class="field__input" id="reason" name="reason">
      <option value="">Choose …</option>
      ${data.reasons.map(({ value, text }) => html`<option value="${value}" ${value === data.reason && "selected"}>${text}</option>`)}
    </select>
  </p>
  ${error("reason", data.errors)}
  <p class="fields__go"><button class="button button--large" type="submit">Request the return</button></p>
</form>`;
}

export function returnPage({ data }) {
  const done = html`<div class="empty"><p class="empty__title">Everything of this order is on its way back.</p><p><a href="${data.order.url}">See the order</a></p></div>`;
  return html`
<nav class="crumbs" aria-label="You are here"><a href="/account/orders">Your orders</a> <span aria-hidden="true">/</span> <a href="${data.order.url}">Order ${data.order.number}</a></nav>
<h1 class="page-title">What would you like to return?</h1>
${data.all_sent_back ? done : returnForm(data)}`;
}

export function problem({ data }) {
  return html`<div class="empty"><h1 class="empty__title">${data.heading}</h1><p class="problem__text" role="alert">${data.text}</p><p><a class="button button--quiet" href="${data.go}">${data.go_name}</a></p></div>`;
}
