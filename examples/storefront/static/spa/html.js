/*
  Markup as tagged templates. Every value is escaped unless it is markup already, so a product's name
  or a customer's words cannot become elements. Nothing here needs a document: views are pure functions
  from data to text, which is how their equality with the classic pages is tested.
*/
class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function text(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(text).join("");
  if (value === null || value === undefined || value === false || value === "") return "";
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

export function html(strings, ...values) {
  return new Markup(strings.reduce((done, next, index) => done + text(values[index - 1]) + next));
}

/* Text that is known to be markup already: structured data that the shop's server has escaped. */
export function trusted(markup) {
  return new Markup(markup);
}
