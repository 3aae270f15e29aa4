// "Show me what you know about me": the learner's record as a table, with everything one can do with it.
// It draws a PageRecord on a page and a KernelRecord in a notebook. Text is only ever set as text, not as markup.

import { fold, linesOf, questionOf } from "./record.js";

const RAW_LINES_SHOWN = 500;
const FEW_QUESTIONS = 10; // so many can be shown without being asked for
const IMPORT_LIMIT = 8000000; // more than a browser's storage holds, less than a notebook takes in one message

const PANEL_WORDS = {
  reading: "Reading your record …",
  nothing: "Nothing is kept about you here.",
  noName: "There is no pseudonym yet. The first answer makes one.",
  name: "Your pseudonym, a random name that says nothing about you:",
  otherNames: (count) =>
    `${storedWords(count)} here ${count === 1 ? "stands" : "stand"} under another pseudonym.`,
  columns: ["Question", "Your answer", "How sure", "Result", "Tries", "When"],
  sure: { 1: "a guess", 2: "fairly sure", 3: "certain" },
  notAsked: "not said",
  right: "✓ right",
  partly: (score) => `◐ ${Math.round(score * 100)}\u00a0% right`,
  wrong: "✗ not right",
  ungraded: "not judged",
  takenBack: "none (you started again)",
  revisit: "asked again",
  part: (title, count) => `${title}: ${count === 1 ? "1 question" : `${count} questions`}`,
  raw: "Every line that is stored",
  rawMore: (count) =>
    `These are the latest ${RAW_LINES_SHOWN} of ${count} lines. The downloaded file has all of them.`,
  aside: "Lines that could not be read",
  keep: "Take it with you",
  keepHelp: "The file holds your answers and nothing else about you. Add it to the course on another device, "
    + "or hand it in.",
  all: "Download my record",
  own: "Download only answers under my present pseudonym",
  add: "Bring answers in",
  addHelp: "Add the answers of a file that you downloaded here or elsewhere. "
    + "Adding the same file twice changes nothing.",
  choose: "File with your answers (.jsonl)",
  tooLarge: "This file is too large to be a record (more than 8 MB). Nothing was added.",
  unreadable: "This file could not be read. Nothing was added.",
  rename: "A new pseudonym",
  renameHelp: "Answers that you give from then on carry another random name, and nothing that is stored links "
    + "it to the old one. Earlier answers keep the old name: a file that holds both shows that they are one "
    + "person's. To part them, hand in only the answers under the present pseudonym, or delete the earlier ones.",
  renew: "Take a new pseudonym",
  renewAsk: "Take a new pseudonym? The old one cannot be taken up again for new answers.",
  renewYes: "Take a new one",
  renewed: "You have a new pseudonym.",
  remove: "Delete",
  removeHelp: "What is deleted here is gone for good. Files that you downloaded or handed in are not reached.",
  removeAll: "Delete everything",
  removeAllAsk: (count) =>
    `Delete everything that is kept here: ${storedWords(count)}, drafts and your pseudonym? This cannot be undone.`,
  removePart: (title) => `Delete my answers to ${title}`,
  removePartAsk: (title, count) =>
    `Delete your answers to ${title} (${storedWords(count)})? This cannot be undone.`,
  removeYes: "Delete",
  no: "Keep",
  removed: (count) => `${storedWords(count)} deleted.`,
};

function storedWords(count) {
  return count === 1 ? "1 stored answer" : `${count} stored answers`;
}

function sumWords(count, questions) {
  const asked = questions === 1 ? "1 question" : `${questions} questions`;
  return `Kept here: ${storedWords(count)} to ${asked}.`;
}

function mergedWords({ added, known, words, problem }) {
  return [`${added} new, ${known} already here.`, words, problem].filter(Boolean).join(" ");
}

