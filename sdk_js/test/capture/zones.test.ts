/** The zone of an element: from its markup, the site's rules, or unknown; and what may be shown there. */
import { afterEach, describe, expect, it } from "vitest";
import { createZones } from "../../src/capture/zones";
import { DEFAULT_SETTINGS, type PageSettings } from "../../src/wire.gen";

const zones = (settings: Partial<PageSettings> = {}) => createZones({ ...DEFAULT_SETTINGS, ...settings });
const place = (html: string): Element => {
  document.body.innerHTML = html;
  const found = document.querySelector("#here");
  if (!found) throw new Error("no #here");
  return found;
};
const here = '<i id="here"></i>';

afterEach(() => {
  document.body.innerHTML = "";
  document.body.removeAttribute("data-replay-zone");
});

describe("the zone of an element", () => {
  it.each([
    [here, "unknown"],
    [`<main data-replay-zone="catalogue"><p>${here}</p></main>`, "catalogue"],
    [`<main data-replay-zone="catalogue"><p data-replay-zone="account">${here}</p></main>`, "account"],
    [`<main data-replay-zone="catalog">${here}</main>`, "private"],
    [`<main data-replay-cart="drawer">${here}</main>`, "cart"],
    [`<main data-replay-product="X">${here}</main>`, "catalogue"],
    [`<main data-replay-zone="private"><p data-replay-product="X">${here}</p></main>`, "private"],
    [`<main data-replay-zone="payment"><p data-replay-cart="summary">${here}</p></main>`, "payment"],
    [`<main data-replay-mask><p data-replay-zone="catalogue">${here}</p></main>`, "masked"],
    [`<main data-replay-zone="catalogue"><p contenteditable>${here}</p></main>`, "masked"],
    [`<main data-replay-zone="catalogue"><p contenteditable="false">${here}</p></main>`, "catalogue"],
    [`<main data-replay-zone="account"><address>${here}</address></main>`, "private"],
    [`<main data-replay-zone="catalogue"><address>${here}</address></main>`, "catalogue"],
  ])("%s", (html, zone) => {
    expect(zones().of(place(html))).toBe(zone);
  });

  it("follows the site's rules, except where the markup says otherwise or masks", () => {
    const rules = zones({
      zones: [
        { selector: ".list", zone: "catalogue" },
        { selector: "]wrong[", zone: "cart" },
      ],
    });
    expect(rules.of(place(`<main class="list">${here}</main>`))).toBe("catalogue");
    expect(rules.of(place(`<main class="list" data-replay-zone="account">${here}</main>`))).toBe("account");
    expect(rules.of(place(`<main class="list" data-replay-mask>${here}</main>`))).toBe("masked");
  });

  it("is inherited through shadow roots", () => {
    const host = place('<main data-replay-zone="cart"><div id="here"></div></main>');
    const inside = document.createElement("b");
    host.attachShadow({ mode: "open" }).append(inside);
    expect(zones().of(inside)).toBe("cart");
  });
});

describe("what the customer puts in", () => {
  const cart = { surface: "page" as const, root: ".basket", quantity: ".many" };
  const open = (html: string) => {
    const settings = zones({ carts: [cart] });
    const input = place(html);
    return settings.isOpenInput(input, settings.of(input));
  };
  it.each([
    ['<p data-replay-cart="page"><input id="here" data-replay-qty></p>', true],
    ['<p data-replay-cart="page"><input id="here" data-replay-promo-input></p>', true],
    ['<p class="basket"><input id="here" class="many"></p>', true],
    ['<p><input id="here" class="many"></p>', false],
    ['<p data-replay-cart="page"><input id="here"></p>', false],
    ['<p><input id="here" data-replay-qty></p>', false],
    ['<p data-replay-cart="page"><input id="here" data-replay-qty type="password"></p>', false],
    [
      '<p data-replay-cart="page"><input id="here" data-replay-qty autocomplete="section-a cc-csc"></p>',
      false,
    ],
    ['<p data-replay-cart="page"><input id="here" data-replay-qty autocomplete="one-time-code"></p>', false],
    ['<p data-replay-cart="page"><input id="here" data-replay-qty type="file"></p>', false],
    ['<p data-replay-cart="page" data-replay-mask><input id="here" data-replay-qty></p>', false],
  ])("%s", (html, isOpen) => {
    expect(open(html)).toBe(isOpen);
  });

  it("knows the box for promotion codes", () => {
    const settings = zones({ carts: [{ ...cart, promo_input: ".code" }] });
    const isBox = (html: string) => settings.isPromoBox(place(html));
    expect(isBox('<p data-replay-promo-input><input id="here"></p>')).toBe(true);
    expect(isBox('<p class="basket"><input id="here" class="code"></p>')).toBe(true);
    expect(isBox('<p><input id="here" class="code"></p>')).toBe(false);
    expect(isBox('<p class="basket"><input id="here" class="many"></p>')).toBe(false);
  });

  it("shows choices among the shop's options in the catalogue only", () => {
    const all = zones();
    const choice = (html: string) => {
      const input = place(html);
      return all.isOpenChoice(input, all.of(input));
    };
    expect(choice('<p data-replay-zone="catalogue"><select id="here"></select></p>')).toBe(true);
    expect(choice('<p data-replay-zone="catalogue"><input id="here" type="radio"></p>')).toBe(true);
    expect(choice('<p data-replay-zone="catalogue"><input id="here" type="text"></p>')).toBe(false);
    expect(choice('<p data-replay-zone="cart"><select id="here"></select></p>')).toBe(false);
    expect(choice('<p><select id="here"></select></p>')).toBe(false);
  });
});
