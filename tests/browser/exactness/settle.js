// Resolves when the page is at rest: loaded, nothing changed and nothing animated for a while. A shopper reads
// a page that stands still; so does the test.
(restMs) =>
  new Promise((resolve) => {
    let since = performance.now();
    const changed = new MutationObserver(() => {
      since = performance.now();
    });
    changed.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const look = () => {
      const moving = document.getAnimations().some((animation) => animation.playState === "running");
      if (moving || document.readyState !== "complete") since = performance.now();
      if (performance.now() - since < restMs) return requestAnimationFrame(look);
      changed.disconnect();
      resolve();
    };
    look();
  })
