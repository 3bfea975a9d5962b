/* Labelled fields with their errors, as in templates/_fields.html. */
import { html } from "../html.js";

export function field(name, label, { values = {}, errors, type = "text", autocomplete = "off", ...more }) {
  const { hint, inputmode, optional, wide } = more;
  const bad = name in errors;
  return html`
<p class="field${wide && " field--wide"}${bad && " field--bad"}">
  <label class="field__label" for="${name}">${label}${optional && html` <span class="field__optional">optional</span>`}</label>
  <input class="field__input" id="${name}" name="${name}" type="${type}" value="${values[name]}" autocomplete="${autocomplete}" ${inputmode && html`inputmode="${inputmode}"`} ${bad && html`aria-invalid="true" aria-describedby="${name}-error"`}>
  ${hint && html`<span class="field__hint">${hint}</span>`}
  ${bad && html`<span class="field__error" id="${name}-error">${errors[name]}</span>`}
</p>`;
}

export function error(name, errors) {
  return name in errors && html`<p class="field__error" id="${name}-error" role="alert">${errors[name]}</p>`;
}
