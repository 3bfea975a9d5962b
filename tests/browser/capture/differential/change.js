/**
 * Changes a page at random, as shops' scripts do: nodes come, go and move, attributes and texts change, inputs are
 * set, shadow roots and frames open, style sheets are written. Each seed does the same on every run.
 */
import { createMaker, createPlaces } from "./make.js";
import { createRandom } from "./random.js";

const FRAMES_COUNT = 4;

/** Whether a node may be put into another: it holds it neither itself nor by its shadow root or frame. */
function fits(node, box) {
  for (let within = box; within; ) {
    if (node.contains(within)) return false;
    const root = within.getRootNode();
    within = root.host ?? root.defaultView?.frameElement;
  }
  return true;
}

function nodeChanges({ below, chance, pick }, make, at) {
  const kept = [];
  const put = (node, box, before = null) => {
    if (node && fits(node, box) && node !== before) box.insertBefore(node, before);
  };
  return {
    append: () => at.box().append(make.node()),
    insert: () => at.child()?.before(make.node()),
    move: () => put(at.child(), at.box()),
    moveFirst: () => {
      const box = at.box();
      put(at.child(), box, box.firstChild);
    },
    remove: () => at.child()?.remove(),
    keep: () => {
      const child = at.child();
      child?.remove();
      if (child) kept.push(child);
    },
    bringBack: () => put(kept.splice(below(kept.length), 1)[0], at.box()),
    takeOut: () => {
      const child = at.child();
      if (!child?.firstChild || at.isClosed(child)) return;
      const inner = child.firstChild;
      child.remove();
      at.box().append(inner);
      if (chance(0.5)) inner.after(child);
    },
    replaceChildren: () => {
      const box = at.box();
      if (chance(0.4)) box.replaceChildren(make.node(), make.word(), ...box.childNodes);
    },
    markup: () => {
      const box = at.box();
      if (!box.host && box.localName !== "body")
        box.innerHTML = `<i>${make.word()}</i> t <!--c--><b a=1>${make.word()}</b>`;
    },
    fragment: () => {
      const fragment = document.createDocumentFragment();
      fragment.append(make.node(), make.node(), make.node());
      at.box().append(fragment);
    },
    wrap: () => {
      const child = at.child();
      const box = make.element("div");
      child?.replaceWith(box);
      if (child) box.append(child);
    },
    unwrap: () => {
      const child = at.child();
      if (child?.nodeType === 1 && !at.isClosed(child)) child.replaceWith(...child.childNodes);
    },
    sort: () => {
      const box = at.box();
      box.append(
        ...[...box.childNodes]
          .map((node) => [below(99), node])
          .sort(([a], [b]) => a - b)
          .map(([, node]) => node),
      );
    },
    text: () => {
      const child = at.child();
      const { data } = child ?? {};
      if (child?.nodeType === 3) child.data = make.word();
      if (child?.nodeType === 3 && chance(0.3)) child.data = data;
    },
    split: () => {
      const child = at.child();
      if (child?.nodeType === 3 && child.length > 1) child.splitText(1);
    },
    normalize: () => at.box().normalize(),
    head: () => document.head.append("\n ", make.element(pick(["style", "link", "meta"]))),
  };
}

function attributeChanges({ chance, pick }, make, at) {
  return {
    attribute: () =>
      at.one("*")?.setAttribute(pick(["class", "title", "style", "hidden"]), pick(["x", "color: red", ""])),
    attributeAndBack: () => {
      const element = at.one("[id]");
      const before = element?.id;
      if (element) element.id = make.word();
      if (element && chance(0.5)) element.id = before;
    },
    noAttribute: () => {
      const element = at.one(":not(input)");
      const name = element?.attributes[0]?.name;
      if (name) element.removeAttribute(name);
    },
    scroll: () => {
      const element = at.one("div");
      if (!element) return;
      element.style.cssText = "height: 20px; overflow: scroll; display: block";
      element.scrollTop = 5;
    },
    dialog: () => {
      const dialog = at.one("dialog") ?? make.element("dialog", {}, make.word());
      if (!dialog.isConnected) document.body.append(dialog);
      if (dialog.open) dialog.close();
      else if (chance(0.5)) dialog.showModal();
      else dialog.show();
    },
  };
}

