// Questions: the markup that widgets/markup.py wrote is made to answer, on a page and in a notebook.
// Nothing here makes markup out of text: text is cloned from the page or set as text.

import { certaintyScore, grade } from "./grade.js";

const QUIZ_WORDS = {
  check: "Check",
  save: "Keep my answer",
  right: "Right",
  partly: "Partly right",
  wrong: "Not right yet",
  saved: "Kept. Nothing is right or wrong here.",
  recorded: "Recorded. It is not judged here.",
  notANumber: "This cannot be read as a number and is not counted. Write digits, such as 1250 or 3.5.",
  hintBelow: "There is a hint below.",
  answerBelow: "The answer is below, if you want it.",
  startAgain: "Start again",
  remove: "Delete my answers",
  removeAsk: "Delete your answers to these questions, here and in your record? This cannot be undone.",
  removeYes: "Yes, delete them",
  removeNo: "No, keep them",
  removed: "Your answers are deleted.",
  cleared: "The questions are empty again.",
  unanswered: {
    choice: "Choose an answer first. A guess is welcome.",
    choices: "Choose at least one answer first. A guess is welcome.",
    number: "Write a number first. A guess is welcome.",
    text: "Write an answer first. A guess is welcome.",
    match: "Choose a partner for at least one item first.",
    order: "Move the items into your order first.",
    scale: "Choose a place on the scale first.",
    reflection: "Write something first.",
  },
  certainty: { 1: "a guess", 2: "fairly sure", 3: "certain" },
};

const UNGRADED = ["scale", "reflection"];

const QUIZ_MARKS = {
  right: ["✓", "right"],
  hit: ["✓", "right"],
  wrong: ["✗", "not right"],
  "false alarm": ["✗", "not right"],
};

/** Make an element with attributes and children; a string becomes text, never markup. */
function quizNode(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function sameAnswer(one, other) {
  const plain = (value) =>
    JSON.stringify(value && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).sort()
      : value ?? null);
  return plain(one) === plain(other);
}

// ---- one control for each kind: read the answer (null is unanswered), write it, find its parts ----

function pickControl(ask, { several = false, number = false } = {}) {
  const inputs = [...ask.querySelectorAll("input")];
  return {
    read() {
      const chosen = inputs.filter((input) => input.checked);
      const values = chosen.map((input) => (number ? Number(input.value) : input.value));
      return several ? (values.length ? values : null) : values[0] ?? null;
    },
    write(answer) {
      const chosen = [].concat(answer ?? []).map(String);
      for (const input of inputs) input.checked = chosen.includes(input.value);
    },
  };
}

function fieldControl(ask) {
  const field = ask.querySelector("input, textarea");
  return {
    read: () => (field.value.trim() ? field.value : null),
    write: (answer) => { field.value = answer ?? ""; },
  };
}

function pairControl(ask) {
  const selects = [...ask.querySelectorAll("[data-option] select")];
  const pairs = selects.map((select) => [select.closest("[data-option]").dataset.option, select]);
  return {
    read() {
      const chosen = pairs.filter(([, select]) => select.value).map(([id, select]) => [id, select.value]);
      return chosen.length ? Object.fromEntries(chosen) : null;
    },
    write(answer) {
      for (const [id, select] of pairs) select.value = answer?.[id] ?? "";
    },
  };
}

