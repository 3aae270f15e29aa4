// A path through the course, by the rule of widgets/path.py. Both are run against
// tests/widgets/path_vectors.json; change both or none.
// It reads the learner's record on this device and sends nothing.

const PATH_WHY = {
  certain: "you were certain of an answer that does not hold",
  fairly: "you were fairly sure of an answer that does not hold",
  wrong: "your answer in the first test does not hold",
  short: "you were right and certain, so the short form is enough",
  role: "it is close to what you do",
  base: "other modules use its terms",
  before: (number) => `module ${number} builds on it`,
  order: "it comes next in the course",
  last: "the second test shows what has changed",
};

const PATH_WORDS = {
  title: "My path through the course on organized crime",
  made: (day) => `Made on ${day}. Name, if you want to give one:`,
  time: (hours, more) => `Your time: up to ${hours}${more}.`,
  more: (hours) => `, and ${hours} more for the second test`,
  noTime: "Your time: not said, so all modules are listed.",
  suggested: (modules, hours) => `Suggested: ${modules}, ${hours}.`,
  nothing: "None of the modules on your path is written yet.",
  open: (questions) => `Not answered yet: ${questions}.`,
  hours: (count) => `${count} hour${count === 1 ? "" : "s"}`,
  modules: (count) => `${count} module${count === 1 ? "" : "s"}`,
  questions: (count) => `${count} question${count === 1 ? "" : "s"}`,
  short: ", short form",
  module: "Module",
  why: "Why",
  later: "If you have more time, next",
  coming: "Still to come",
  closing: "This is a suggestion, not a grade. "
    + "The rule behind it stands in module 00; take another way if you like.",
  save: "Save as a text file",
  saveShort: "Save without the reasons",
  print: "Print",
  saved: "Your path is saved as my-path.txt, where your browser keeps downloads.",
};

const PATH_COURSE = "urn:organized-crime-course";

/**
 * Take from a record what a path needs, as answers_of in Python.
 *
 * @param {object[]} statements of a record, in the order of time
 * @param {string} module whose questions
 * @returns {object} question to {answer, certainty, right}: the latest answer, and how the first one was
 */
export function pathAnswers(statements, module) {
  const found = {};
  const start = `${PATH_COURSE}:${module}/`;
  for (const { object, result } of statements) {
    if (!object.id.startsWith(start)) continue;
    const question = object.id.slice(start.length);
    const answer = result.extensions[`${PATH_COURSE}:answer`];
    const certainty = result.extensions[`${PATH_COURSE}:certainty`];
    if (found[question]) found[question].answer = answer;
    else if (answer !== null) found[question] = { answer, certainty, right: result.success ?? null };
  }
  return found;
}

/**
 * Work out which modules to take, in which order, in which form, and why, as suggest in Python.
 *
 * @param {object} rules what PathRules.spec() gives in Python
 * @param {object} answers what pathAnswers gives
 * @param {string[]} written the modules that exist
 * @returns {object} budget, hours, steps, later, coming, open
 */
export function suggestPath(rules, answers, written) {
  const modules = new Map(rules.modules.map((module) => [module.id, module]));
  const told = new Map(rules.modules.map((module) => [module.id, judgedModule(rules, module, answers)]));
  const ranked = [...modules.keys()].sort((one, other) => told.get(other).points - told.get(one).points);
  const budget = rules.hours[answers.time?.answer - 1] ?? null;
  const steps = new Map();
  const later = [];
  let used = 0;
  for (const id of ranked.filter((each) => written.includes(each))) {
    const fresh = modulesBefore(modules, id).filter((each) => written.includes(each) && !steps.has(each));
    const cost = fresh.reduce((sum, each) => sum + told.get(each).hours, 0);
    if (budget !== null && used + cost > budget) {
      later.push(id);
      continue;
    }
    used += cost;
    for (const each of fresh) steps.set(each, pathStep(each, told.get(each), id));
  }
  const { last } = rules;
  const coming = [...ranked, last.id].filter((id) => !written.includes(id));
  if (steps.size && written.includes(last.id)) {
    steps.set(last.id, { module: last.id, hours: last.hours, short: false, why: [PATH_WHY.last] });
  }
  const all = [...steps.values()];
  const asked = [...rules.form, ...rules.modules.map(({ asks }) => asks)];
  return {
    budget,
    hours: all.reduce((sum, step) => sum + step.hours, 0),
    steps: all,
    later: later.filter((id) => !steps.has(id)),
    coming,
    open: asked.filter((id) => (answers[id]?.answer ?? answers[id]?.right ?? null) === null).length,
  };
}