/** Make an element with attributes and children; a string becomes text, never markup. */
function panelNode(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * How a page's modules and questions are called: {module: {title, questions: {id: {text, parts: {id: text}}}}}.
 * Each module's names stand in a script of their own, since a page opened as a file can load nothing else;
 * it is fetched once the record holds an answer to the module.
 */
class PageNames {
  known = {};
  #asked = new Set();

  constructor(element, heard) {
    this.addresses = JSON.parse(element.dataset.names ?? "{}");
    this.hear = ({ detail }) => {
      Object.assign(this.known, detail);
      heard();
    };
    addEventListener("course-record-names", this.hear);
  }

  ask(module) {
    if (!Object.hasOwn(this.addresses, module) || this.#asked.has(module)) return;
    this.#asked.add(module);
    document.head.append(panelNode("script", { src: this.addresses[module] }));
  }

  leave() {
    removeEventListener("course-record-names", this.hear);
  }
}

class RecordView {
  constructor(element, record) {
    Object.assign(this, { element, record, opened: new Map() });
    this.names = record.names ?? new PageNames(element, () => this.refresh());
    this.live = panelNode("p", { class: "course-record-live", role: "status", tabindex: "-1" });
    this.problems = panelNode("ul", { class: "course-record-problems" });
    this.sum = panelNode("p", { class: "course-record-sum" });
    this.tables = panelNode("div");
    this.raw = this.rawLines();
    this.dialog = panelNode("dialog", { class: "course-record-dialog", "aria-label": PANEL_WORDS.remove });
    element.replaceChildren(
      this.live, this.problems, this.sum, this.tables, this.raw.details,
      this.cards(), this.dialog,
    );
  }

  /** Draw what is there now. */
  refresh() {
    if (this.record.pending) {
      this.sum.textContent = PANEL_WORDS.reading;
      return;
    }
    const said = this.record.statements();
    const pseudonym = this.record.pseudonym();
    const others = said.filter((each) => each.actor.account.name !== pseudonym).length;
    const state = fold(said);
    const something = said.length > 0 || pseudonym !== null;
    const asked = Object.keys(state).length;
    this.sum.textContent = said.length ? sumWords(said.length, asked) : PANEL_WORDS.nothing;
    paintList(this.problems, this.record.problems());
    this.tables.replaceChildren(...this.moduleTables(state, said));
    this.paintName(pseudonym, others);
    this.all.disabled = !said.length;
    this.own.hidden = !others || others === said.length;
    this.renew.disabled = !pseudonym;
    this.removeAll.disabled = !something && !this.record.setAside().length;
    this.raw.paint();
  }

  paintName(pseudonym, others) {
    if (!pseudonym) return this.name.replaceChildren(PANEL_WORDS.noName);
    const more = others ? [panelNode("br"), PANEL_WORDS.otherNames(others)] : [];
    return this.name.replaceChildren(PANEL_WORDS.name, " ", panelNode("code", {}, pseudonym), ...more);
  }

  // ---- the table ----

  moduleTables(state, said) {
    const modules = new Map();
    for (const id of Object.keys(state).sort()) {
      const module = id.split("/")[0];
      modules.set(module, [...(modules.get(module) ?? []), id]);
    }
    for (const module of modules.keys()) this.names.ask(module);
    const few = Object.keys(state).length <= FEW_QUESTIONS;
    const type = (each) => each.object.definition.interactionType;
    const kinds = Object.fromEntries(said.map((each) => [questionOf(each), type(each)]));
    return [...modules].map(([module, ids]) => {
      const count = said.filter((each) => questionOf(each).startsWith(`${module}/`)).length;
      const rows = ids.map((id) => this.row(id, state[id], kinds[id]));
      return this.modulePart(module, ids, count, rows, this.opened.get(module) ?? few);
    });
  }

  /** One module: its name and count, and behind them its table and the button that deletes it. */
  modulePart(module, ids, count, rows, open) {
    const title = this.names.known[module]?.title ?? module;
    const head = (word) => panelNode("th", { role: "columnheader", scope: "col" }, word);
    const heads = panelNode("tr", { role: "row" }, ...PANEL_WORDS.columns.map(head));
    const table = panelNode("table", { role: "table", "aria-label": title },
      panelNode("thead", { role: "rowgroup" }, heads),
      panelNode("tbody", { role: "rowgroup" }, ...rows));
    const remove = this.button(PANEL_WORDS.removePart(title), () => this.erasePart(ids, title, count));
    const details = panelNode("details", { class: "course-record-module" },
      panelNode("summary", {}, PANEL_WORDS.part(title, ids.length)), table, remove);
    details.open = open;
    details.addEventListener("toggle", () => this.opened.set(module, details.open));
    return details;
  }

  row(id, entry, kind) {
    const cells = [
      this.answerWords(id, entry.answer, kind),
      PANEL_WORDS.sure[entry.certainty] ?? PANEL_WORDS.notAsked,
      resultWords(entry),
      String(entry.tries),
      timeNode(entry.at),
    ];
    const head = panelNode("th", { role: "rowheader", scope: "row" }, this.questionWords(id));
    const rest = (cell, at) => panelNode("td", { role: "cell", "data-column": PANEL_WORDS.columns[at + 1] },
      panelNode("span", { dir: "auto" }, cell));
    return panelNode("tr", { role: "row" }, head, ...cells.map(rest));
  }

  /** The question as it is asked; where its text is not known, its id. */
  questionWords(id) {
    const known = this.named(id);
    if (known) return known.text;
    const first = this.named(id.replace(/\/revisit$/, ""));
    return first ? `${first.text} (${PANEL_WORDS.revisit})` : id.slice(id.indexOf("/") + 1);
  }

  /** What is known of a question: {text, parts}, or undefined. */
  named(id) {
    const [module, question] = [id.slice(0, id.indexOf("/")), id.slice(id.indexOf("/") + 1)];
    const questions = this.names.known[module]?.questions ?? {};
    return Object.hasOwn(questions, question) ? questions[question] : undefined;
  }

  answerWords(id, answer, kind) {
    if (answer === null) return PANEL_WORDS.takenBack;
    const parts = this.named(id.replace(/\/revisit$/, ""))?.parts ?? {};
    const words = (part) => (Object.hasOwn(parts, part) ? parts[part] : String(part));
    const list = (tag, texts) => panelNode(tag, {}, ...texts.map((text) => panelNode("li", {}, text)));
    if (Array.isArray(answer)) return list(kind === "sequencing" ? "ol" : "ul", answer.map(words));
    if (typeof answer === "object") {
      const pair = ([left, right]) => `${words(left)} – ${right === null ? "" : words(right)}`;
      return list("ul", Object.entries(answer).map(pair));
    }
    return kind === "choice" || kind === "likert" ? words(answer) : String(answer);
  }

  /** The stored lines, written out only when they are asked for. */
  rawLines() {
    const name = { role: "region", "aria-label": PANEL_WORDS.raw };
    const pre = panelNode("pre", { tabindex: "0", dir: "ltr", ...name });
    const more = panelNode("p");
    const details = panelNode("details", { class: "course-record-raw" },
      panelNode("summary", {}, PANEL_WORDS.raw), more, pre);
    const paint = () => {
      if (!details.open) return pre.replaceChildren();
      const lines = linesOf(this.record.text());
      more.textContent = lines.length > RAW_LINES_SHOWN ? PANEL_WORDS.rawMore(lines.length) : "";
      const aside = this.record.setAside();
      const tail = aside.length ? `\n\n${PANEL_WORDS.aside}:\n${aside.join("\n")}` : "";
      return pre.replaceChildren(`${lines.slice(-RAW_LINES_SHOWN).join("\n")}${tail}`);
    };
    details.addEventListener("toggle", paint);
    return { details, paint };
  }

  // ---- what one can do ----

  cards() {
    return panelNode("div", { class: "course-record-cards" },
      this.keepCard(), this.addCard(), this.renameCard(), this.removeCard());
  }

  keepCard() {
    this.all = this.button(PANEL_WORDS.all, () => this.download(null));
    this.own = this.button(PANEL_WORDS.own, () => this.download(this.record.pseudonym()));
    return panelCard(PANEL_WORDS.keep, PANEL_WORDS.keepHelp, this.all, this.own);
  }

  addCard() {
    const file = panelNode("input", { type: "file", accept: ".jsonl,.json,.txt" });
    file.addEventListener("change", () => this.bringIn(file));
    const words = panelNode("span", {}, PANEL_WORDS.choose);
    const label = panelNode("label", { class: "course-record-file" }, words, file);
    return panelCard(PANEL_WORDS.add, PANEL_WORDS.addHelp, label);
  }

  renameCard() {
    this.name = panelNode("p", { class: "course-record-name" });
    this.renew = this.button(PANEL_WORDS.renew, () => this.takeName());
    return panelCard(PANEL_WORDS.rename, PANEL_WORDS.renameHelp, this.name, this.renew);
  }

  removeCard() {
    this.removeAll = this.button(PANEL_WORDS.removeAll, () => this.eraseAll());
    return panelCard(PANEL_WORDS.remove, PANEL_WORDS.removeHelp, this.removeAll);
  }

  button(word, act) {
    const made = panelNode("button", { type: "button", class: "course-record-button" }, word);
    made.addEventListener("click", act);
    return made;
  }

  download(actor) {
    const url = URL.createObjectURL(new Blob([this.record.text(actor)], { type: "application/jsonl" }));
    const today = new Date().toISOString().slice(0, 10);
    panelNode("a", { href: url, download: `course-record-${today}.jsonl` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  async bringIn(file) {
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > IMPORT_LIMIT) {
      this.say(PANEL_WORDS.tooLarge);
    } else {
      try {
        const bytes = new Uint8Array(await chosen.arrayBuffer());
        this.say(mergedWords(await this.record.merge(bytes)));
      } catch (error) {
        this.say(PANEL_WORDS.unreadable);
      }
    }
    file.value = "";
  }

  async takeName() {
    if (!await this.confirm(PANEL_WORDS.renewAsk, PANEL_WORDS.renewYes)) return;
    await this.record.renew();
    this.say(PANEL_WORDS.renewed);
  }

  async eraseAll() {
    const question = PANEL_WORDS.removeAllAsk(this.record.statements().length);
    if (await this.confirm(question, PANEL_WORDS.removeYes)) this.erase(null);
  }

  async erasePart(ids, title, count) {
    if (await this.confirm(PANEL_WORDS.removePartAsk(title, count), PANEL_WORDS.removeYes)) this.erase(ids);
  }

  async erase(ids) {
    const { erased, problem } = await this.record.erase(ids);
    this.say(problem ?? PANEL_WORDS.removed(erased));
  }

  /** Ask first; resolves to true or false. Escape is no, and the focus begins on no. */
  confirm(question, yes) {
    const no = submitButton("no", PANEL_WORDS.no, "course-record-button");
    no.autofocus = true;
    const go = submitButton("yes", yes, "course-record-button course-record-danger");
    const row = panelNode("div", { class: "course-record-row" }, no, go);
    this.dialog.setAttribute("aria-label", question);
    this.dialog.replaceChildren(panelNode("form", { method: "dialog" }, panelNode("p", {}, question), row));
    this.dialog.returnValue = "no";
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "yes"), { once: true });
    });
  }

  /** Say what happened; when the button that was pressed is gone, the focus comes here. */
  say(words) {
    this.live.textContent = words;
    const active = this.element.ownerDocument.activeElement;
    if (!active || active === document.body || active.disabled || active.hidden) this.live.focus();
  }
}

