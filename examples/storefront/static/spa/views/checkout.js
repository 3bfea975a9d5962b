/* The steps of the checkout and what stands beside them. */
import { html } from "../html.js";
import { summary } from "./cart.js";
import { error, field } from "./fields.js";
import { address, orderLines, orderTotals } from "./order_parts.js";

function frame({ data, cart, here }, step) {
  return html`
<ol class="steps">
  ${data.steps.map(
    ({ name, url, done, here: now }) =>
      html`<li class="steps__step${done && " steps__step--done"}" ${now && html`aria-current="step"`}>${done ? html`<a href="${url}">${name}</a>` : name}</li>`,
  )}
</ol>
<div class="checkout">
  <section class="checkout__form" data-replay-zone="${data.form_zone}">${step}</section>
  ${summary(cart, here)}
</div>`;
}

export function checkoutAddress(view) {
  const { values, errors, states } = view.data;
  const input = (name, label, more = {}) => field(name, label, { values, errors, ...more });
  const bad = "state" in errors;
  return frame(
    view,
    html`
<h1 class="page-title">Where shall we send it?</h1>
${!view.customer && html`<p class="page-line">You can order as a guest, or <a href="/account/sign-in?next=/checkout/address">sign in</a> first.</p>`}
<form class="fields" method="post" action="/checkout/address" novalidate>
  ${input("email", "E-mail", { type: "email", autocomplete: "email", wide: true })}
  ${input("name", "Full name", { autocomplete: "name" })}
  ${input("phone", "Phone", { type: "tel", autocomplete: "tel", optional: true })}
  ${input("street", "Street and number", { autocomplete: "address-line1", wide: true })}
  ${input("extra", "Apartment, floor, company", { autocomplete: "address-line2", optional: true, wide: true })}
  ${input("city", "City", { autocomplete: "address-level2" })}
  <p class="field${bad && " field--bad"}">
    <label class="field__label" for="state">State</label>
    <select class="field__input" id="state" name="state" autocomplete="address-level1" ${bad && html`aria-invalid="true" aria-describedby="state-error"`}>
      <option value="">Choose …</option>
      ${states.map(({ code, name }) => html`<option value="${code}" ${code === values.state && "selected"}>${name}</option>`)}
    </select>
    ${bad && html`<span class="field__error" id="state-error">${errors.state}</span>`}
  </p>
  ${input("postcode", "ZIP code", { autocomplete: "postal-code", inputmode: "numeric" })}
  <p class="fields__go"><button class="button button--large" type="submit">Continue to shipping</button></p>
</form>`,
  );
}

export function checkoutShipping(view) {
  const { address: to, methods, errors } = view.data;
  return frame(
    view,
    html`
<h1 class="page-title">How shall we send it?</h1>
<p class="page-line" data-replay-mask>To ${to.name}, ${to.street}${to.extra && `, ${to.extra}`}, ${to.city}, ${to.state} ${to.postcode}. <a href="/checkout/address">Change</a></p>
<form class="fields fields--one" method="post" action="/checkout/shipping">
  <fieldset class="choices">
    <legend class="visually-hidden">Shipping method</legend>
    ${methods.map(
      (method) =>
        html`<label class="choice"><input type="radio" name="method" value="${method.slug}" ${method.chosen && "checked"}><span class="choice__name">${method.name}</span><span class="choice__line">${method.promise}</span><span class="choice__price">${method.price}</span></label>`,
    )}
  </fieldset>
  ${error("method", errors)}
  <p class="fields__go"><button class="button button--large" type="submit">Continue to payment</button></p>
</form>`,
  );
}

export function checkoutPayment(view) {
  const { errors, expected, total } = view.data;
  return frame(
    view,
    html`
<h1 class="page-title">How would you like to pay?</h1>
<p class="page-line">A demonstration: try 4242 4242 4242 4242, any date to come, any code. Nothing is kept.</p>
<form class="fields" method="post" action="/checkout/payment" novalidate>
  <input type="hidden" name="expected" value="${expected}">
  ${field("card_number", "Card number", { errors, autocomplete: "cc-number", inputmode: "numeric", wide: true })}
  ${field("card_name", "Name on the card", { errors, autocomplete: "cc-name", wide: true })}
  ${field("card_expiry", "Valid until", { errors, autocomplete: "cc-exp", hint: "MM / YY" })}
  ${field("card_code", "Security code", { errors, autocomplete: "cc-csc", inputmode: "numeric" })}
  <p class="fields__go"><button class="button button--large" type="submit">Pay ${total}</button></p>
</form>`,
  );
}

export function confirmation({ data }) {
  return html`
<section class="thanks">
  <h1 class="page-title">Thank you. It is on its way to being on its way.</h1>
  <p class="page-line">Your order <strong>${data.order.number}</strong> is placed. A receipt goes to <span data-replay-mask>${data.email}</span>.</p>
</section>
<div class="order-page">
  <section class="panel"><h2 class="panel__title">What you ordered</h2>${orderLines(data.order)}${orderTotals(data.order)}</section>
  <section class="panel"><h2 class="panel__title">Where it goes</h2>${address(data.order)}<p>${data.order.shipping}</p><a class="button button--quiet" href="/c/all">Keep looking around</a></section>
</div>`;
}
