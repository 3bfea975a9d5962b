/** Who applies what is told, one change after the other, has the page as it is, whatever was done to it. */
import { beforeEach, expect, test } from "vitest";
import { createChanges, type Mutation } from "../../src/recorder/changes";
import { createMirror } from "../../src/recorder/mirror";
import { createWriter, type Written } from "../../src/recorder/write";

interface Read {
  readonly said: Written;
  parent: Read | undefined;
  children: Read[];
  text: string | undefined;
  attributes: { [name: string]: unknown };
}

/** A reader as strict as can be: each change must be of nodes that it knows, in places that it knows. */
function reader(first: Written) {
  const known = new Map<number, Read>();
  const read = (said: Written, parent?: Read): Read => {
    const text = (said as { textContent?: string }).textContent;
    const made: Read = { said, parent, children: [], text, attributes: { ...said.attributes } };
    known.set(said.id, made);
    made.children = (said.childNodes ?? []).map((child) => read(child, made));
    return made;
  };
  const of = (id: number): Read => {
    const found = known.get(id);
    if (!found) throw new Error(`nobody has told of ${id}`);
    return found;
  };
  const forget = (gone: Read): void => {
    known.delete(gone.said.id);
    gone.children.forEach(forget);
  };
  const top = read(first);

  return {
    apply({ adds, removes, texts, attributes }: Mutation) {
      for (const { id, parentId } of removes) {
        const { children } = of(parentId);
        const at = children.indexOf(of(id));
        if (at < 0) throw new Error(`${id} is not in ${parentId}`);
        forget(of(id));
        children.splice(at, 1);
      }
      for (const { parentId, nextId, node } of adds) {
        const parent = of(parentId);
        if (known.has(node.id)) throw new Error(`${node.id} is there already`);
        const at = nextId === null ? parent.children.length : parent.children.indexOf(of(nextId));
        if (at < 0) throw new Error(`${nextId} is not in ${parentId}`);
        parent.children.splice(at, 0, read(node, parent));
      }
      for (const { id, value } of texts) of(id).text = value;
      for (const change of attributes) Object.assign(of(change.id).attributes, change.attributes);
    },
    words: (): unknown => words(top),
  };
}

const words = ({ said, children, text, attributes }: Read): unknown =>
  text ?? [
    said.tagName,
    said.isShadow,
    Object.entries(attributes).filter(([, value]) => value !== null),
    // What is in its shadow root stands beside what is in it.
    [false, true].map((isShadow) =>
      children.filter((child) => Boolean(child.said.isShadow) === isShadow).map(words),
    ),
  ];

function watch() {
  const mirror = createMirror();
  const told: Mutation[] = [];
  const writer = createWriter(mirror, (element) => {
    if (element.shadowRoot) changes.watch(element.shadowRoot);
  });
  const changes = createChanges(mirror, writer, (mutation) => told.push(mutation));
  changes.watch(document);
  const whole = () => createWriter(createMirror(), () => {}).tree(document) as Written;
  const page = reader(writer.tree(document) as Written);
  return {
    told,
    /** What the reader has, and what a reader has who begins now. */
    both: () => {
      changes.flush();
      for (const mutation of told.splice(0)) page.apply(mutation);
      return [page.words(), reader(whole()).words()] as const;
    },
    stop: changes.stop,
  };
}

/** The same numbers for the same seed. */
const random = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

beforeEach(() => {
  document.body.innerHTML = "<ul><li>1</li><li>2</li><li>3</li></ul><p title='a'>text</p><div></div>";
});

test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
  "has the same page after anything: seed %i",
  (seed) => {
    const { both, stop } = watch();
    const next = random(seed);
    const any = <T>(list: ArrayLike<T>) => list[Math.floor(next() * list.length)] as T;
    const kept: Element[] = [];
    const trees = () => [
      document.body,
      ...[...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []),
    ];
    const anything = () =>
      any([document.body, ...trees().flatMap((tree) => [...tree.querySelectorAll("*")])]) as Element;
    const made = () => {
      const element = document.createElement(any(["div", "b", "meta", "style", "p"]));
      element.append(document.createElement("i"), any(["", " ", "words"]), document.createComment("no"));
      if (element.localName === "div" && next() < 0.3)
        element.attachShadow({ mode: "open" }).innerHTML = "<u>in</u>";
      return element;
    };
    const steps = [
      () => anything().append(made()),
      () => anything().prepend(made(), made()),
      () => anything().before(made()),
      () => anything().setAttribute("class", String(next())),
      () => anything().removeAttribute("class"),
      () => anything().replaceChildren(made(), "and", made()),
      () => {
        const one = anything();
        if (one !== document.body) kept.push(one);
        if (one !== document.body) one.remove();
      },
      () => {
        const one = kept.pop();
        const place = anything();
        if (one && !one.contains(place)) place.append(one);
      },
      () => {
        const one = anything();
        const place = anything();
        if (one !== document.body && !one.contains(place)) place.prepend(one);
      },
      () => {
        const text = [...anything().childNodes].find(({ nodeType }) => nodeType === 3);
        if (text) text.nodeValue = String(next());
      },
      () => kept.at(-1)?.append(made()),
      () => any(trees()).append(made()),
    ];
    for (let round = 0; round < 12; round++) {
      for (let count = 1 + next() * 8; count > 0; count--) any(steps)();
      const [had, has] = both();
      expect(had).toEqual(has);
    }
    stop();
  },
);

test("tells nothing of what came and went, and of a change back", () => {
  const { told, both, stop } = watch();
  const gone = document.createElement("b");
  document.body.append(gone);
  gone.remove();
  const paragraph = document.querySelector("p") as Element;
  paragraph.setAttribute("title", "b");
  paragraph.setAttribute("title", "a");
  both();
  expect(told).toEqual([]);
  stop();
});

test("tells once of what has moved, with all that is in it", () => {
  const { told, both, stop } = watch();
  const list = document.querySelector("ul") as Element;
  document.querySelector("div")?.append(list);
  list.querySelector("li")?.remove();
  const [had, has] = both();
  expect(had).toEqual(has);
  expect(told).toEqual([]);
  stop();
});

test("an attribute with a namespace is told by the name that it has", () => {
  const { both, stop } = watch();
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  document.body.append(use);
  both();
  use.setAttributeNS("http://www.w3.org/1999/xlink", "href", "#a");
  expect(both()[0]).toEqual(both()[1]);
  use.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", "#b");
  expect(both()[0]).toEqual(both()[1]);
  stop();
});
