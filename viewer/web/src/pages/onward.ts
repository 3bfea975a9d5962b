/**
 * A link on another site led here, and the browser kept the login back. The same page is opened once more, this
 * time from the desk itself, with the moment that the link pointed at.
 */
const target = document.querySelector<HTMLAnchorElement>("[data-onward]");
if (target) {
  const address = `${target.getAttribute("href")}${location.hash}`;
  // From another path: going to one's own address with a moment would only scroll.
  history.replaceState(null, "", "/login");
  location.replace(address);
}