/** The points of a module, the hours it takes, and the reasons for both. */
function judgedModule(rules, module, answers) {
  const { right = null, certainty = null } = answers[module.asks] ?? {};
  const why = [];
  let points = 0;
  const add = (more, reason) => {
    points += more;
    why.push(reason);
  };
  if (right === false) {
    const reason = { 3: PATH_WHY.certain, 2: PATH_WHY.fairly }[certainty] ?? PATH_WHY.wrong;
    add(rules.wrong[(certainty ?? 1) - 1], reason);
  }
  const short = right === true && certainty === 3;
  if (short) why.push(PATH_WHY.short);
  for (const goal of module.goals ?? []) {
    const wish = (answers[goal]?.answer ?? 1) - 1;
    if (wish) add(wish, rules.goals[goal]);
  }
  if (module.roles?.includes(answers.role?.answer)) add(rules.role, PATH_WHY.role);
  if (module.base) add(module.base, PATH_WHY.base);
  return { points, hours: short ? rules.short : rules.whole, short, why };
}

/** A module behind those it builds on, and these behind those they build on. */
function modulesBefore(modules, id) {
  const before = (modules.get(id).after ?? []).flatMap((each) => modulesBefore(modules, each));
  return [...new Set([...before, id])];
}

function pathStep(module, { hours, short, why }, wanted) {
  const reasons = module === wanted ? [...why] : [...why, PATH_WHY.before(wanted.slice(0, 2))];
  return { module, hours, short, why: reasons.length ? reasons : [PATH_WHY.order] };
}

function pathSummary({ last }, path) {
  const words = PATH_WORDS;
  const count = path.steps.length;
  const more = path.steps.some(({ module }) => module === last.id) ? words.more(words.hours(last.hours)) : "";
  return [
    path.budget === null ? words.noTime : words.time(words.hours(path.budget), more),
    count ? words.suggested(words.modules(count), words.hours(path.hours)) : words.nothing,
    ...(path.open ? [words.open(words.questions(path.open))] : []),
  ];
}

function stepLength({ hours, short }) {
  return PATH_WORDS.hours(hours) + (short ? PATH_WORDS.short : "");
}

/**
 * Write a path as plain text, as path_text in Python.
 *
 * @param {object} rules as in suggestPath
 * @param {object} path what suggestPath gives
 * @param {object} titles title of each module that exists
 * @param {string} day such as "2026-11-24"
 * @param {boolean} [reasons] whether it says why; the reasons tell where the learner was wrong
 * @returns {string} lines that name nobody
 */
export function pathText(rules, path, titles, day, reasons = true) {
  const topics = Object.fromEntries([...rules.modules, rules.last].map(({ id, topic }) => [id, topic]));
  const named = (id) => `${PATH_WORDS.module} ${id.slice(0, 2)}: ${titles[id] ?? topics[id]}`;
  const lines = [PATH_WORDS.title, PATH_WORDS.made(day), "", ...pathSummary(rules, path), ""];
  path.steps.forEach((step, place) => {
    lines.push(`${place + 1}. ${named(step.module)} (${stepLength(step)})`);
    if (reasons) lines.push(`   ${PATH_WORDS.why}: ${step.why.join("; ")}.`);
  });
  for (const name of ["later", "coming"]) {
    const listed = path[name].map((id) => `- ${named(id)}`);
    if (listed.length) lines.push("", `${PATH_WORDS[name]}:`, ...listed);
  }
  return [...lines, "", PATH_WORDS.closing, ""].join("\n");
}

