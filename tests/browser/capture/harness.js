/** The capture half of the SDK on its own, in a page under test: what it hands over is kept on `captured`. */
import { record } from "@rrweb/record";
import * as data_layer from "../../../sdk_js/src/adapters/data_layer";
import * as magento from "../../../sdk_js/src/adapters/magento";
import * as product_data from "../../../sdk_js/src/adapters/product_data";
import * as shopify from "../../../sdk_js/src/adapters/shopify";
import * as woocommerce from "../../../sdk_js/src/adapters/woocommerce";
import { declare, startCapture } from "../../../sdk_js/src/capture/index";
import { createPlatforms } from "../../../sdk_js/src/platforms";
import { DEFAULT_SETTINGS } from "../../../sdk_js/src/wire.gen";

const facts = [];
const pictures = [];
const anchor = Date.now() - performance.now();
const clock = { now: () => anchor + performance.now(), at: (time) => anchor + time };
const sink = {
  fact: (kind, t, fields, urgent = false) => facts.push({ kind, t, fields, urgent, said: clock.now() }),
  // As text at once: what is emitted must already be masked, and the recorder keeps the object.
  picture: (event) => pictures.push(JSON.stringify(event)),
  style: () => {},
  activity: () => {},
};

const adapters = { data_layer, magento, product_data, shopify, woocommerce };
const platforms = createPlatforms((name) => window.captured.load(name));

let running;
window.captured = {
  facts,
  pictures,
  clock,
  /** Brings an adapter. */
  load: async (name) => adapters[name],
  start: (settings = {}, how = "navigate") => {
    running = startCapture(sink, clock, { ...DEFAULT_SETTINGS, ...settings }, how, platforms);
  },
  /** The recorder without the veil, to show what it would give away. */
  startBare: () => {
    record({ emit: (event) => pictures.push(JSON.stringify(event)), maskAllInputs: true });
  },
  settings: (settings) => running.settings({ ...DEFAULT_SETTINGS, ...settings }),
  checkpoint: () => running.checkpoint(),
  flush: () => running.flush(),
  stop: () => running.stop(),
  declare: (command, ...given) => declare(command, given, sink, clock),
};
