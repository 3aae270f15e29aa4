/* Opens a notebook: looks whether this browser can run it, says what is loading, and starts the notebook's page.
   It is written so that browsers that cannot run the rest can still run this. */
(function () {
  "use strict";

  var WORDS = {
    file: "This page was opened as a file. Running a notebook needs a web server; reading the course does not.",
    old: "This browser is too old to run Python. Versions from 2023 on can: Chrome or Edge 112, Firefox 112, Safari 16.4.",
    blocked: "This browser does not let a page run programs in the background, so Python cannot run here.",
    memory: "This device has not enough free memory for Python. Close other tabs and programs, then open this page again.",
    network: "A part of Python could not be loaded. Is this device online? Open this page again to go on.",
    failed: "Python did not start.",
    keeps: "This browser keeps nothing, as in a private window. You can work here, but download your notebook before you close it.",
    none: "There is no notebook of this name.",
    ways: "Other ways to work",
    wait: "Loading the notebook",
    download: "Loading Python: {done} of {total} MB",
    unpack: "Python is loaded and is getting ready",
    ready: "Ready. Press Run all cells, or Shift and Enter in a cell."
  };
  var KERNEL = /\/comlink\.worker\.[^/]*js/;
  var script = document.currentScript;

  function element(id) {
    return document.getElementById(id);
  }

  function status(text, share) {
    element("course-status").textContent = text;
    var bar = element("course-progress");
    bar.hidden = share === undefined;
    if (share !== undefined) bar.value = share;
  }

  /* A sentence above the notebook, with a link to the other ways where it is about something that fails. */
  function notice(text, fails) {
    var line = document.createElement("p");
    line.className = "course-notice";
    line.setAttribute("role", "alert");
    line.textContent = text + " ";
    if (fails) {
      var link = document.createElement("a");
      link.href = "../../book/students.html";
      link.textContent = WORDS.ways;
      line.appendChild(link);
      status("");
    }
    element("course-notices").appendChild(line);
  }

  function whatFails() {
    if (location.protocol === "file:") return WORDS.file;
    if (typeof WebAssembly !== "object" || typeof BigInt64Array !== "function" || typeof structuredClone !== "function"
      || typeof BroadcastChannel !== "function" || !Array.prototype.findLast) return WORDS.old;
    if (typeof Worker !== "function") return WORDS.blocked;
    return null;
  }

  /* The module whose notebook the address names, or a student's copy of it; nothing else is opened. */
  function moduleName(settings) {
    var name = new URLSearchParams(location.search).get("path") || "";
    var stem = name.replace(/(\.copy-[0-9]+)?\.ipynb$/, "");
    return stem !== name && settings.courseNotebooks.indexOf(stem) >= 0 ? stem : null;
  }

  /* Settings name files relative to the folder of JupyterLite; its scripts want whole paths. */
  function completed(value, root, key) {
    if (Array.isArray(value)) return value.map(function (each) { return completed(each, root, key); });
    if (value && typeof value === "object") {
      Object.keys(value).forEach(function (inner) { value[inner] = completed(value[inner], root, inner); });
      return value;
    }
    var isPath = /Ur[il]s?$/.test(key) && key !== "licensesUrl" && key !== "themesUrl";
    return isPath && typeof value === "string" && value.indexOf("./") === 0 ? root + value.slice(2) : value;
  }

  function configure(settings) {
    var root = new URL("../", location.href).pathname;
    element("jupyter-config-data").textContent = JSON.stringify(completed(settings, root, ""));
  }

  /* What the worker says about loading, and what went wrong there. */
  function hear(message) {
    if (message.failed) {
      var memory = /memory|RangeError/i.test(message.failed);
      var network = /fetch|network|load/i.test(message.failed);
      notice(memory ? WORDS.memory : network ? WORDS.network : WORDS.failed + " " + message.failed, true);
    } else if (message.ready) {
      status(WORDS.ready);
    } else if (message.done < message.total) {
      var megabytes = [message.done, message.total].map(function (size) { return Math.round(size / 1e6); });
      status(WORDS.download.replace("{done}", megabytes[0]).replace("{total}", megabytes[1]),
        message.done / message.total);
    } else {
      status(WORDS.unpack, 1);
    }
  }

  /* Listen to a worker that runs Python, and tell others that it is there. */
  function watch(worker) {
    worker.addEventListener("message", function (event) {
      if (event.data && event.data.course) hear(event.data.course);
    });
    worker.addEventListener("error", function (event) {
      hear({ failed: event.message || "network" });
    });
    window.dispatchEvent(new CustomEvent("course-python", { detail: worker }));
    return worker;
  }

  /* Python starts while the notebook's page is still loading; the kernel then takes the worker that is there. */
  function startPython() {
    var Native = window.Worker;
    var make = function () { return watch(new Native("../static/pyodide/worker.js", { type: "module" })); };
    var first = make();
    window.Worker = class extends Native {
      constructor(url, options) {
        if (!KERNEL.test(String(url))) return super(url, options);
        var worker = first || make();
        first = null;
        return worker;
      }
    };
  }

  /* A private window may have no storage that lasts. */
  function lookAtStorage() {
    try {
      var request = indexedDB.open("course-look");
      request.onerror = function () { notice(WORDS.keeps, false); };
      request.onsuccess = function () {
        request.result.close();
        indexedDB.deleteDatabase("course-look");
      };
    } catch (error) {
      notice(WORDS.keeps, false);
    }
  }

  function begin(settings) {
    status(WORDS.wait);
    configure(settings);
    startPython();
    lookAtStorage();
    var bundle = document.createElement("script");
    bundle.src = script.dataset.bundle;
    bundle.onerror = function () { notice(WORDS.network, true); };
    document.head.appendChild(bundle);
  }

  var settings = JSON.parse(element("jupyter-config-data").textContent);
  var module = moduleName(settings);
  var fails = whatFails() || (module ? null : WORDS.none);
  if (module) element("course-back").href = "../../notebooks/" + module + ".html";
  if (fails) notice(fails, true);
  else begin(settings);
})();
