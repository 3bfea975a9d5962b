/**
 * Begins where the product begins: when the visitor agrees, and on every later page at once. Takes the place
 * of the product's `replay`, and does not hear what else a shop tells it.
 */
const AGREED = "peer-agreed";

export function whenAgreed(start) {
  const queue = window.replay?.q ?? [];
  let started = false;
  const begin = () => {
    if (started) return;
    started = true;
    start();
  };
  window.replay = (word, value) => {
    if (word !== "consent" || value !== "granted") return;
    localStorage.setItem(AGREED, "1");
    begin();
  };
  for (const given of queue) window.replay(...given);
  if (localStorage.getItem(AGREED)) begin();
}
