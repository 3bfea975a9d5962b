/** New nodes of every kind that a recording tells apart, and where in the page something may be put or changed. */

const PLAIN = ["div", "div", "div", "span", "p", "section", "x-card", "b", "ul"];
const SVG = "http://www.w3.org/2000/svg";
const XLINK = "http://www.w3.org/1999/xlink";
/** Nothing is put into these. */
const CLOSED = "style,script,textarea,option,select,iframe,input,template,table,tbody,tr,svg,use,title";
const HOSTS = /^(?:div|span|p|section|x-card)$/;
const DEEPEST = 2;

export function createMaker({ below, chance, pick }) {
  let last = 0;
  const word = () => `w${last++}`;
  const rule = () => `.${word()} { ${pick(["top: 1px", "color: red", "width: 2px"])}; }`;
  const element = (tag, properties = {}, ...inner) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inner);
    return made;
  };
  const sheet = () => {
    const made = new CSSStyleSheet();
    made.replaceSync(rule());
    return made;
  };
  const input = () => {
    const type = pick(["text", "checkbox", "radio", "number", "hidden", "submit"]);
    const made = element("input", { type, name: `g${below(3)}` });
    if (chance(0.5)) made.value = String(below(99));
    if (chance(0.5)) made.checked = true;
    return made;
  };
  const select = () => {
    const options = [0, 1, 2].map(() => element("option", { value: word() }, word()));
    const made = element("select", {}, ...options);
    made.selectedIndex = below(3);
    return made;
  };
  const table = () =>
    element("table", {}, element("tr", {}, element("td", {}, word()), element("td", {}, word())));
  const drawing = () => {
    const use = document.createElementNS(SVG, "use");
    use.setAttributeNS(XLINK, "xlink:href", `#a${below(4)}`);
    const made = document.createElementNS(SVG, "svg");
    made.append(use);
    return made;
  };
  const box = (depth) => {
    const made = element(pick(PLAIN), { id: word() });
    for (let count = depth < DEEPEST ? below(4) : 0; count > 0; count--) made.append(node(depth + 1));
    if (chance(0.1) && HOSTS.test(made.localName)) {
      const root = made.attachShadow({ mode: "open" });
      root.append(node(depth + 1), ...(chance(0.5) ? [element("slot")] : []));
      if (chance(0.5)) root.adoptedStyleSheets = [sheet()];
    }
    return made;
  };
  const kinds = [
    () => word(),
    () => document.createComment(word()),
    input,
    () => element("textarea", {}, word()),
    select,
    () => element("style", {}, rule(), ...(chance(0.3) ? [rule()] : [])),
    table,
    drawing,
  ];
  const node = (depth = 0) => {
    const made = chance(0.5) ? box(depth) : pick(kinds)();
    return typeof made === "string" ? document.createTextNode(made) : made;
  };
  return { element, node, rule, sheet, word };
}

export function createPlaces({ pick }) {
  const documents = () => {
    const all = [document];
    for (const each of all)
      for (const { contentDocument } of each.querySelectorAll("iframe"))
        if (contentDocument?.body) all.push(contentDocument);
    return all;
  };
  const roots = () => {
    const all = documents().map(({ body }) => body);
    for (const root of all)
      for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) all.push(shadowRoot);
    return all;
  };
  const elements = (selector = "*") => roots().flatMap((root) => [...root.querySelectorAll(selector)]);
  const box = () =>
    pick([...roots(), ...elements().filter((each) => !each.closest("svg,select") && !each.matches(CLOSED))]);
  return {
    box,
    child: () => pick([...box().childNodes]),
    host: () => pick(elements("div,span,p,section,x-card").filter(({ shadowRoot }) => !shadowRoot)),
    one: (selector) => pick(elements(selector)),
    rules: () => elements("style").flatMap(({ sheet }) => [...(sheet?.cssRules ?? [])]),
    adopters: () => [document, ...roots().filter(({ host }) => host?.ownerDocument === document)],
    documents,
    isClosed: (node) => node.nodeType === 1 && (node.matches(CLOSED) || node.closest("svg") !== null),
  };
}