/** Places chosen from lists become buttons that move an item up or down. */
function orderControl(ask, changed) {
  const list = ask.querySelector(".course-items");
  const start = [...list.children];
  const paintEnds = () => {
    const mark = (item, way, ends) =>
      item.querySelector(`[data-move=${way}]`).setAttribute("aria-disabled", String(ends));
    for (const item of list.children) {
      mark(item, "up", !item.previousElementSibling);
      mark(item, "down", !item.nextElementSibling);
    }
  };
  const move = (item, up) => {
    const neighbour = up ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return;
    // The neighbour moves, so that the item keeps the keyboard focus.
    if (up) item.after(neighbour);
    else item.before(neighbour);
    list.dataset.moved = "true";
    paintEnds();
    const place = [...list.children].indexOf(item) + 1;
    changed(`${partText(item)}: place ${place} of ${start.length}.`);
  };
  for (const item of start) addMoves(item, move);
  list.classList.add("course-movable");
  paintEnds();
  return {
    read: () => (list.dataset.moved ? [...list.children].map((item) => item.dataset.option) : null),
    write(answer) {
      if (answer) list.dataset.moved = "true";
      else delete list.dataset.moved;
      const at = (item) => (answer ?? []).indexOf(item.dataset.option);
      list.append(...(answer ? [...start].sort((one, other) => at(one) - at(other)) : start));
      paintEnds();
    },
  };
}

function addMoves(item, move) {
  const text = item.querySelector(".course-words");
  const button = (way, sign) => {
    const kind = { type: "button", class: "course-move", "data-move": way };
    const made = quizNode("button", { ...kind, "aria-label": `Move ${way}: ${text.textContent}` }, sign);
    made.addEventListener("click", () => move(item, way === "up"));
    return made;
  };
  item.querySelector("label").remove();
  item.append(text, quizNode("span", { class: "course-moves" }, button("up", "↑"), button("down", "↓")));
}

const CONTROLS = {
  choice: (ask) => pickControl(ask),
  choices: (ask) => pickControl(ask, { several: true }),
  scale: (ask) => pickControl(ask, { number: true }),
  number: fieldControl,
  text: fieldControl,
  reflection: fieldControl,
  match: pairControl,
  order: orderControl,
};

function partText(part) {
  return part?.querySelector(".course-words")?.textContent.trim() ?? "";
}

// ---- one question ----

/** What grading needs: the data of the question, and in the place of each feedback the name of its element. */
function quizSpec(article) {
  const spec = { kind: article.dataset.kind, ...JSON.parse(article.dataset.spec) };
  for (const { dataset } of article.querySelectorAll("[data-part]")) {
    const steps = dataset.part.split("--");
    const key = steps.pop();
    const enter = (place, step) => (Array.isArray(place) && place.find(({ id }) => id === step)) || place[step];
    steps.reduce(enter, spec)[key] = dataset.part;
  }
  return spec;
}

class QuizQuestion {
  constructor(article, store, signal) {
    this.article = article;
    this.store = store;
    this.id = article.dataset.question;
    this.kind = article.dataset.kind;
    this.spec = quizSpec(article);
    this.judged = this.spec.judged !== false;
    this.graded = this.judged && !UNGRADED.includes(this.kind);
    this.form = article.querySelector("form");
    this.ask = article.querySelector(".course-ask");
    this.sure = article.querySelector(".course-certainty");
    this.hint = article.querySelector(".course-hint");
    this.answer = article.querySelector(".course-answer");
    const named = [...article.querySelectorAll("[data-part]")];
    this.named = new Map(named.map((element) => [element.dataset.part, element]));
    const parts = [...this.ask.querySelectorAll("[data-option]")];
    this.parts = new Map(parts.map((part) => [part.dataset.option, part]));
    this.control = CONTROLS[this.kind](this.ask, (message) => this.changed(message));
    this.addControls();
    this.listen(signal);
    this.restoreDraft();
  }

  get entry() {
    return this.store.get(this.id);
  }

  get tries() {
    return this.entry?.answer == null ? 0 : this.entry.tries;
  }

  addControls() {
    const word = this.graded ? QUIZ_WORDS.check : QUIZ_WORDS.save;
    this.button = quizNode("button", { type: "submit", class: "course-button" }, word);
    this.count = quizNode("span", { class: "course-tries" });
    this.verdict = quizNode("div", { class: "course-verdict", hidden: "" });
    this.live = quizNode("p", { class: "course-live", role: "status", "aria-live": "polite" });
    const actions = quizNode("div", { class: "course-actions" }, this.button, this.count);
    this.form.append(actions, this.verdict, this.live);
  }

