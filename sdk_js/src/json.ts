/**
 * JSON as the language defines it. Old libraries (Prototype.js 1.6) put a `toJSON` on arrays, which turns
 * every list into a text; it is set aside for the moment in which we write.
 */
const { parse, stringify: write } = JSON;
const PATCHED = [Array.prototype, Object.prototype];

export { parse };

export function stringify(value: unknown): string {
  if (!("toJSON" in Array.prototype)) return write(value);
  const kept = PATCHED.map((prototype) => Object.getOwnPropertyDescriptor(prototype, "toJSON"));
  try {
    for (const prototype of PATCHED) Reflect.deleteProperty(prototype, "toJSON");
    return write(value);
  } finally {
    kept.forEach((descriptor, index) => {
      const prototype = PATCHED[index];
      if (descriptor && prototype) Object.defineProperty(prototype, "toJSON", descriptor);
    });
  }
}
