// Resolves when the page is at rest: loaded, nothing changed and nothing animated for a while and for some
// frames, however slow they come. A shopper reads a page that stands still; so does the test. Answers a moment
// (page clock, milliseconds) in the middle of that rest.
(restMs) =>
  new Promise((resolve) => {
    const frames = 3;
    let since = performance.now();
    let still = 0;
    let calm = 0;
    const changed = new MutationObserver(() => {
      still = 0;
    });
    changed.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const look = () => {
      const moving = document.getAnimations().some((animation) => animation.playState === "running");
      if (moving || document.readyState !== "complete") still = 0;
      if (still === 0) since = performance.now();
      still += 1;
      if (still === frames) calm = Date.now();
      const rested =
        still >= 2 * frames && performance.now() - since >= restMs && Date.now() - calm >= restMs / 3;
      if (!rested) return requestAnimationFrame(look);
      changed.disconnect();
      resolve(calm + restMs / 6);
    };
    look();
  });
