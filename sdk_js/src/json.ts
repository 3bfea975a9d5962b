/**
 * JSON as the language defines it. An old library (Prototype.js 1.6) puts a `toJSON` on arrays, which turns
 * every list into a text; it is set aside for the moment in which we write.
 */
const lists: { toJSON?: unknown } & object = Array.prototype;

export function stringify(value: unknown): string {
  const patched = Object.getOwnPropertyDescriptor(lists, "toJSON");
  try {
    if (patched) delete lists.toJSON;
    return JSON.stringify(value);
  } finally {
    if (patched) Object.defineProperty(lists, "toJSON", patched);
  }
}
