/** msgpack as the collector reads it, for tests that look at what a page sent; the panel reads it like this. */
export { unpack } from "../src/debug/unpack";
