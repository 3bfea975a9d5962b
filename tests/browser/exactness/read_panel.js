// What the desk's cart panel says is on screen, in the form of read_shop.js.
() => {
  const texts = (root, part) =>
    [...root.querySelectorAll(`[data-panel-part="${part}"]`)].map((element) => element.textContent);
  const one = (root, part) => texts(root, part)[0] ?? null;
  const surfaces = {};
  const cards = '[data-panel-source="displayed"][data-panel-status="on-screen"]';
  for (const card of document.querySelectorAll(cards)) {
    surfaces[card.dataset.panelSurface] = {
      lines: [...card.querySelectorAll('[data-panel-part="line"]')].map((line) => ({
        name: one(line, "name"),
        // What stands in the box, whether or not it is in force.
        quantity: one(line, "typed") ?? one(line, "quantity"),
        unit: one(line, "unit"),
        was: one(line, "was"),
        total: one(line, "total"),
        total_was: one(line, "total-was"),
        notes: texts(line, "note"),
      })),
      totals: [...card.querySelectorAll('[data-panel-part="total-row"]')].map((row) => [
        one(row, "label"),
        one(row, "amount"),
      ]),
      promos: [...card.querySelectorAll('[data-panel-part="promo"]')].map((promo) => [
        one(promo, "code"),
        one(promo, "amount"),
      ]),
      messages: texts(card, "message").sort(),
      empty: one(card, "empty"),
      count: one(card, "count"),
    };
  }
  return surfaces;
};
