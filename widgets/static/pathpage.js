// The module that suggests a path. It reads the record that page.js, the script of every page, has opened.

import { mountPath } from "./path.js";
import { whenReady } from "./ready.js";

/** The one script may come before the other. */
function startPath(element) {
  const start = () => mountPath(element, element.courseRecord);
  if (element.courseRecord) start();
  else element.addEventListener("course-record", start, { once: true });
}

whenReady(() => document.querySelectorAll("[data-course=path]").forEach(startPath));
