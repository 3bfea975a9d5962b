// What a person sees of every basket on a page of django-oscar, read through Oscar's own class names and nothing
// of the product's, in the form of exactness/read_shop.js. Run in the shop's page, and again over the replayed
// document: both must give the same. What it is given beside the document is in read_cart.js.
(doc, { fold, line, surface }) => {
  const shown = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const text = (element) => (element.matches("input") ? element.value : fold(element.innerText));
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(shown).map(text);
  const one = (root, selector) => all(root, selector)[0] ?? null;
  // A text that stands in no element of its own.
  const bare = (element) =>
    fold([...element.childNodes].map((node) => (node.nodeType === 3 ? node.data : " ")).join(""));
  // In two columns: a label, and an amount that may be a sentence. Titles span both.
  const totals = () =>
    [...doc.querySelectorAll("#basket_totals tr")]
      .filter((row) => shown(row) && row.cells.length === 2)
      .map((row) => [text(row.cells[0]), text(row.cells[1])])
      .filter(([label, amount]) => label && amount);
  // A message of the server stands in an element of its own, one of a script beside the cross that closes it.
  const messages = () => all(doc, "#messages .alertinner, #messages .alert:not(:has(.alertinner))");
  const surfaces = {};

  const content = doc.querySelector(".page #content_inner");
  const mini = doc.querySelector(".basket-mini");
  if (content && !mini)
    surfaces.page = surface({
      lines: [...content.querySelectorAll("#basket_formset .basket-items")].map((row) =>
        line({
          name: one(row, "h3"),
          quantity: one(row, ".checkout-quantity input"),
          unit: one(row, ".col-md-1 .text-right"),
          total: one(row, ".col-md-2 .text-right"),
          notes: all(row, ".availability, .error-block"),
        }),
      ),
      totals: totals(),
      promos: [...content.querySelectorAll("#basket_totals tr")]
        .filter((row) => row.querySelector("form"))
        .map((row) => [null, text(row.cells[1])]),
      messages: [...messages(), ...all(content, ".alert-warning, #voucher_form .error-block")].sort(),
      empty: one(content, ":scope > p"),
    });

  const order = doc.querySelector("#place_order_form");
  if (order)
    surfaces.summary = surface({
      lines: [...doc.querySelectorAll(".basket-items")].map((row) =>
        line({
          name: one(row, "h3"),
          quantity: one(row, ".col-sm-1"),
          total: one(row, ".price_color"),
          notes: all(row, ".availability"),
        }),
      ),
      totals: totals(),
      messages: messages().sort(),
    });

  if (mini && shown(mini))
    surfaces.mini = surface({
      lines: [...mini.querySelectorAll(".basket-mini-item > li:not(.form-actions)")]
        .filter((row) => row.querySelector(".price_color") && shown(row))
        .map((row) =>
          line({
            name: one(row, "p"),
            quantity: one(row, ".text-center"),
            unit: one(row, ".price_color"),
          }),
        ),
      totals: [
        [one(mini, ":scope > strong"), bare(mini)],
        ...all(mini, ".form-actions small").map((total) => [null, total]),
      ],
      empty: mini.querySelector(".price_color") ? null : one(mini, ".basket-mini-item p"),
    });
  const button = doc.querySelector(".btn-cart");
  if (button && shown(button)) surfaces.mini = surface({ totals: [[null, text(button)]] });
  return surfaces;
};
