/* Home, listings, product pages and stores: the same elements as the classic templates. */
import { html, trusted } from "../html.js";
import { script } from "./icons.js";

function price(card) {
  return html`
<p class="price">
  ${
    card.starts_from
      ? html`<span class="price__from">From</span> <span class="price__now" data-replay-price="from">${card.price}</span>`
      : html`<span class="price__now${card.was && " price__now--sale"}" data-replay-price="current">${card.price}</span>`
  }
  ${card.measure && html`<span class="price__unit">per ${card.measure}</span>`}
  ${card.was && html`<span class="visually-hidden">instead of</span> <s class="price__was" data-replay-price="was">${card.was}</s>`}
</p>
${card.per_measure && html`<p class="price__measure" data-replay-price="per_measure">${card.per_measure}</p>`}`;
}

function badge(entry) {
  if (entry.stock) return html`<span class="badge badge--quiet">${entry.stock}</span>`;
  return entry.badge && html`<span class="badge">${entry.badge}</span>`;
}

function card(entry, context) {
  return html`
<li class="card" data-replay-product="${entry.sku}" data-replay-context="${context}">
  <div class="card__picture">
    <img src="${entry.picture}" alt="" width="400" height="400" loading="lazy">
    ${badge(entry)}
  </div>
  <h3 class="card__name"><a href="${entry.url}" data-replay-name ${script(entry)}>${entry.name}</a></h3>
  ${price(entry)}
</li>`;
}

const cards = (entries, context) => entries.map((entry) => card(entry, context));

function hero(entry) {
  return html`
<section class="hero" data-replay-product="${entry.sku}" data-replay-context="listing">
  <div class="hero__text">
    <p class="hero__eyebrow">${entry.badge}</p>
    <h1 class="hero__title"><span data-replay-name>${entry.name}</span></h1>
    <p class="hero__line">Light enough for the stairs, quick enough for the semester, and less than it was yesterday.</p>
    ${price(entry)}
    <a class="button button--large" href="${entry.url}">Have a look</a>
  </div>
  <img class="hero__picture" src="${entry.picture}" alt="" width="400" height="400">
</section>`;
}

export function home({ data }) {
  return html`
${data.hero && hero(data.hero)}
<section class="tiles" aria-labelledby="tiles-title">
  <h2 class="section-title" id="tiles-title">By room and by need</h2>
  <ul class="tiles__list">
    ${data.tiles.map(
      (tile) =>
        html`<li><a class="tile" href="/c/${tile.slug}"><img src="${tile.picture}" alt="" width="160" height="160" loading="lazy"><span>${tile.name}</span></a></li>`,
    )}
  </ul>
</section>
<section aria-labelledby="shelf-title">
  <div class="section-head">
    <h2 class="section-title" id="shelf-title">For less, this week</h2>
    <a href="/c/sale">All offers</a>
  </div>
  <ul class="cards">${cards(data.shelf, "listing")}</ul>
</section>
<ul class="promises">
  <li><strong>Sixty days</strong> to change your mind, used or not</li>
  <li><strong>Free shipping</strong> from $75.00, tomorrow if you are in a hurry</li>
  <li><strong>Three stores</strong> where people know what they sell. <a href="/stores">Find one</a></li>
</ul>`;
}

function filters(data, words) {
  return html`
<form class="filters" action="${data.path}">
  ${data.path === "/search" && words && html`<input type="hidden" name="q" value="${words}">`}
  <p class="filters__found">${data.found}</p>
  <label class="check"><input type="checkbox" name="available" value="1" ${data.available && "checked"}> Available now</label>
  <label class="filters__sort">Sort by
    <select name="sort">
      ${data.sorts.map(({ value, name }) => html`<option value="${value}" ${value === data.sort && "selected"}>${name}</option>`)}
    </select>
  </label>
  <button class="button button--quiet filters__go" type="submit">Show</button>
</form>`;
}

function paging(data) {
  return html`
<nav class="paging" aria-label="Pages">
  ${data.previous && html`<a class="paging__step" rel="prev" href="${data.previous}">Previous</a>`}
  ${data.pages.map(
    ({ url, here, number }) =>
      html`<a class="paging__page" href="${url}" ${here && html`aria-current="page"`} aria-label="Page ${number}">${number}</a>`,
  )}
  ${data.next && html`<a class="paging__step" rel="next" href="${data.next}">Next</a>`}
</nav>`;
}

