/* The search page, on top of Sphinx's own search: no excerpts where a page cannot read another one (a file
   opened by double click), and the number of results is announced. */
(() => {
  "use strict";
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol.startsWith("http");

  /* An excerpt is the text of a page: without a space, the end of a block and the next one run together. */
  const spaced = (html) => html.replace(/<\/(?:p|li|dt|dd|td|th|h\d|summary|figcaption)>/g, "$& ");

  document.addEventListener("DOMContentLoaded", () => {
    const toText = Search.htmlToText;
    Search.htmlToText = (html, anchor) => toText(spaced(html), anchor);
    const status = document.getElementById("search-status");
    new MutationObserver(() => {
      const summary = document.querySelector(".search-summary");
      if (summary && summary.textContent && status.textContent !== summary.textContent) {
        status.textContent = summary.textContent;
        summary.hidden = true;
      }
    }).observe(document.getElementById("search-results"), {
      childList: true, subtree: true, characterData: true,
    });
  });
})();
