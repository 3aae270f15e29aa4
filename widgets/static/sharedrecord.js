/**
 * One record for the page and for the Python that runs in it. The browser's storage is what counts: Python starts
 * with it, tells what it adds or deletes, and hears of what pages and other notebooks change.
 */

import { PageRecord } from "./record.js";

/** Share the record of this page with every Python that starts in it. */
export function shareRecord() {
  const record = new PageRecord();
  const workers = new Set();
  const now = () => ({ text: record.text(), actor: record.pseudonym() ?? "" });
  const tell = (worker) => worker.postMessage({ courseRecord: now() });
  record.subscribe(() => workers.forEach(tell));
  window.addEventListener("course-python", ({ detail: worker }) => {
    workers.add(worker);
    worker.addEventListener("message", ({ data }) => {
      if (data?.courseRecord?.ask) tell(worker);
      else if (data?.courseRecord) takeFromPython(record, JSON.parse(data.courseRecord));
    });
  });
}

/** Do in the browser's storage what Python did in its file. */
function takeFromPython(record, said) {
  if (said.erased) record.erase(said.erased);
  else if (said.everything) record.erase();
  if (said.actor && said.actor !== record.pseudonym()) record.renew(said.actor);
  if (said.added) record.merge(said.added);
}

shareRecord();