export function listing({ data, words }) {
  const nothing = html`
<div class="empty">
  <p class="empty__title">Nothing found${words && ` for “${words}”`}.</p>
  <p>Try a shorter word, or look through <a href="/c/all">everything we sell</a>: it is only forty things.</p>
</div>`;
  return html`
<header class="listing-head">
  <h1 class="page-title">${data.heading}</h1>
  ${data.line && html`<p class="page-line">${data.line}</p>`}
</header>
${filters(data, words)}
${data.shelf.length > 0 ? html`<h2 class="visually-hidden">Products</h2><ul class="cards">${cards(data.shelf, data.context)}</ul>` : nothing}
${data.pages.length > 1 && paging(data)}`;
}

function options(data) {
  return html`
    <div class="options" role="group" aria-labelledby="options-title">
      <p class="options__title" id="options-title">${data.option_name}</p>
      ${data.options.map(
        (option) =>
          html`<a class="option" href="${option.url}" ${option.here && html`aria-current="true"`}>${option.name} <span class="option__price">${option.price}</span></a>`,
      )}
    </div>`;
}

function add(data) {
  return html`
    <form class="add" method="post" action="/cart/add">
      <input type="hidden" name="sku" value="${data.sku}">
      <input type="hidden" name="back" value="${data.url}">
      <label class="add__label">${data.measure ? `Length in ${data.measure}` : "Quantity"}
        <input class="add__quantity" data-replay-qty name="quantity" type="number" inputmode="decimal" min="${data.step}" max="99" step="${data.step}" value="1" autocomplete="off">
      </label>
      <button class="button button--large add__button" type="submit">Add to cart</button>
    </form>`;
}

export function product({ data }) {
  return html`
<script type="application/ld+json">${trusted(data.json_ld)}</script>
<nav class="crumbs" aria-label="You are here"><a href="/">Home</a> <span aria-hidden="true">/</span> <a href="/c/${data.category.slug}">${data.category.name}</a></nav>
<article class="product" data-replay-product="${data.sku}" data-replay-context="product">
  <div class="product__picture">
    <img src="${data.picture}" alt="" width="640" height="640">
    ${data.badge && html`<span class="badge">${data.badge}</span>`}
  </div>
  <div class="product__buy">
    <h1 class="product__name" data-replay-name ${script(data)}>${data.name}</h1>
    <p class="product__sku">Article ${data.sku}</p>
    <p class="price price--large">
      <span class="price__now${data.was && " price__now--sale"}" data-replay-price="current">${data.price}</span>
      ${data.measure && html`<span class="price__unit">per ${data.measure}</span>`}
      ${data.was && html`<span class="visually-hidden">instead of</span> <s class="price__was" data-replay-price="was">${data.was}</s>`}
    </p>
    ${data.saving && html`<p class="price__saving">${data.saving}</p>`}
    ${data.per_measure && html`<p class="price__measure" data-replay-price="per_measure">${data.per_measure}</p>`}
    <p class="product__summary">${data.summary}</p>
    ${data.options.length > 0 && options(data)}
    <p class="stock${data.sold_out ? " stock--out" : data.low && " stock--low"}">${data.stock}</p>
    ${!data.sold_out && add(data)}
    <dl class="details">${data.details.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </div>
</article>
${
  data.related.length > 0 &&
  html`
<section aria-labelledby="related-title">
  <h2 class="section-title" id="related-title">From the same shelf</h2>
  <ul class="cards cards--few">${cards(data.related, "listing")}</ul>
</section>`
}`;
}

export function stores({ data }) {
  return html`
<h1 class="page-title">Our stores</h1>
<p class="page-line">Come and hold things in your hands.</p>
<ul class="stores">${data.stores.map(
    ({ city, street, hours }) =>
      html`<li class="panel"><h2 class="panel__title">${city}</h2><p>${street}</p><p class="panel__small">${hours}</p></li>`,
  )}</ul>
<section aria-labelledby="shelf-title">
  <h2 class="section-title" id="shelf-title">On our shelves today</h2>
  <ul class="shelf">${data.shelf.map(
    (entry) =>
      html`<li class="shelf__thing panel"><img src="${entry.picture}" alt="" width="88" height="88" loading="lazy"><a class="shelf__name" href="${entry.url}">${entry.name}</a><span class="shelf__label">Shelf price</span><span class="shelf__price">${entry.price}</span></li>`,
  )}</ul>
</section>`;
}