  listen(signal) {
    this.form.addEventListener("submit", (event) => this.check(event), { signal });
    this.form.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.form.addEventListener("input", () => this.changed(), { signal });
    this.hint?.addEventListener("toggle", () => this.sawHint(), { signal });
  }

  /** Enter in a field checks the answer; a notebook does not let the browser do it. */
  pressed(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    this.form.requestSubmit(this.button);
  }

  sawHint() {
    if (!this.hint.open || this.hinted) return;
    this.hinted = true;
    this.keepDraft();
    this.paint();
  }

  certainty() {
    return Number(this.sure?.querySelector("input:checked")?.value) || null;
  }

  restoreDraft() {
    const draft = readDraft(this.store.draft(this.id));
    this.hinted = Boolean(draft?.hint || this.entry?.hint);
    if (!draft) return;
    this.control.write(draft.answer);
    this.writeCertainty(draft.certainty);
    this.dirty = !sameAnswer(this.control.read(), this.entry?.answer);
    this.seen = this.stamp();
  }

  writeCertainty(certainty) {
    const inputs = this.sure?.querySelectorAll("input") ?? [];
    for (const input of inputs) input.checked = input.value === String(certainty ?? "");
  }

  /** What is chosen or typed but not yet checked outlives a reload. */
  keepDraft() {
    const draft = { answer: this.control.read(), certainty: this.certainty(), hint: this.hinted };
    this.store.saveDraft(this.id, JSON.stringify(draft));
  }

  changed(message) {
    this.note = null;
    this.dirty = !sameAnswer(this.control.read(), this.entry?.answer);
    this.keepDraft();
    this.paint();
    if (message) this.announce(message);
  }

  check(event) {
    event.preventDefault();
    const answer = this.control.read();
    const verdict = answer === null ? null : grade(this.spec, answer);
    if (answer === null) this.tell(QUIZ_WORDS.unanswered[this.kind]);
    else if (this.unread(verdict)) this.tell(QUIZ_WORDS.notANumber);
    else this.answerWith(answer, verdict);
  }

  unread({ right, feedback }) {
    return this.judged ? this.graded && right === null : feedback[0] !== "recorded";
  }

  answerWith(answer, verdict) {
    this.keep(answer, verdict);
    this.announce(this.spoken(verdict));
  }

  /** Certainty belongs to the first answer; later ones carry it along. */
  keep(answer, verdict) {
    const { id, kind, entry } = this;
    const certainty = entry?.first ? entry.certainty : this.certainty();
    const given = { kind, answer, verdict, certainty, hint: this.hinted, tries: this.tries + 1 };
    this.dirty = false;
    this.note = null;
    this.store.saveDraft(id, null);
    this.store.put(id, given);
    this.refresh();
  }

  /** A gentle word that is no verdict. */
  tell(message) {
    this.note = message;
    this.paint();
    this.announce(message);
  }

  /** A screen reader also hears a repeated message, since its text differs by a space. */
  announce(message) {
    this.live.textContent = this.live.textContent === message ? `${message}\u00a0` : message;
  }

  spoken(verdict) {
    const said = [...this.verdict.children].filter((child) => !child.matches("[data-quiet]"));
    const texts = said.map((child) => child.innerText);
    if (verdict.right === false) texts.push(`${this.count.textContent}.`);
    return texts.join(" ").replace(/\s+/g, " ").trim();
  }

  stamp() {
    return JSON.stringify(this.entry ?? null);
  }

  /** Take over what changed in the store: here, in another view, or in another tab. */
  refresh() {
    const stamp = this.stamp();
    if (stamp !== this.seen) {
      this.seen = stamp;
      if (!this.dirty) this.control.write(this.entry?.answer);
      this.dirty = this.dirty && !sameAnswer(this.control.read(), this.entry?.answer);
    }
    this.paint();
  }

