/**
 * The SDK as it would be without lenses and adapters: it records the picture and the plain facts, and hears of
 * the page's changes as these need it, but reads no cart, price or promotion and looks for no platform.
 */

const NOTHING = "() => {}";

/** By the module of sdk_js/src that it stands for. */
const INSTEAD = {
  "capture/lens": `
    export function startLenses(settings, zones, idOf, sink, clock, changed) {
      const observer = new MutationObserver((records) => changed(clock.now(), records));
      observer.observe(document, {
        subtree: true, childList: true, attributeOldValue: true, characterDataOldValue: true,
      });
      return { host() {}, touch() {}, flush() {}, stop: () => observer.disconnect() };
    }`,
  "capture/promo": `export const startPromos = () => ${NOTHING}, stateOffer = ${NOTHING};`,
  platforms: `export const createPlatforms = () => ({ adapters: [], look: (_, all) => all?.(), stop() {} });`,
};

/** @type {import("esbuild").Plugin} */
export const withoutLenses = {
  name: "without lenses",
  setup(build) {
    for (const [module, contents] of Object.entries(INSTEAD))
      build.onLoad({ filter: new RegExp(`[\\\\/]sdk_js[\\\\/]src[\\\\/]${module}\\.ts$`) }, () => ({
        contents,
      }));
  },
};
