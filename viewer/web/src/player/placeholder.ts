/**
 * The labelled frame that stands where something was not kept: a picture of the element's own size, drawn from
 * nothing but its label, so that no one takes the blank for what the customer saw.
 */
const MAX_LABEL_CHARS = 60;

const SVG = (label: string, { width, height }: { width: number | string; height: number | string }): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
  `<rect width="100%" height="100%" fill="#f1f3f5"/>` +
  `<rect x=".5" y=".5" width="100%" height="100%" fill="none" stroke="#98a1ad" stroke-dasharray="4 3" style="width:calc(100% - 1px);height:calc(100% - 1px)"/>` +
  `<text x="6" y="16" font-family="system-ui,sans-serif" font-size="11" fill="#4d5560">${label}</text></svg>`;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** An image's address for `label`, e.g. "image not kept: HP-15 laptop", of the size that the image itself had. */
export function placeholder(label: string, size: { width: number; height: number } | null = null): string {
  // Unpaired surrogates and control characters have no place in an SVG, and an address cannot hold them.
  const plain = [...label.replace(/\p{Cs}/gu, "")]
    .filter((char) => char >= " ")
    .slice(0, MAX_LABEL_CHARS)
    .join("");
  const text = plain.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? "");
  return `data:image/svg+xml,${encodeURIComponent(SVG(text, size ?? { width: "100%", height: "100%" }))}`;
}