  /** Forget what is on the screen only. */
  reset() {
    this.store.saveDraft(this.id, null);
    this.control.write(null);
    this.writeCertainty(null);
    for (const details of [this.hint, this.answer]) details?.removeAttribute("open");
    Object.assign(this, { dirty: false, hinted: false, note: null });
    this.live.textContent = "";
  }

  paint() {
    const key = JSON.stringify([this.seen, this.dirty, this.note, this.hinted]);
    if (key === this.painted) return;
    this.painted = key;
    const entry = this.entry;
    const shown = entry?.answer != null && !this.dirty && !this.note;
    const verdict = shown ? grade(this.spec, entry.answer) : null;
    this.article.dataset.verdict = verdict ? verdictName(verdict, this.graded) : "";
    this.paintHelp();
    this.paintMarks(verdict?.marks ?? {});
    this.paintVerdict(verdict);
  }

  paintHelp() {
    const { tries, entry } = this;
    const right = tries > 0 && entry.right;
    this.count.textContent = this.graded && tries ? `${tries} ${tries === 1 ? "try" : "tries"}` : "";
    if (this.sure) this.hideCertainty(Boolean(entry?.first));
    if (!this.answer) return;
    this.answer.hidden = this.graded ? !(right || this.hinted || tries > (this.hint ? 1 : 0)) : !tries;
  }

  /** Certainty is asked once, for the first answer; the focus is never inside what disappears. */
  hideCertainty(hide) {
    if (hide && this.sure.contains(document.activeElement)) this.button.focus();
    this.sure.hidden = hide;
  }

  paintMarks(marks) {
    for (const [id, part] of this.parts) {
      const mark = QUIZ_MARKS[marks[id]];
      part.querySelector(".course-mark")?.remove();
      part.dataset.mark = mark ? mark[1] : "";
      if (mark) part.append(markSign(mark));
    }
  }

  paintVerdict(verdict) {
    const parts = verdict ? this.verdictParts(verdict) : [];
    this.verdict.replaceChildren(...(this.note ? [quizNode("p", {}, this.note)] : parts));
    this.verdict.hidden = !this.verdict.childNodes.length;
  }

  verdictParts(verdict) {
    const explained = verdict.right !== false && this.copy(this.spec.explanation, { "data-quiet": "" });
    return [
      verdictLine(verdict, this.graded),
      ...verdict.feedback.map((id) => this.copy(id)),
      explained,
      this.certaintyLine(),
      verdict.right === false && this.helpLine(),
    ].filter(Boolean);
  }

  /** A copy of a part of the answer that stands on the page; its name is not copied. */
  copy(name, attributes = {}) {
    const original = this.named.get(name);
    if (!original) return null;
    const copy = quizNode("div", { class: "course-feedback", ...attributes });
    copy.append(...original.cloneNode(true).childNodes);
    return copy;
  }

  certaintyLine() {
    const points = this.certaintyPoints();
    if (points === null) return null;
    const word = QUIZ_WORDS.certainty[this.entry.certainty];
    const words = `You called your first answer ${word}: ${signed(points)} for certainty.`;
    return quizNode("p", { class: "course-sure" }, words);
  }

  /** Points for certainty, of the first answer; null where none was stated. */
  certaintyPoints() {
    const { entry } = this;
    if (!this.judged || !entry?.certainty || entry.first?.answer == null) return null;
    return certaintyScore(entry.certainty, grade(this.spec, entry.first.answer).right);
  }

  helpLine() {
    const hint = this.hint && !this.hinted;
    const word = hint ? QUIZ_WORDS.hintBelow : this.answer ? QUIZ_WORDS.answerBelow : "";
    return word && quizNode("p", { class: "course-help" }, word);
  }

