// For each action the places of those of its elements that can be used now. Under an open drawer the rest of the
// page is inert or covered: it can be seen and not be used.
(selectors) => {
  const usable = (element) => {
    if (element.closest("[inert]") || !element.checkVisibility({ visibilityProperty: true })) return false;
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return hit !== null && (element === hit || element.contains(hit) || hit.contains(element));
  };
  const places = (selector) =>
    [...document.querySelectorAll(selector)]
      .map((element, at) => (usable(element) ? at : -1))
      .filter((at) => at >= 0);
  return Object.fromEntries(
    Object.entries(selectors).map(([action, selector]) => [action, places(selector)]),
  );
};
