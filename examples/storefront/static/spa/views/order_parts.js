/* Lines, totals and address of an order that was placed, as in templates/_order.html. */
import { html } from "../html.js";
import { script } from "./icons.js";

export function picture(line, size) {
  return (
    line.picture && html`<img src="${line.picture}" alt="" width="${size}" height="${size}" loading="lazy">`
  );
}

export function orderLines(order) {
  return html`
<ul class="order-lines">
  ${order.lines.map(
    (line) => html`
  <li class="order-line">
    ${picture(line, 72)}
    <span class="order-line__name"><span ${script(line)}>${line.name}</span>${line.option && html`<span class="order-line__option">${line.option}</span>`}</span>
    <span class="order-line__qty">${line.quantity}${line.measure && ` ${line.measure}`} × ${line.unit}</span>
    <span class="order-line__total">${line.total}</span>
  </li>`,
  )}
</ul>`;
}

export function orderTotals(order) {
  return html`
<dl class="order-totals">
  ${order.rows.map(({ key, label, amount }) => html`<div class="order-totals__row order-totals__row--${key}"><dt>${label}</dt><dd>${amount}</dd></div>`)}
</dl>`;
}

export function address({ address: to }) {
  return html`<address class="address" data-replay-mask>${to.name}<br>${to.street}${to.extra && `, ${to.extra}`}<br>${to.city}, ${to.state} ${to.postcode}</address>`;
}