  /** The answer in words, as nodes: for comparing a first answer with the present one. */
  inWords(answer) {
    const text = (id) => partText(this.parts.get(id)) || id;
    const list = (tag, lines) => quizNode(tag, {}, ...lines.map((line) => quizNode("li", {}, line)));
    if (this.kind === "choice") return text(answer);
    if (this.kind === "choices") return list("ul", answer.map(text));
    if (this.kind === "order") return list("ol", answer.map(text));
    const pair = ([left, right]) => `${text(left)} – ${text(right)}`;
    if (this.kind === "match") return list("ul", Object.entries(answer).map(pair));
    if (this.kind === "scale") return partText(this.parts.get(String(answer))) || String(answer);
    const unit = this.ask.querySelector(".course-unit")?.textContent;
    return unit ? `${answer} ${unit}` : String(answer);
  }
}

function readDraft(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function verdictName(verdict, graded) {
  if (!graded) return verdict.feedback[0] ?? "saved"; // "recorded" where nothing is judged: no green tick
  return verdict.right ? "right" : verdict.score > 0 ? "partly" : "wrong";
}

function verdictLine(verdict, graded) {
  const name = verdictName(verdict, graded);
  const share = name === "partly" ? `: ${Math.round(verdict.score * 100)} %` : "";
  const words = graded ? `${QUIZ_WORDS[name]}${share}.` : QUIZ_WORDS[name];
  const sign = { partly: "◐", wrong: "✗", recorded: "●" }[name] ?? "✓";
  const shown = quizNode("span", { class: "course-sign", "aria-hidden": "true" }, sign);
  return quizNode("p", { class: "course-outcome" }, shown, " ", words);
}

function markSign([sign, word]) {
  const shown = quizNode("span", { "aria-hidden": "true" }, sign);
  return quizNode("span", { class: "course-mark" }, shown, " ", word);
}

function signed(points) {
  return points > 0 ? `+${points}` : String(points).replace("-", "−");
}

// ---- a quiz: its questions, their sum, starting again, deleting ----

class QuizTools {
  constructor(section, questions, store, signal) {
    Object.assign(this, { section, questions, store });
    this.score = quizNode("p", { class: "course-score" });
    this.again = this.button(QUIZ_WORDS.startAgain, () => this.startAgain(), signal);
    this.remove = this.button(QUIZ_WORDS.remove, () => this.ask(true), signal);
    this.panel = this.confirmPanel(signal);
    this.problem = quizNode("p", { class: "course-problem", role: "status" });
    this.live = quizNode("p", { class: "course-live", role: "status", "aria-live": "polite" });
    this.row = quizNode("div", { class: "course-actions" }, this.again, this.remove);
    const parts = [this.score, this.row, this.panel, this.problem, this.live];
    section.append(quizNode("div", { class: "course-tools" }, ...parts));
  }

  button(word, act, signal) {
    const made = quizNode("button", { type: "button", class: "course-button course-plain" }, word);
    made.addEventListener("click", act, { signal });
    return made;
  }

  confirmPanel(signal) {
    const name = { role: "group", "aria-label": QUIZ_WORDS.remove };
    const panel = quizNode("div", { class: "course-confirm", hidden: "", ...name });
    this.no = this.button(QUIZ_WORDS.removeNo, () => this.ask(false), signal);
    const yes = this.button(QUIZ_WORDS.removeYes, () => this.erase(), signal);
    const buttons = quizNode("div", { class: "course-actions" }, this.no, yes);
    panel.append(quizNode("p", {}, QUIZ_WORDS.removeAsk), buttons);
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.ask(false), { signal });
    return panel;
  }

  get ids() {
    return this.questions.map((question) => question.id);
  }

  ask(open) {
    this.panel.hidden = !open;
    (open ? this.no : this.remove).focus();
    if (open) this.live.textContent = QUIZ_WORDS.removeAsk;
  }

  startAgain() {
    const answered = this.questions.filter((question) => question.tries);
    this.empty(() => void this.store.clear(answered), QUIZ_WORDS.cleared);
  }

  erase() {
    this.empty(() => this.store.erase(this.ids), QUIZ_WORDS.removed);
    this.panel.hidden = true;
  }

  /** Empty all questions and put the focus at the start of the quiz. */
  empty(act, message) {
    for (const question of this.questions) question.reset();
    this.failed = act();
    for (const question of this.questions) question.refresh();
    const start = this.section.querySelector(".course-title") ?? this.section;
    start.tabIndex = -1;
    start.focus();
    this.refresh();
    this.live.textContent = this.failed ? "" : message;
  }

  refresh() {
    const { questions, store } = this;
    const known = questions.filter((question) => question.entry);
    this.again.hidden = !questions.some((question) => question.tries || question.dirty);
    this.remove.hidden = !known.length;
    this.row.hidden = this.again.hidden && this.remove.hidden;
    this.score.textContent = questions.length > 1 ? totalWords(questions) : "";
    const problem = this.failed || store.problem() || "";
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
  }
}

