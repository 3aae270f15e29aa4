/* What the course adds around a notebook: run, keep, download, reset, and a newer edition that is offered. */
(() => {
  "use strict";

  const WORDS = {
    reset: "Reset this notebook?",
    resetText: "The notebook comes back as it was published. What you did is kept beside it, under Earlier copies.",
    resetYes: "Reset",
    newer: "There is a newer edition of this notebook. Yours is as you left it. ",
    newerYes: "Take the newer edition",
    newerNo: "Keep mine",
    newerText: "Your own copy is kept beside it, under Earlier copies.",
    keep: "Keep mine",
    earlier: "Earlier copies:",
    unsaved: "Your changes could not be stored in this browser: {why}. Download the notebook to keep them.",
    saved: "Your changes are stored in this browser.",
    running: "Running all cells",
    ran: "All cells have run.",
  };
  const SAVE_AFTER = 800; // milliseconds without a change
  const element = (id) => document.getElementById(id);
  const path = new URLSearchParams(location.search).get("path");
  const stem = (path ?? "").replace(/(\.copy-[0-9]+)?\.ipynb$/, "");
  const original = `${stem}.ipynb`;

  const say = (text) => { element("course-status").textContent = text; };

  function until(test) {
    return new Promise((resolve) => {
      const look = () => (test() ? resolve(test()) : setTimeout(look, 50));
      look();
    });
  }

  const notebook = () => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return panel?.context?.isReady && panel.content?.widgets ? panel : null;
  };

  const contents = () => window.jupyterapp.serviceManager.contents;
  const openHere = (name) => { location.href = `?path=${encodeURIComponent(name)}`; };

  /* --- keeping --- */

  async function save(panel) {
    try {
      await panel.context.save();
    } catch (error) {
      say(WORDS.unsaved.replace("{why}", error.message));
    }
  }

  function keepChanges(panel) {
    let waiting = null;
    const now = () => {
      clearTimeout(waiting);
      if (panel.context.model.dirty) save(panel);
    };
    panel.context.model.contentChanged.connect(() => {
      clearTimeout(waiting);
      waiting = setTimeout(now, SAVE_AFTER);
    });
    document.addEventListener("visibilitychange", () => document.hidden && now());
    window.addEventListener("pagehide", now);
  }

  /* --- copies --- */

  async function copies() {
    const { content } = await contents().get("", { content: true });
    const names = content.map((each) => each.name);
    return names.filter((name) => name.startsWith(`${stem}.copy-`)).sort((one, other) => number(one) - number(other));
  }

  const number = (name) => Number(name.match(/\.copy-([0-9]+)\.ipynb$/)[1]);

  /* Lay the student's notebook aside under a new name; the published one is then what the name leads to. */
  async function layAside(panel) {
    await panel.context.save();
    const latest = (await copies()).at(-1);
    const name = `${stem}.copy-${latest ? number(latest) + 1 : 1}.ipynb`;
    await contents().save(name, { type: "notebook", format: "json", content: panel.context.model.toJSON() });
    await contents().delete(original);
    openHere(original);
  }

  async function listCopies() {
    const place = element("course-earlier");
    const names = await copies();
    if (!names.length) return;
    place.append(WORDS.earlier);
    for (const name of [original, ...names].filter((each) => each !== path)) {
      const link = document.createElement("a");
      link.href = `?path=${encodeURIComponent(name)}`;
      link.textContent = name === original ? "0" : number(name);
      place.append(" ", link);
    }
  }

  function download(panel) {
    const text = JSON.stringify(panel.context.model.toJSON(), null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    link.download = path;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /* --- asking --- */

  function ask(title, text, yes, no) {
    const dialog = element("course-ask");
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector("p").textContent = text;
    const [noButton, yesButton] = dialog.querySelectorAll("button");
    noButton.textContent = no;
    yesButton.textContent = yes;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  /* --- a newer edition --- */

  async function offerNewer(panel) {
    if (path !== original) return;
    const answer = await fetch(`../files/${original}`, { cache: "no-cache" });
    if (!answer.ok) return;
    const published = (await answer.json()).metadata.course.edition;
    const mine = panel.context.model.getMetadata("course")?.edition;
    const refused = panel.context.model.getMetadata("course")?.kept;
    if (published === mine || published === refused) return;
    const line = document.createElement("p");
    line.className = "course-notice";
    line.setAttribute("role", "status");
    line.append(WORDS.newer, button(WORDS.newerYes, () => takeNewer(panel)), button(WORDS.newerNo, () => {
      panel.context.model.setMetadata("course", { edition: mine, kept: published });
      line.remove();
    }));
    element("course-notices").append(line);
  }

  async function takeNewer(panel) {
    if (await ask(WORDS.newerYes, WORDS.newerText, WORDS.newerYes, WORDS.keep)) await layAside(panel);
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* --- links --- */

  /* A notebook's links lead to the course's pages: JupyterLab takes them for files of its own. */
  function pageOf(address) {
    const { origin, pathname, hash } = new URL(address, location.href);
    const files = new URL("../files/", location.href);
    if (origin !== location.origin || !pathname.startsWith(files.pathname)) return null;
    const [, name] = pathname.slice(files.pathname.length).match(/^(.*)\.(?:md|ipynb)$/) ?? [];
    if (!name) return null;
    const page = name.includes("/") ? name : `notebooks/${name}`;
    return new URL(`../../${page}.html${hash}`, location.href).href;
  }

  /* The page opens beside the notebook, where the student's work stays open. */
  function followLink(event) {
    const link = event.target.closest?.(".jp-RenderedHTMLCommon a[href]");
    const page = link && pageOf(link.href);
    if (!page) return;
    event.preventDefault();
    event.stopPropagation();
    window.open(page, "_blank", "noopener");
  }

  /* --- the bar --- */

  /* The notebook stays where the student was reading. */
  async function runAll(panel) {
    say(WORDS.running);
    const place = panel.content.activeCellIndex;
    const ran = window.jupyterapp.commands.execute("notebook:run-all-cells");
    panel.content.activeCellIndex = place;
    panel.content.scrollToItem(place);
    await ran;
    say(WORDS.ran);
  }

  async function furnish() {
    const panel = await until(notebook);
    keepChanges(panel);
    document.addEventListener("click", followLink, true);
    await panel.sessionContext.ready; // a cell that is run before asks which Python to take
    element("course-run").addEventListener("click", () => runAll(panel));
    element("course-download").addEventListener("click", () => download(panel));
    element("course-reset").addEventListener("click", async () => {
      if (await ask(WORDS.reset, WORDS.resetText, WORDS.resetYes, WORDS.keep)) await layAside(panel);
    });
    element("course-reset").hidden = path !== original;
    element("course-actions").hidden = false;
    await Promise.all([listCopies(), offerNewer(panel)]);
  }

  if (document.querySelector("script[src*='bundle.js']")) furnish(); // else start.js has said what is wrong
})();
