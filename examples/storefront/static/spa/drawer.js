/* The panel that slides in. While it is open the rest of the page cannot be reached by keyboard. */
const element = (id) => document.getElementById(id);
const behind = () => document.querySelectorAll(".site-header, .main, .site-footer, .skip");
let returnTo = null;

export const drawerIsOpen = () => element("cart-drawer").classList.contains("is-open");

export function openDrawer() {
  if (drawerIsOpen()) return;
  returnTo = document.activeElement;
  element("scrim").hidden = false;
  const drawer = element("cart-drawer");
  drawer.inert = false;
  drawer.classList.add("is-open");
  for (const part of behind()) part.inert = true;
  drawer.querySelector(".cart-drawer__close").focus({ preventScroll: true });
}

export function closeDrawer() {
  if (!drawerIsOpen()) return;
  element("scrim").hidden = true;
  const drawer = element("cart-drawer");
  drawer.inert = true;
  drawer.classList.remove("is-open");
  for (const part of behind()) part.inert = false;
  returnTo?.focus({ preventScroll: true });
  returnTo = null;
}