function totalWords(questions) {
  const answered = questions.filter((question) => question.tries);
  const graded = questions.filter((question) => question.graded);
  const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
  const points = sum(answered.filter((question) => question.graded).map((question) => question.entry.score));
  const sure = answered.map((question) => question.certaintyPoints()).filter((each) => each !== null);
  const words = [`Answered: ${answered.length} of ${questions.length}`];
  if (graded.length) words.push(`points: ${Math.round(points * 100) / 100} of ${graded.length}`);
  if (sure.length) words.push(`certainty: ${signed(sum(sure))}`);
  return words.join(" · ");
}

/**
 * Make a quiz that stands on a page answer.
 *
 * @param {Element} section what quiz_html of widgets/markup.py wrote
 * @param {object} store where answers are kept: get(id), put(id, {kind, answer, verdict, certainty, hint,
 *   tries}), clear([{id, kind}]), erase(ids), draft(id), saveDraft(id, text or null), problem() and
 *   subscribe(act); erase and problem say in words what is wrong
 * @returns {function} call it before the section is thrown away
 */
export function mountQuiz(section, store) {
  if (section.dataset.ready) return () => {};
  section.dataset.ready = "true";
  const stop = new AbortController();
  const articles = [...section.querySelectorAll("[data-question]")];
  const questions = articles.map((article) => new QuizQuestion(article, store, stop.signal));
  const tools = new QuizTools(section, questions, store, stop.signal);
  const compare = questions.filter((question) => question.article.dataset.first).map(compareAnswers);
  const refresh = () => {
    for (const question of questions) question.refresh();
    for (const paint of compare) paint();
    tools.refresh();
  };
  section.addEventListener("input", () => tools.refresh(), { signal: stop.signal });
  const leave = store.subscribe(refresh);
  refresh();
  return () => {
    stop.abort();
    leave();
  };
}

/** Put the first answer to an icebreaker beside the present one; returns what repaints it. */
function compareAnswers(question) {
  const box = quizNode("dl", { class: "course-compare" });
  question.form.after(box);
  return () => {
    const first = question.store.get(question.article.dataset.first)?.first?.answer;
    const now = question.tries ? question.entry.answer : null;
    box.replaceChildren(
      ...compareSide("Your first answer", question, first, "There is none in your record here."),
      ...compareSide("Your answer now", question, now, "Not given yet."),
    );
  };
}

function compareSide(title, question, answer, none) {
  const words = answer == null ? none : question.inWords(answer);
  return [quizNode("div", {}, quizNode("dt", {}, title), quizNode("dd", {}, words))];
}

// ---- in a notebook: the answers live in the widget's model, Python reads them and keeps the record ----

let quizViews = 0;