function panelCard(title, help, ...parts) {
  return panelNode("div", { class: "course-record-card", role: "group", "aria-label": title },
    panelNode("p", { class: "course-record-title" }, title),
    panelNode("p", { class: "course-record-help" }, help), ...parts);
}

function submitButton(value, words, look) {
  return panelNode("button", { type: "submit", value, class: look }, words);
}

function paintList(list, texts) {
  list.replaceChildren(...texts.map((text) => panelNode("li", {}, text)));
  list.hidden = !texts.length;
}

function resultWords({ answer, right, score }) {
  if (answer === null || right === null) return PANEL_WORDS.ungraded;
  if (right) return PANEL_WORDS.right;
  return score > 0 ? PANEL_WORDS.partly(score) : PANEL_WORDS.wrong;
}

/** A time as the reader's own country writes it. */
function timeNode(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return panelNode("time", {}, at);
  const part = (style) => panelNode("span", {}, new Intl.DateTimeFormat(pageLanguage(), style).format(date));
  const [day, hour] = [part({ dateStyle: "medium" }), part({ timeStyle: "short" })];
  return panelNode("time", { datetime: at }, day, " ", hour);
}

/** The language of the page; undefined where none is given or it is no language. */
function pageLanguage() {
  try {
    return Intl.getCanonicalLocales(document.documentElement.lang || undefined)[0];
  } catch (error) {
    return undefined;
  }
}

