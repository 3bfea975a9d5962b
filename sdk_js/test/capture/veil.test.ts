/** What the veil says of inputs: the box for promotion codes is marked wherever its text is recorded. */
import { expect, it } from "vitest";
import { createVeil, type RecorderEvent } from "../../src/capture/veil";
import { createZones } from "../../src/capture/zones";
import { DEFAULT_SETTINGS } from "../../src/wire.gen";

const nothing = () => {};
const same = (text: string) => text;

it("marks the box for promotion codes and no other input", () => {
  document.body.innerHTML = `<p data-replay-cart="page">
    <input data-replay-promo-input><input data-replay-qty><input></p>`;
  const inputs = [...document.querySelectorAll("input")];
  const veil = createVeil(
    { getNode: (id) => inputs[id] ?? null },
    createZones(DEFAULT_SETTINGS),
    { address: same, asset: same, assets: same, key: same, recorded: new Set() },
    nothing,
    nothing,
    nothing,
  );
  const said = (id: number, value: string) => {
    const typed: RecorderEvent = { type: 3, timestamp: 1, data: { source: 5, id, text: value } };
    const attributes = [{ id, attributes: { value } }];
    const set: RecorderEvent = { type: 3, timestamp: 1, data: { source: 0, attributes } };
    return [veil(set)?.data.attributes?.[0]?.attributes, veil(typed)?.data];
  };
  expect(said(0, "ANNA-47")).toMatchObject([
    { value: "ANNA-47", rr_promo: "" },
    { text: "ANNA-47", rr_promo: "" },
  ]);
  for (const [id, value] of [
    [0, ""],
    [1, "2"],
    [2, "Anna"],
  ] as const)
    for (const one of said(id, value)) expect(one ?? {}).not.toHaveProperty("rr_promo");
});