/**
 * Draw a quiz as a widget: the render function of anywidget.
 *
 * @param {{model: object, el: Element}} view with the traits html, entries, said, drafts and problem
 * @returns {function} called by the notebook when the view is thrown away
 */
export function renderQuiz({ model, el }) {
  // Not authored text: markup that widgets/markup.py wrote and escaped.
  el.innerHTML = model.get("html");
  const section = el.querySelector("[data-course]");
  const leave = mountQuiz(section, modelStore(model));
  const giveKeysBack = keepKeys(el);
  renameIds(section, `-view${(quizViews += 1)}`);
  return () => {
    giveKeysBack();
    leave();
  };
}

/**
 * A key pressed on a control of the quiz is no command of the notebook (else d, d on a radio button would
 * delete the cell); with Ctrl or its like it still is. JupyterLab listens before any element of ours, so this
 * stands first.
 */
function keepKeys(el) {
  const keep = (event) => {
    const command = event.ctrlKey || event.metaKey || event.altKey;
    if (el.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", !command);
  };
  window.addEventListener("keydown", keep, true);
  return () => window.removeEventListener("keydown", keep, true);
}

/** Two views of one quiz stand in one document: their ids must differ. */
function renameIds(section, ending) {
  for (const element of [section, ...section.querySelectorAll("[id]")]) element.id += ending;
  const title = section.getAttribute("aria-labelledby");
  if (title) section.setAttribute("aria-labelledby", title + ending);
}

const DRAFT_DELAY = 300;
// A busy kernel is told only how things stand when it is free again; so the last acts stay part of that.
const ACTS_KEPT = 100;

function modelStore(model) {
  let waiting = null;
  const send = () => {
    clearTimeout(waiting);
    model.save_changes();
  };
  const tell = (acts, entries) => {
    model.set("said", [...model.get("said"), ...acts.map(withKey)].slice(-ACTS_KEPT));
    model.set("entries", entries);
    send();
  };
  const without = (name, ids) => Object.entries(model.get(name)).filter(([id]) => !ids.includes(id));
  const changes = ["change:entries", "change:problem"];
  return {
    get: (id) => model.get("entries")[id],
    put(id, { answer, verdict, certainty, hint, tries }) {
      const entries = model.get("entries");
      const entry = modelEntry({ answer, certainty, hint, tries }, verdict, entries[id]);
      tell([{ do: "answer", id, answer, certainty, hint, tries }], { ...entries, [id]: entry });
    },
    clear(given) {
      const entries = { ...model.get("entries") };
      const emptied = (id) => ({ do: "answer", id, ...NO_ANSWER, certainty: entries[id].certainty });
      const acts = given.map(({ id }) => emptied(id));
      for (const { id } of given) entries[id] = { ...entries[id], ...NO_ANSWER, right: null, score: null };
      tell(acts, entries);
    },
    erase: (ids) => tell([{ do: "erase", ids }], Object.fromEntries(without("entries", ids))),
    draft: (id) => model.get("drafts")[id],
    saveDraft(id, text) {
      const drafts = without("drafts", [id]);
      if (text !== null) drafts.push([id, text]);
      model.set("drafts", Object.fromEntries(drafts));
      clearTimeout(waiting);
      waiting = setTimeout(send, DRAFT_DELAY);
    },
    problem: () => model.get("problem"),
    subscribe(act) {
      for (const change of changes) model.on(change, act);
      return () => {
        for (const change of changes) model.off(change, act);
        send();
      };
    },
  };
}

const NO_ANSWER = { answer: null, tries: 0, hint: false };

function withKey(act) {
  return { ...act, key: `${Date.now()}-${Math.random()}` };
}

/** The entry that the record will have once Python has written it. */
function modelEntry(given, { right, score }, before) {
  const at = new Date().toISOString();
  const first = before?.first ?? { answer: given.answer, at };
  return { ...given, right, score: right === null ? null : score, at, first };
}