/**
 * The "what you know about me" panel.
 * @param {Element} element - what record_html of widgets/record_panel.py wrote
 * @param {PageRecord|object} record - a PageRecord, or another object with the same methods
 * @returns {function} call it before the element is thrown away
 */
export function mountRecord(element, record) {
  const view = new RecordView(element, record);
  view.refresh();
  const end = record.subscribe(() => view.refresh());
  return () => {
    end();
    view.names.leave();
  };
}

/** The record that a notebook's Python keeps: read as it was last sent, changed by asking Python. */
class KernelRecord {
  #model;
  #told = { text: "", problems: [], aside: [], pseudonym: null };
  names = { known: {}, ask() {}, leave() {} }; // Python sends them with the record
  pending = true; // until Python has answered for the first time
  #statements = [];
  #listeners = new Set();
  #waiting = new Map();
  #asked = 0;

  constructor(model) {
    this.#model = model;
    this.hear = (message) => this.#heard(message);
    model.on("msg:custom", this.hear);
    this.#ask("read");
  }

  leave() {
    this.#model.off("msg:custom", this.hear);
  }

  statements() { return this.#statements; }

  problems() { return this.#told.problems; }

  setAside() { return this.#told.aside; }

  pseudonym() { return this.#told.pseudonym; }

  text(actor = null) {
    const lines = linesOf(this.#told.text);
    const wanted = lines.filter((line, at) => !actor || this.#statements[at].actor.account.name === actor);
    return wanted.map((line) => `${line}\n`).join("");
  }

  merge(bytes) { return this.#ask("merge", {}, [bytes.buffer]); }

  erase(ids) { return this.#ask("erase", { ids }); }

  renew() { return this.#ask("renew"); }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #ask(wish, parts = {}, buffers = []) {
    this.#asked += 1;
    const number = this.#asked;
    this.#model.send({ do: wish, number, ...parts }, undefined, buffers);
    return new Promise((resolve) => { this.#waiting.set(number, resolve); });
  }

  #heard({ told, changed, number, outcome }) {
    if (changed) this.#ask("read");
    if (told) {
      this.#told = told;
      this.names.known = told.names;
      this.pending = false;
      this.#statements = linesOf(told.text).map((line) => JSON.parse(line));
      for (const listener of [...this.#listeners]) listener();
    }
    this.#waiting.get(number)?.(outcome);
    this.#waiting.delete(number);
  }
}

/**
 * Draw the panel as a widget: the render function of anywidget.
 * @param {{model: object, el: Element}} view - with the trait html
 * @returns {function} called by the notebook when the view is thrown away
 */
export function renderRecord({ model, el }) {
  // A key pressed on a button must not be taken for a command of the notebook.
  el.dataset.lmSuppressShortcuts = "true";
  // Not authored text: markup that widgets/record_panel.py wrote and escaped.
  el.innerHTML = model.get("html");
  const record = new KernelRecord(model);
  const end = mountRecord(el.querySelector("[data-course=record]"), record);
  return () => {
    end();
    record.leave();
  };
}
