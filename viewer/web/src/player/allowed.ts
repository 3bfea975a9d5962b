/**
 * The elements and attributes that a replayed page may have. What is not here becomes an inert stand-in that
 * keeps the node's id and place, because later changes refer to both.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const HTML_ELEMENTS = words(`
  a abbr acronym address area article aside audio b bdi bdo big blink blockquote body br button canvas caption
  center cite code col colgroup content data datalist dd del details dfn dialog dir div dl dt em fieldset
  figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd
  label legend li main map mark marquee menu menuitem meter nav nobr noscript ol optgroup option output p
  picture pre progress q rb rp rt rtc ruby s samp search section select slot small source span strike strong
  style sub summary sup table tbody td textarea tfoot th thead time title tr tt u ul var video wbr xmp
`);

export const SVG_ELEMENTS = words(`
  a altglyph altglyphdef altglyphitem circle clippath defs desc ellipse feblend fecolormatrix
  fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap fedistantlight
  fedropshadow feflood fefunca fefuncb fefuncg fefuncr fegaussianblur femerge femergenode femorphology
  feoffset fepointlight fespecularlighting fespotlight fetile feturbulence filter foreignobject g glyphref
  image line lineargradient marker mask metadata path pattern polygon polyline radialgradient rect stop style
  svg switch symbol text textpath title tref tspan use view
`);

/** Elements that show nothing themselves: their stand-in is hidden. All others leave a box or their children. */
export const HIDDEN_ELEMENTS = words("script noscript meta base template link noembed noframes param track");

/** Elements whose content came from elsewhere: their stand-in is a labelled frame of their size. */
export const FRAMED_ELEMENTS: ReadonlyMap<string, string> = new Map([
  ["object", "embedded object not kept"],
  ["embed", "embedded object not kept"],
  ["applet", "embedded object not kept"],
  ["portal", "frame not kept"],
  ["fencedframe", "frame not kept"],
]);

/** A custom element's name: only such are registered as custom, the replayer fails on others. */
export const CUSTOM_NAME = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/;
export const RESERVED_CUSTOM_NAMES = words(`
  annotation-xml color-profile font-face font-face-src font-face-uri font-face-format font-face-name
  missing-glyph
`);

/** On any element. Values are plain words or text that nothing fetches or runs. */
export const GLOBAL_ATTRIBUTES = words(`
  class id title alt dir lang role hidden slot part exportparts label
  align valign bgcolor color face border cellpadding cellspacing frame rules nowrap noshade compact clear hspace
  vspace char charoff summary axis abbr scope headers colspan rowspan span start reversed value type checked
  selected disabled readonly required multiple placeholder size rows cols wrap maxlength minlength min max step
  low high optimum open datetime cite for inert translate popover controls loop muted media shape coords
  itemprop itemscope itemtype
`);

export const SVG_ATTRIBUTES = words(`
  accent-height alignment-baseline amplitude azimuth basefrequency baseline-shift bias class clip clip-path
  clip-rule clippathunits color color-interpolation color-interpolation-filters cx cy d diffuseconstant
  direction display divisor dominant-baseline dx dy edgemode elevation exponent fill fill-opacity fill-rule
  filter filterunits flood-color flood-opacity font-family font-size font-size-adjust font-stretch font-style
  font-variant font-weight fr fx fy gradienttransform gradientunits height id image-rendering in in2 intercept
  k1 k2 k3 k4 kernelmatrix kernelunitlength kerning lengthadjust letter-spacing lighting-color
  limitingconeangle marker-end marker-mid marker-start markerheight markerunits markerwidth mask
  maskcontentunits maskunits mode numoctaves offset opacity operator order orient overflow paint-order
  pathlength patterncontentunits patterntransform patternunits points pointsatx pointsaty pointsatz
  preservealpha preserveaspectratio primitiveunits r radius refx refy result role rotate rx ry scale seed
  shape-rendering slope spacing specularconstant specularexponent spreadmethod startoffset stddeviation
  stitchtiles stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap
  stroke-linejoin stroke-miterlimit stroke-opacity stroke-width style surfacescale systemlanguage tabindex
  tablevalues targetx targety text-anchor text-decoration text-rendering textlength transform
  transform-origin unicode-bidi values vector-effect version viewbox visibility width word-spacing
  writing-mode x x1 x2 xchannelselector y y1 y2 ychannelselector z
`);

/** Elements that may carry a name. On others a name would stand in front of the document's own methods. */
export const NAMED_ELEMENTS = words("input select textarea button slot output fieldset details");

/**
 * Names and ids that would stand in front of what the replayer calls on a form, which looks its fields up by
 * them.
 */
export const FORM_MEMBERS = words(`
  appendChild attachShadow attributes childNodes children classList className cloneNode contains
  dispatchEvent firstChild getAttribute hasAttribute insertBefore isConnected lastChild nextSibling nodeName
  nodeType nodeValue ownerDocument parentElement parentNode previousSibling querySelector querySelectorAll
  remove removeAttribute removeChild replaceChild scrollTo setAttribute setAttributeNS shadowRoot style
  tagName textContent toString constructor
`);
