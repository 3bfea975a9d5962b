/**
 * What a document shows, a line for each node: what a replay must have the same of. Left out is what a recording
 * leaves out, and texts side by side are one, because no markup tells them apart.
 */

const UNSEEN = new Set(["script", "meta", "title", "noscript"]);
/** What tells the state of an element is read from its properties; frames are compared by what they show. */
const UNTOLD = /^(?:rr_.*|value|checked|selected|autocomplete|src|srcdoc|sandbox)$/;
/** A replay's own mark. */
const PAUSED = "rrweb-paused";
/** A replay adds a sheet of its own, and rules for what the pointer is over. */
const isOfReplay = (element) => element.sheet?.cssRules[0]?.cssText.includes("rr-block");

const textOf = (sheet) =>
  Array.from(sheet?.cssRules ?? [], ({ cssText }) => cssText.replace(/\s+/g, " ")).join(" ");

function stateOf(element) {
  const { checked, localName, scrollLeft, scrollTop, selected, type, value } = element;
  const is = {};
  if (/^(?:input|select|textarea)$/.test(localName)) is.value = value;
  if (/^(?:checkbox|radio)$/.test(type)) is.checked = checked;
  if (localName === "option") is.selected = selected;
  if (localName === "dialog" && element.open) is.modal = element.matches(":modal");
  if (scrollLeft || scrollTop) is.scrolled = [scrollLeft, scrollTop];
  return Object.keys(is).length ? ` ${JSON.stringify(is)}` : "";
}

export function treeOf(root) {
  const lines = [];
  const inner = (node, depth, isHead) => {
    let text = "";
    const said = (line) => lines.push(" ".repeat(depth) + line);
    const texted = () => {
      if (isHead ? text.trim() : text) said(JSON.stringify(text));
      text = "";
    };
    for (const child of node.childNodes) {
      if (child.nodeType === 3) text += child.data;
      if (child.nodeType !== 1 || UNSEEN.has(child.localName) || isOfReplay(child)) continue;
      texted();
      const told = [...child.attributes].filter(({ name, value }) => !UNTOLD.test(name) && value !== PAUSED);
      const attributes = told.map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`).sort();
      said(child.localName + attributes.join("") + stateOf(child));
      if (child.localName === "style") said(` ${textOf(child.sheet)}`);
      else if (child.localName !== "textarea") {
        if (child.shadowRoot) tree(child.shadowRoot, depth + 1);
        if (child.contentDocument) tree(child.contentDocument, depth + 1);
        inner(child, depth + 1, isHead || child.localName === "head");
      }
    }
    texted();
  };
  const tree = (tree, depth) => {
    const adopted = [...tree.adoptedStyleSheets].map(textOf).join(" + ");
    const before = lines.push(`${" ".repeat(depth)}#${tree.nodeType} ${adopted}`);
    inner(tree, depth + 1, false);
    // The format has no words for an empty shadow root of an element that is known.
    if (tree.host && !adopted && lines.length === before) lines.pop();
  };
  tree(root, 0);
  return lines;
}
