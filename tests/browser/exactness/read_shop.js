// What a person sees of every cart on the shop's page, read through the shop's own class names and nothing of
// the product's. Run in the shop's page, and again over the replayed document: both must give the same.
// (document) => { surface: {...} } for the surfaces on screen.
(doc) => {
  const view = doc.defaultView;
  const shown = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 1 && box.left < view.innerWidth - 1;
  };
  const text = (element) =>
    element.matches("input") ? element.value : element.innerText.replace(/\s+/g, " ").trim();
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(shown).map(text);
  const one = (root, selector) => all(root, selector)[0] ?? null;
  const roots = {
    drawer: ".cart-drawer",
    page: ".cart-page",
    summary: ".checkout__summary",
    mini: ".mini-cart",
  };
  const surfaces = {};
  for (const [surface, selector] of Object.entries(roots)) {
    const root = [...doc.querySelectorAll(selector)].find(shown);
    if (!root) continue;
    surfaces[surface] = {
      lines: [...root.querySelectorAll(".cart-line")].filter(shown).map((line) => ({
        name: one(line, ".cart-line__name"),
        quantity: one(line, ".cart-line__qty"),
        unit: one(line, ".cart-line__unit"),
        was: one(line, ".cart-line__was"),
        total: one(line, ".cart-line__total"),
        total_was: one(line, ".cart-line__total-was"),
        notes: all(line, ".cart-line__note"),
      })),
      totals: [...root.querySelectorAll(".cart-totals__row")]
        .filter(shown)
        .map((row) => [one(row, ".cart-totals__label"), one(row, ".cart-totals__amount")])
        .concat(all(root, ".mini-cart__total").map((amount) => [null, amount])),
      promos: [...root.querySelectorAll(".cart-promo:not(.cart-promo--waiting)")]
        .filter(shown)
        .map((promo) => [one(promo, ".cart-promo__code"), one(promo, ".cart-promo__amount")]),
      messages: all(root, ".cart-message, .cart-promo__waits").sort(),
      empty: one(root, ".cart-empty"),
      count: one(root, ".mini-cart__count, .cart-drawer__count, .cart-page__count, .checkout__count"),
    };
  }
  return surfaces;
};
