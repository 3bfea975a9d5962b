/**
 * The number in a quantity box, and whether it is in force. A box may hold a number that the customer has
 * typed but the shop has not taken yet, or has refused; line and totals are then still for the old one.
 *
 * In force is what the shop has written: the box's `value` attribute, or the value it had when it first
 * appeared. Another number counts as typed until the shop repaints the line's amount (or, where the lines
 * show none, the totals) after it: then it is the one that the amount is for.
 */
import type { Reading } from "./rendered";

export interface Quantity {
  readonly inForce: string;
  readonly typed: string | undefined;
}

interface Memory {
  readonly written: string | undefined;
  inForce: string;
  /** The amounts that were last seen with the number in force. */
  amounts: string | undefined;
}

export interface Quantities {
  /** `amounts`: the texts that the shop repaints when the quantity comes into force; undefined for none. */
  read(box: Element, amounts: string | undefined, reading: Reading): Quantity;
}

export function createQuantities(): Quantities {
  const memories = new WeakMap<Element, Memory>();
  return {
    read: (box, amounts, reading) => {
      const { shown, written } = boxText(box, reading);
      let memory = memories.get(box);
      if (!memory || memory.written !== written) {
        memory = { written, inForce: written ?? shown, amounts };
        memories.set(box, memory);
      }
      // While the shop computes, amounts may be away: that repaints nothing yet.
      const isRepainted = amounts !== undefined && amounts !== memory.amounts;
      if (shown === memory.inForce || isRepainted) Object.assign(memory, { inForce: shown, amounts });
      return { inForce: memory.inForce, typed: shown === memory.inForce ? undefined : shown };
    },
  };
}

function boxText(marked: Element, reading: Reading): { shown: string; written: string | undefined } {
  const box = marked.querySelector("input:not([type=hidden]),select") ?? marked;
  if (box.localName === "select") {
    const options = Array.from((box as HTMLSelectElement).options);
    return {
      shown: (box as HTMLSelectElement).selectedOptions[0]?.text.trim() ?? "",
      written: options.find((option) => option.defaultSelected)?.text.trim(),
    };
  }
  if (box.localName === "input") {
    const { type, value } = box as HTMLInputElement;
    return {
      shown: type === "password" || type === "hidden" ? "" : value.trim(),
      written: box.getAttribute("value")?.trim(),
    };
  }
  const { plain } = reading.text(box);
  return { shown: plain, written: plain };
}
