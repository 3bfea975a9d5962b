// What a person sees of every cart on a page of EverShop, read through EverShop's own class names and nothing of the
// product's, in the form of exactness/read_shop.js. Run in the shop's page, and again over the replayed document:
// both must give the same. What it is given beside the document is in read_cart.js.
(doc, { fold, line, surface }) => {
  const view = doc.defaultView;
  const shown = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 1 && box.left < view.innerWidth - 1;
  };
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(shown);
  const text = (element) => fold(element.innerText);
  const one = (root, selector) => all(root, selector).map(text)[0] ?? null;
  // What stands beside the label: in elements, or bare.
  const beside = (row, label) =>
    fold(
      [...row.childNodes]
        .filter((node) => node !== label)
        .map((node) =>
          node.nodeType === 3 ? node.data : node.nodeType === 1 && shown(node) ? text(node) : "",
        )
        .join(" "),
    );
  // The box for a coupon is a row, too; it has no amount.
  const totals = (root) =>
    all(root, ".cart__total__summary > div")
      .filter((row) => !row.querySelector("form"))
      .map((row) => [text(row.firstElementChild), beside(row, row.firstElementChild)])
      .filter(([, amount]) => amount);
  const items = (root) =>
    all(root, ".item__summary__list > li").map((row) =>
      line({
        name: one(row, ".flex-1 > div"),
        quantity: one(row, ".relative > span"),
        total: one(row, ".ml-auto > div"),
      }),
    );
  const surfaces = {};

  const page = all(doc, "main .cart")[0];
  if (page)
    surfaces.page = surface({
      lines: all(page, ".cart__items > .cart__item").map((row) =>
        line({
          name: one(row, "a"),
          quantity: one(row, ".inline-flex > span"),
          total: one(row, ".text-right"),
          notes: all(row, "div.text-destructive").map(text),
        }),
      ),
      totals: totals(page),
      empty: one(page, ".empty-shopping-cart .mt-5 > span"),
      count: one(page, ".shopping-cart-header > p"),
    });

  const drawer = all(doc, '[role="dialog"]').find((each) => each.querySelector("[class^=minicart__]"));
  if (drawer)
    surfaces.drawer = surface({
      lines: items(drawer),
      totals: all(drawer, ".minicart__summary").map((row) => [...row.children].map(text)),
      empty: one(drawer, ".minicart__empty > p"),
    });

  const phone = all(doc, ".checkout-mobile-summary")[0];
  const rail = all(doc, ".item__summary__list").find((list) => !list.closest('[role="dialog"]'));
  if (phone)
    surfaces.summary = surface({
      lines: items(phone),
      totals: [...all(phone, ":scope > button").map((bar) => [...bar.children].map(text)), ...totals(phone)],
    });
  else if (rail) {
    const card = rail.closest(".bg-card");
    surfaces.summary = surface({ lines: items(card), totals: totals(card) });
  }

  const icon = all(doc, ".mini-cart-icon")[0];
  if (icon) surfaces.mini = surface({ count: one(icon, "span") });
  return surfaces;
};
