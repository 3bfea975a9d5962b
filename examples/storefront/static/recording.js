/*
  All that the shop tells the recording in words; the rest is in the markup. `window.replay` is there
  when the snippet is in the page and nothing blocks it, and the shop works the same when it is not.
*/
const CONSENT_COOKIE = "northlight_consent";
const COOKIE_AGE_SECONDS = 180 * 24 * 3600;

function replay(...words) {
  window.replay?.(...words);
}

/* What is known when a page (or a view of the application) has opened. */
export function tellRecording({ consent, signed_out: signedOut, identify, order }) {
  if (consent) replay("consent", consent);
  if (signedOut) replay("signout");
  if (identify) replay("identify", identify);
  if (order) replay("order", order);
}

/* The banner: its answer counts at once, is kept in a cookie and said again on every page. */
export function setUpConsent() {
  const banner = document.getElementById("consent");
  banner.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = event.submitter.value;
    // biome-ignore lint/suspicious/noDocumentCookie: set at once, so that the very next page has it
    document.cookie = `${CONSENT_COOKIE}=${answer}; path=/; max-age=${COOKIE_AGE_SECONDS}; samesite=lax`;
    banner.hidden = true;
    replay("consent", answer);
  });
  document.getElementById("privacy-choices").addEventListener("click", () => {
    banner.hidden = false;
    banner.querySelector("button").focus();
  });
}
