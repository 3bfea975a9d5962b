// @vitest-environment node
/** The hostile corpus: whatever a page could send, nothing of it runs, fetches or breaks the replayer. */
import { describe, expect, it } from "vitest";
import { HTML_ELEMENTS, SVG_ELEMENTS } from "../../src/player/allowed";
import type { SafeEvent, SafeNode } from "../../src/player/recorder_event";
import { Sanitizer } from "../../src/player/sanitize";
import { documentOf, ELEMENTS, EVENTS, element, HOST, type Json, text } from "./hostile";

const T = 1_700_000_000_000;
const snapshot = (body: Json[]): Json => ({ type: 2, timestamp: T, data: { node: documentOf(body) } });
const change = (data: Json): Json => ({ type: 3, timestamp: T, data });

function read(...events: Json[]): SafeEvent[] {
  const sanitizer = new Sanitizer();
  // As they come: out of JSON, where `__proto__` is a key like any other.
  return events.flatMap((event) => sanitizer.read(JSON.parse(JSON.stringify(event)), T, T + 1_000));
}

function* nodesOf(value: unknown): Generator<SafeNode> {
  if (typeof value !== "object" || value === null) return;
  if ("id" in value && "type" in value) yield value as SafeNode;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

function expectHarmless(events: readonly SafeEvent[]): void {
  const shown = JSON.stringify(events);
  expect(shown).not.toContain(HOST);
  expect(shown.toLowerCase()).not.toMatch(/"on\w+":|javascript:|srcdoc|@import|formaction|http-equiv/);
  for (const node of nodesOf(events.map(({ data }) => data))) {
    if (node.type !== 2) continue;
    const tag = node.tagName ?? "";
    const known = node.isSVG
      ? SVG_ELEMENTS.has(tag)
      : HTML_ELEMENTS.has(tag) || /^[a-z][\w.]*-[\w.-]*$/.test(tag);
    expect(known, tag.slice(0, 40)).toBe(true);
    for (const name of ["src", "poster"])
      if (node.attributes?.[name] !== undefined) expect(node.attributes[name]).toMatch(/^data:image\//);
  }
}

/** Every place in which an element can come. */
const PLACES: Readonly<Record<string, (make: () => Json) => Json[]>> = {
  "in a snapshot": (make) => [snapshot([make()])],
  "by a mutation": (make) => [
    snapshot([]),
    change({
      source: 0,
      adds: [{ parentId: 4, nextId: null, node: make() }],
      removes: [],
      texts: [],
      attributes: [],
    }),
  ],
  "in a shadow root": (make) => [
    snapshot([element("div", {}, [{ ...make(), isShadow: true }], { isShadowHost: true })]),
  ],
  "in a frame's document": (make) => [
    snapshot([element("iframe", {}, [])]),
    change({
      source: 0,
      isAttachIframe: true,
      adds: [{ parentId: 4, nextId: null, node: { ...documentOf([make()]), id: 900 } }],
      removes: [],
      texts: [],
      attributes: [],
    }),
  ],
  "in SVG": (make) => [snapshot([element("svg", {}, [{ ...make(), isSVG: true }], { isSVG: true })])],
  "by attributes": (make) => {
    const node = make() as { id: number; tagName: string; attributes: Json };
    const bare = { ...node, attributes: {}, childNodes: [] };
    const attributes = [{ id: node.id, attributes: node.attributes }];
    return [snapshot([bare]), change({ source: 0, adds: [], removes: [], texts: [], attributes })];
  },
};

describe.each(Object.entries(PLACES))("an element %s", (_place, events) => {
  it.each(Object.entries(ELEMENTS))("%s", (_name, make) => {
    expectHarmless(read(...events(make)));
  });
});

describe("an event", () => {
  it.each(Object.entries(EVENTS))("%s", (_name, make) => {
    const events = read(snapshot([]), change(make()));
    expectHarmless(events);
    for (const { data } of events.slice(2)) {
      expect(JSON.stringify(data)).not.toMatch(/1e\+?9|1000000000|null,null|rr_type/);
      if ("positions" in data) expect(data.positions).toHaveLength(1);
    }
  });

  it("H47 times stand within their chunk", () => {
    for (const timestamp of [-1, 0, 1e308, 8.64e15, "now", null]) {
      const [meta, page] = read({ ...snapshot([]), timestamp });
      expect(meta?.timestamp).toBeGreaterThanOrEqual(T);
      expect(page?.timestamp).toBeLessThanOrEqual(T + 1_000);
    }
  });

  it("H50 plugins, custom events and what is no event are left out", () => {
    const odd: unknown[] = [
      { type: 5, timestamp: T, data: { tag: "x", payload: "<img onerror=mark()>" } },
      { type: 6, timestamp: T, data: { plugin: "x", payload: {} } },
      { type: 7, timestamp: T, data: { url: `https://${HOST}` } },
      { type: "3", timestamp: T, data: { source: 0 } },
      null,
      7,
      [],
    ];
    const sanitizer = new Sanitizer();
    expect(odd.flatMap((event) => sanitizer.read(event, T, T))).toEqual([]);
  });

  it("changes before the first page are left out", () => {
    expect(read(change({ source: 3, id: 1, x: 0, y: 0 }))).toEqual([]);
  });
});

describe("a page that would break the replayer", () => {
  const deep = (depth: number): Json => {
    let node = element("b");
    for (let level = 0; level < depth; level++) node = element("div", {}, [node]);
    return node;
  };

  it("H41 is cut where it is too deep", () => {
    const [, page] = new Sanitizer().read(snapshot([deep(3_000)]), T, T);
    expect([...nodesOf(page?.data)].length).toBeLessThan(520);
  });

  it("H42 is cut where it has too many nodes", () => {
    const many = Array.from({ length: 310_000 }, (_, index) => ({
      type: 3,
      id: 1_000_000 + index,
      textContent: "",
    }));
    const sanitizer = new Sanitizer();
    const [, page] = sanitizer.read(snapshot(many), T, T);
    const body = [...nodesOf(page?.data)].find(({ tagName }) => tagName === "body");
    expect(body?.childNodes?.length).toBeLessThan(300_000);
  });

  it("H43 has each id once", () => {
    const [, page] = read(
      snapshot([
        element("div", {}, [
          { ...element("b"), id: 1 },
          { ...element("i"), id: 3.5 },
        ]),
      ]),
    );
    expect([...nodesOf(page?.data)].filter(({ id }) => id === 1)).toHaveLength(1);
    expect(JSON.stringify(page)).not.toContain("3.5");
  });

  it("H45 loses a sheet that is too long", () => {
    const [, page] = read(snapshot([element("style", { _cssText: "a{}".repeat(50_000) })]));
    expect(JSON.stringify(page).length).toBeLessThan(2_000);
  });

  it("is left out when it is no page", () => {
    expect(read({ type: 2, timestamp: T, data: { node: element("html") } })).toEqual([]);
    expect(read({ type: 2, timestamp: T, data: { node: { type: 0, id: 1, childNodes: [] } } })).toEqual([]);
  });

  it("pollutes no prototype", () => {
    const parsed = JSON.parse(
      '{"type":2,"id":50,"tagName":"p","attributes":{"__proto__":{"polluted":"yes"},"constructor":"x"}}',
    );
    read(snapshot([{ ...parsed, childNodes: [] }]));
    expect(({} as Json).polluted).toBeUndefined();
  });

  it("may not name what would stand in front of a form's own methods", () => {
    const [, page] = read(
      snapshot([
        element("form", { name: "body" }, [element("input", { name: "appendChild", id: "childNodes" })]),
      ]),
    );
    expect(JSON.stringify(page)).not.toMatch(/appendChild|"childNodes":"|"name":"body"/);
  });
});

describe("what is harmless", () => {
  it("stays as it was", () => {
    const data = "data:image/png;base64,AAAA";
    const body = [
      element(
        "p",
        { class: "price", id: "p", style: "color: red; background: url(data:image/png;base64,AAAA)" },
        [text("$499.00")],
      ),
      element("img", { src: data, alt: "HP-15" }),
      element("input", { type: "radio", name: "ship", checked: true, value: "x" }),
      element("x-card", { "data-sku": "HP-15" }, [{ ...element("slot", { name: "a" }), isShadow: true }], {
        isCustom: true,
        isShadowHost: true,
      }),
      element(
        "svg",
        { viewBox: "0 0 1 1" },
        [
          element("use", { "xlink:href": "#icon" }, [], { isSVG: true }),
          element("rect", { fill: "url(#g)" }, [], { isSVG: true }),
        ],
        { isSVG: true },
      ),
    ];
    const [, page] = read(snapshot(body));
    const nodes = [...nodesOf(page?.data)];
    expect(nodes.find(({ tagName }) => tagName === "p")?.attributes).toEqual({
      class: "price",
      id: "p",
      style: 'color: red; background: url("data:image/png;base64,AAAA")',
    });
    expect(nodes.find(({ type }) => type === 3)?.textContent).toBe("$499.00");
    expect(nodes.find(({ tagName }) => tagName === "img")?.attributes?.src).toBe(data);
    expect(nodes.find(({ tagName }) => tagName === "input")?.attributes).toMatchObject({
      name: "ship",
      checked: true,
    });
    expect(nodes.find(({ tagName }) => tagName === "x-card")).toMatchObject({
      isCustom: true,
      isShadowHost: true,
    });
    expect(nodes.find(({ tagName }) => tagName === "use")?.attributes).toEqual({ "xlink:href": "#icon" });
    expect(nodes.find(({ tagName }) => tagName === "rect")?.attributes).toEqual({ fill: 'url("#g")' });
  });

  it("keeps every node's id and place, whatever becomes of it", () => {
    const body = [element("script"), element("p"), element("object"), element("foo")];
    const [, page] = read(snapshot(body));
    const safe = [...nodesOf(page?.data)].find(({ tagName }) => tagName === "body");
    expect(safe?.childNodes?.map(({ id }) => id)).toEqual(body.map(({ id }) => id));
    expect(safe?.childNodes?.map(({ tagName }) => tagName)).toEqual(["noscript", "p", "img", "span"]);
  });

  it("names an image that was not kept by its text", () => {
    const [, page] = read(snapshot([element("img", { src: "/hp-15.png", alt: 'HP-15 <b> & "co"' })]));
    const image = [...nodesOf(page?.data)].find(({ tagName }) => tagName === "img");
    const source = decodeURIComponent(String(image?.attributes?.src));
    expect(source).toContain("image not kept: HP-15 &lt;b&gt; &amp; &quot;co&quot;");
    expect(source).not.toContain("<b>");
  });

  it("splits a pointer's path into its positions, each at its own time", () => {
    const positions = [
      { x: 1, y: 1, id: 4, timeOffset: -300 },
      { x: 2, y: 2, id: 4, timeOffset: 0 },
    ];
    const moves = read(snapshot([]), { ...change({ source: 1, positions }), timestamp: T + 500 }).slice(2);
    expect(moves.map(({ timestamp }) => timestamp)).toEqual([T + 200, T + 500]);
  });

  it("lets a mutation be played twice", () => {
    const removes = [{ parentId: 3, id: 4 }];
    const [, , mutation] = read(
      snapshot([]),
      change({ source: 0, adds: [], removes, texts: [], attributes: [] }),
    );
    const data = mutation?.data as { removes: unknown[] };
    data.removes = [];
    expect(data.removes).toEqual(removes);
  });
});