/**
 * Show the path of this learner, and again whenever the record changes.
 *
 * @param {HTMLElement} element the section that widgets/path.py wrote
 * @param {object} record a PageRecord
 */
export function mountPath(element, record) {
  const view = new PathView(element, record);
  record.subscribe(() => view.paint());
  view.paint();
}

function pathNode(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function pathButton(word, act) {
  const made = pathNode("button", { type: "button", class: "course-button course-plain" }, word);
  made.addEventListener("click", act);
  return made;
}

/** Only the path goes onto paper: the stylesheet looks at this mark. */
function printPath() {
  const { dataset } = document.documentElement;
  dataset.print = "path";
  window.addEventListener("afterprint", () => delete dataset.print, { once: true });
  window.print();
}

class PathView {
  constructor(element, record) {
    this.record = record;
    this.module = element.dataset.module;
    this.rules = JSON.parse(element.dataset.rules);
    this.result = element.querySelector(".course-path-result");
    this.waiting = [...this.result.childNodes];
    const cells = [...element.querySelectorAll("td[data-module]")];
    this.cells = new Map(cells.map((cell) => [cell.dataset.module, cell]));
    const there = cells.filter((cell) => cell.querySelector("a"));
    this.titles = Object.fromEntries(there.map((cell) => [cell.dataset.module, cell.textContent.trim()]));
    this.live = pathNode("p", { class: "course-live", role: "status" });
    const acts = { save: () => this.save(true), saveShort: () => this.save(false), print: printPath };
    const buttons = Object.entries(acts).map(([name, act]) => pathButton(PATH_WORDS[name], act));
    this.tools = pathNode("div", { class: "course-actions", hidden: "" }, ...buttons);
    this.result.after(this.tools, this.live);
  }

  paint() {
    const answers = pathAnswers(this.record.statements(), this.module);
    const any = Object.keys(answers).length > 0;
    this.path = any ? suggestPath(this.rules, answers, Object.keys(this.titles)) : null;
    this.result.replaceChildren(...(any ? this.parts() : this.waiting));
    this.tools.hidden = !any;
    this.live.textContent = "";
  }

  parts() {
    const { steps, later, coming } = this.path;
    const told = pathSummary(this.rules, this.path).map((line) => pathNode("p", {}, line));
    if (steps.length) told.push(pathNode("ol", {}, ...steps.map((step) => this.step(step))));
    return [...told, ...this.list("later", later), ...this.list("coming", coming),
      pathNode("p", { class: "course-source" }, PATH_WORDS.closing)];
  }

  step(step) {
    const line = pathNode("p", {}, ...this.named(step.module), ` (${stepLength(step)})`);
    return pathNode("li", {}, line, pathNode("p", {}, `${PATH_WORDS.why}: ${step.why.join("; ")}.`));
  }

  list(name, ids) {
    if (!ids.length) return [];
    const items = ids.map((id) => pathNode("li", {}, ...this.named(id)));
    return [pathNode("p", {}, `${PATH_WORDS[name]}:`), pathNode("ul", {}, ...items)];
  }

  /** The number of a module, and its name as the table has it: a link where the module exists. */
  named(id) {
    const title = this.cells.get(id).firstChild.cloneNode(true);
    return [`${PATH_WORDS.module} ${id.slice(0, 2)}: `, title];
  }

  save(reasons) {
    const day = new Date().toLocaleDateString("sv"); // the day of the reader's clock, as 2026-11-24
    const text = pathText(this.rules, this.path, this.titles, day, reasons);
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    pathNode("a", { href: url, download: "my-path.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    this.live.textContent = PATH_WORDS.saved;
  }
}
