// When a page is there.

/**
 * Do something as soon as the page is read; the script may come before or after that.
 *
 * @param {function} start what to do
 */
export function whenReady(start) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
