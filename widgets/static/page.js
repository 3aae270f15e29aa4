// A page of the book: what carries data-course is made to work.
// Answers go into the learner's record, in the browser's own storage.

import { mountExplore } from "./explore.js";
import { mountQuiz } from "./quiz.js";
import { whenReady } from "./ready.js";
import { PageRecord, fold, statement } from "./record.js";

/**
 * Where the questions of a page keep their answers.
 *
 * @param {PageRecord} record the learner's record
 * @returns {object} the store that mountQuiz takes
 */
export function pageStore(record) {
  let entries = null;
  const listeners = new Set();
  record.subscribe(() => {
    entries = null;
    for (const act of [...listeners]) act();
  });
  const get = (id) => (entries ??= fold(record.statements()))[id];
  const append = (given) => record.append(statement({ ...given, actor: record.actor(), platform: "page" }));
  return {
    get,
    put: (id, given) => append({ id, after: get(id)?.at, ...given }),
    clear(given) {
      for (const { id, kind } of given) {
        append({ id, kind, answer: null, certainty: get(id).certainty, tries: 0 });
      }
    },
    erase: (ids) => record.erase(ids).problem,
    draft: (id) => record.draft(id),
    saveDraft: (id, text) => record.saveDraft(id, text),
    problem: () => record.problems()[record.setAside().length ? 1 : 0],
    subscribe(act) {
      listeners.add(act);
      return () => listeners.delete(act);
    },
  };
}

/** An answer, a belief or a scale of certainty that stands on the page once is shown wherever it belongs. */
function tellAgain() {
  for (const place of document.querySelectorAll("[data-same]")) {
    const told = document.querySelector(`[data-told="${place.dataset.same}"]`);
    place.replaceChildren(...told.cloneNode(true).childNodes);
    const { id } = place.closest("article");
    for (const input of place.querySelectorAll("input")) input.name = `${id}--certainty`;
  }
}

/** The path is drawn by a script of its own, from the same record. */
function offerRecord(element, record) {
  element.courseRecord = record;
  element.dispatchEvent(new Event("course-record"));
}

function mountPage() {
  tellAgain();
  const record = new PageRecord();
  const store = pageStore(record);
  const mounts = {
    quiz: (element) => mountQuiz(element, store),
    revisit: (element) => mountQuiz(element, store),
    explore: (element) => mountExplore(element),
    path: (element) => offerRecord(element, record),
  };
  const elements = document.querySelectorAll("[data-course]");
  for (const element of elements) mountOne(element, mounts[element.dataset.course]);
}

/** One part that fails leaves the others working, and itself readable as it was written. */
function mountOne(element, mount) {
  try {
    mount?.(element);
  } catch (error) {
    reportError(error);
  }
}

/** Older browsers print only disclosures that are open. */
function openForPrint() {
  const closed = [...document.querySelectorAll(".course-answer:not([open])")];
  for (const details of closed) details.open = true;
  const close = () => closed.forEach((details) => details.removeAttribute("open"));
  window.addEventListener("afterprint", close, { once: true });
}

whenReady(mountPage);
if (!CSS.supports("selector(::details-content)")) window.addEventListener("beforeprint", openForPrint);
