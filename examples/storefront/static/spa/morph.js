/*
  Brings elements on the page up to date with new markup by changing only what differs, so that the
  focus, a half-typed code and the place in a scrolled list survive an update.
*/
export function morph(element, markup) {
  const wanted = document.createElement("template");
  wanted.innerHTML = String(markup);
  children(element, wanted.content);
}

function children(from, to) {
  const wanted = [...to.childNodes];
  const keyed = new Map([...from.children].filter((child) => key(child)).map((child) => [key(child), child]));
  wanted.forEach((next, index) => {
    let current = from.childNodes[index];
    const known = key(next) && keyed.get(key(next));
    if (known && known !== current) {
      from.insertBefore(known, current ?? null);
      current = known;
    }
    if (!current) from.append(next);
    else if (!same(current, next)) from.replaceChild(next, current);
    else if (current.nodeType === Node.ELEMENT_NODE) update(current, next);
    else if (current.nodeValue !== next.nodeValue) current.nodeValue = next.nodeValue;
  });
  while (from.childNodes.length > wanted.length) from.lastChild.remove();
}

/* Lines of a cart are known by their id, so that removing the first does not rewrite all others. */
function key(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-replay-line") : null;
}

function same(current, next) {
  return current.nodeName === next.nodeName && key(current) === key(next) && current.id === next.id;
}

function update(current, next) {
  for (const { name } of [...current.attributes]) {
    if (!next.hasAttribute(name)) current.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  children(current, next);
  settle(current, next);
}

/* What somebody typed or chose is not in the attributes. A quantity always shows the one in force. */
function settle(current, next) {
  if (current instanceof HTMLInputElement) {
    if (current.type === "number" || current.type === "hidden") current.value = next.defaultValue;
    if (current.type === "radio" || current.type === "checkbox") current.checked = next.defaultChecked;
  } else if (current instanceof HTMLSelectElement) {
    current.value = next.value;
  }
}