function inputChanges({ below, chance }, make, at) {
  return {
    value: () => {
      const input = at.one("input:is([type=text],[type=number],[type=submit]),textarea");
      if (input) input.value = String(below(999));
    },
    check: () => {
      const input = at.one("input:is([type=checkbox],[type=radio])");
      if (input) input.checked = chance(0.6);
    },
    select: () => {
      const select = at.one("select");
      if (select) select.selectedIndex = below(select.length);
    },
    option: () => {
      const option = make.element("option", { value: make.word() }, make.word());
      if (chance(0.4)) option.selected = true;
      at.one("select")?.append(option);
    },
    noOption: () => at.one("option")?.remove(),
    textarea: () => at.one("textarea")?.replaceChildren(make.word()),
  };
}

function styleChanges({ below, chance, pick }, make, at) {
  return {
    styleText: () => {
      const style = at.one("style");
      // The format has the sheet as one text: which of several it was in is not known.
      if (style?.childNodes.length === 1 && chance(0.5)) style.firstChild.data = make.rule();
      else style?.replaceChildren(make.rule());
    },
    insertRule: () => {
      const { sheet } = at.one("style") ?? {};
      const rule = chance(0.5) ? make.rule() : `@media all { ${make.rule()} }`;
      sheet?.insertRule(rule, below(sheet.cssRules.length + 1));
    },
    deleteRule: () => {
      const { sheet } = at.one("style") ?? {};
      if (sheet?.cssRules.length) sheet.deleteRule(below(sheet.cssRules.length));
    },
    insertInner: () => {
      const group = pick(at.rules().filter((rule) => rule.media));
      group?.insertRule(make.rule(), below(group.cssRules.length + 1));
      if (group && chance(0.3)) group.deleteRule(0);
    },
    declare: () => {
      const { style } = pick(at.rules().filter((rule) => rule.style)) ?? {};
      if (chance(0.7)) style?.setProperty("width", `${below(99)}px`);
      else style?.removeProperty("color");
    },
    adopt: () => {
      const root = pick(at.adopters());
      root.adoptedStyleSheets = chance(0.3) ? [] : [...root.adoptedStyleSheets, make.sheet()];
    },
    writeAdopted: () => {
      const [sheet] = pick(at.adopters()).adoptedStyleSheets;
      if (chance(0.5)) sheet?.insertRule(make.rule());
      else sheet?.replaceSync(make.rule());
    },
  };
}

function treeChanges({ chance, pick }, make, at) {
  return {
    shadow: () => at.host()?.attachShadow({ mode: "open" }).append(make.node(), make.element("slot")),
    frame: () => {
      if (at.documents().length > FRAMES_COUNT) return;
      const frame = make.element("iframe");
      const kind = pick(["filled", "served", "written"]);
      if (kind === "served") frame.srcdoc = `<!doctype html><body><p>${make.word()}</p></body>`;
      at.box().append(frame);
      const { contentDocument: content } = frame;
      if (kind === "filled") content?.body?.append(make.node());
      if (kind !== "written") return;
      content?.open();
      content?.write(`<!doctype html><body><i>${make.word()}</i></body>`);
      content?.close();
    },
    otherPage: () => {
      const frame = at.one("iframe");
      if (frame && chance(0.5)) frame.srcdoc = `<body><u>${make.word()}</u></body>`;
    },
    frameAgain: () => {
      const frame = at.one("iframe");
      const box = frame?.parentNode;
      frame?.remove();
      box?.append(frame);
    },
  };
}

/** Answers what makes so many changes; it answers their names. */
export function createChanger(seed) {
  const random = createRandom(seed);
  const make = createMaker(random);
  const at = createPlaces(random);
  const kinds = [nodeChanges, attributeChanges, inputChanges, styleChanges, treeChanges];
  const changes = Object.entries(Object.assign({}, ...kinds.map((kind) => kind(random, make, at))));
  return (count) =>
    Array.from({ length: count }, () => {
      const [name, change] = random.pick(changes);
      change();
      return name;
    });
}
