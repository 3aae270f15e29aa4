// On the wall: one question, alone, its answers withheld. The lecturer reveals step by step: the options, a
// show of hands, the right answer, and why each wrong option tempts. Nothing of the lecturer's own answers is
// shown.

import { handsOf, typedCount } from "./walltally.js";
import { wallTime } from "./walltimer.js";
import { wallButton, wallClone, wallNode, wallText } from "./wallnode.js";

const QUESTION_WORDS = {
  sure: "Write down your answer, and how sure you are: 1 a guess, 2 fairly sure, 3 certain.",
  decide: "Decide alone first.",
  several: "More than one may be right: raise your hand for each.",
  which: { order: "Which comes first?", number: "Which number?", text: "Which answer?" },
  partner: "Which partner belongs to",
  partners: "To choose from",
  handsFor: (name) => `Hands for ${name}`,
  more: (name) => `One hand more for ${name}`,
  fewer: (name) => `One hand less for ${name}`,
  counted: "counted",
  notCounted: "not counted yet",
  hidden: "The counts are hidden until the vote is closed. Enter: next field. Page Down: close the vote.",
  present: "Present in the room",
  voted: (hands, present) => `Voted: ${hands}${present ? ` of ${present} present` : ""}`,
  raised: (hands, present) => `Hands: ${hands}, several each${present ? `; present: ${present}` : ""}`,
  tooMany: "These are more hands than people present. Count again, or correct the number present.",
  collect: "An answer from the class",
  add: "Add",
  remove: (name) => `Remove ${name}`,
  close: "Close the vote",
  again: "Vote again (V)",
  talk: (time) => `Second vote. First talk with your neighbour: ${time}`,
  talkOver: "Second vote. The two minutes are over: everyone decides.",
  round: (number) => `Vote ${number}`,
  before: "First answer",
  share: (hands, share) => (share === null ? `${hands}` : `${hands} (${share} %)`),
  right: "Right",
  wrong: "Not right",
  waits: "The answer waits for the room in which this question is asked again.",
  said: {
    ask: "The question alone.",
    options: "The options.",
    vote: "Show of hands.",
    closed: "The vote is closed.",
    right: "The right answer.",
    why: "Why it tempts.",
    end: "Explanation.",
  },
};

const TALK = 120_000; // milliseconds that neighbours have before a second vote
const COUNT = { inputmode: "numeric", maxlength: 4, autocomplete: "off" };
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const UNGRADED_ON_WALL = ["scale", "reflection"];
const OWN_ANSWERS = ["number", "text"]; // no options: what the class says is voted on

/** A question read from the page; it gives the steps of its screen and draws each of them. */
export class WallQuestion {
  /**
   * @param {HTMLElement} article as widgets/markup.py writes it
   * @param {object} tallies where hands are counted
   * @param {boolean} waits whether the answer is kept for a later room
   */
  constructor(article, tallies, waits) {
    Object.assign(this, { article, tallies, waits });
    this.key = article.dataset.question;
    this.kind = article.dataset.kind;
    this.spec = JSON.parse(article.dataset.spec);
    this.judged = this.spec.judged !== false; // an edition for assessment has no answers
    this.graded = this.judged && !UNGRADED_ON_WALL.includes(this.kind);
    this.rows = this.readRows();
    this.steps = this.readSteps();
    this.talkUntil = null;
  }

  one(selector) {
    return this.article.querySelector(selector);
  }

  all(selector) {
    return [...this.article.querySelectorAll(selector)];
  }

  // ---- what is read from the page ----

  readRows() {
    if (this.kind === "match") return this.lettered(this.all(".course-rights > [data-option]"));
    if (this.kind === "order") return this.lettered(this.neutral(this.all(".course-item")));
    if (this.kind === "scale") return this.all(".course-ask [data-option]").map(pointRow);
    return this.lettered(this.all(".course-options [data-option]"));
  }

  lettered(elements) {
    return elements.map((element, place) => ({
      id: element.dataset.option,
      letter: LETTERS[place] ?? String(place + 1),
      words: element.querySelector(".course-words"),
    }));
  }

  /** The order shown is neither the right one nor the one into which the lecturer moved the items. */
  neutral(items) {
    if (!this.one(".course-items").dataset.moved) return items;
    const sorted = [...items].sort((one, other) => wallText(one).localeCompare(wallText(other)));
    const right = this.spec.items.every(({ id }, place) => sorted[place].dataset.option === id);
    return right ? sorted.reverse() : sorted;
  }

  /** The rows that are voted on now: options, or the answers that the class gave. */
  voteRows() {
    if (!OWN_ANSWERS.includes(this.kind)) return this.rows;
    return this.tallies.answers(this.key).map((answer, place) => ({
      id: answer, letter: LETTERS[place] ?? String(place + 1), words: wallNode("span", {}, answer), own: true,
    }));
  }

  readSteps() {
    const vote = (key, part) => [{ name: "vote", key, part }, { name: "closed", key, part }];
    const ask = [{ name: "ask" }];
    if (this.rows.length) ask.push({ name: "options" });
    if (this.kind === "match" && this.judged && !this.waits) return [...ask, ...this.pairSteps(vote), ...this.endSteps()];
    if (this.kind === "reflection") return [...ask, ...this.endSteps()];
    const asked = this.kind === "match" ? [] : vote(this.key, null);
    if (this.waits) return [...ask, ...asked];
    return [...ask, ...asked, ...this.rightSteps(), ...this.endSteps()];
  }

  rightSteps() {
    const why = this.wrongReasons().map((line) => ({ name: "why", line }));
    return this.graded ? [{ name: "right" }, ...why] : [];
  }

  /** Pairs are asked and answered one after the other. */
  pairSteps(vote) {
    return this.all(".course-pair").flatMap((pair) => {
      const part = { id: pair.dataset.option, words: pair.querySelector(".course-words") };
      return [...vote(`${this.key}#${part.id}`, part), { name: "right", part }];
    });
  }

  endSteps() {
    return this.one("[data-part=explanation]") ? [{ name: "end" }] : [];
  }

  part(path) {
    return this.one(`[data-part="${CSS.escape(path)}"]`);
  }

  /** The lines of the answer that say why something wrong was tempting. */
  wrongReasons() {
    if (OWN_ANSWERS.includes(this.kind)) {
      return this.all(".course-answer [data-part^='wrong--']").map((part) => part.closest("li"));
    }
    const parts = this.options(false).map(({ id }) => this.part(`options--${id}--feedback`));
    return parts.filter(Boolean).map((part) => part.closest("li"));
  }

  options(right) {
    return (this.spec.options ?? []).filter((option) => Boolean(option.right) === right);
  }

  /** The beliefs behind wrong answers, for the speaker. */
  beliefs() {
    return this.all(".course-misconception");
  }

  /** What the right answer is, for the speaker. */
  answer() {
    if (!this.graded) return [];
    if (this.spec.options) {
      const ids = this.options(true).map(({ id }) => id);
      const rows = this.rows.filter((row) => ids.includes(row.id));
      return rows.map((row) => wallNode("p", {}, `${row.letter}. `, wallClone(row.words)));
    }
    if (this.kind === "match" || this.kind === "order") return this.all(".course-answer .course-reasons")
      .slice(0, 1).map((list) => wallClone(list));
    const first = this.one(".course-answer .course-reasons > li > p");
    return first ? [wallClone(first)] : [];
  }

  // ---- moving ----

  /** A vote in which nobody was counted has no result to show. */
  skips(step) {
    return step.name === "closed" && !this.tallies.counted(step.key) && !this.earlier(step.key);
  }

  /** The vote on the first answer, where this question is that one asked again. */
  earlier(key) {
    const first = this.article.dataset.first;
    if (!first || !this.tallies.counted(first)) return null;
    return key === this.key ? this.tallies.rounds(first).at(-1) : null;
  }

  canVoteAgain(step) {
    const voted = step?.key && this.tallies.counted(step.key);
    return Boolean(voted) && this.tallies.canVoteAgain(step.key);
  }

  voteAgain(step) {
    this.tallies.voteAgain(step.key);
    this.talkUntil = Date.now() + TALK;
  }

  // ---- drawing ----

  /**
   * @param {object} step one of this.steps
   * @param {{forward: function, again: function, redraw: function}} acts
   * @returns {Node[]}
   */
  draw(step, acts) {
    const small = step.name === "why" || step.name === "end";
    const nodes = [this.drawAsk(small)];
    if (step.part) nodes.push(wallNode("p.course-wall-pair", {}, `${QUESTION_WORDS.partner} `,
      wallNode("strong", {}, wallClone(step.part.words)), "?"));
    nodes.push(...this[`draw_${step.name}`](step, acts));
    return nodes;
  }

  drawAsk(small) {
    const long = this.one(".course-legend").classList.contains("course-long");
    const text = wallClone(this.one(".course-text"));
    const lead = wallNode(long ? "p" : "p.course-wall-lead", {}, ...text.childNodes);
    const more = this.one(".course-more");
    const classes = `course-wall-ask${small ? " course-wall-small" : ""}`;
    return wallNode("div", { class: classes }, lead, more && wallClone(more));
  }

  how() {
    const words = [];
    if (this.kind === "choices") words.push(QUESTION_WORDS.several);
    words.push(this.one(".course-certainty") ? QUESTION_WORDS.sure : QUESTION_WORDS.decide);
    return wallNode("p.course-wall-how", {}, words.join(" "));
  }

  draw_ask() {
    const unit = this.one(".course-unit");
    const answer = unit ? wallNode("p.course-wall-how", {}, `… ${wallText(unit)}`) : null;
    return this.rows.length ? [] : [answer, this.how()].filter(Boolean);
  }

  draw_options() {
    const pairs = this.all(".course-pair .course-words");
    const lefts = pairs.map((words) => wallNode("li", {}, wallClone(words)));
    const list = this.list(this.rows.map((row) => this.line(row)));
    if (!lefts.length) return [list, this.how()];
    list.setAttribute("aria-label", QUESTION_WORDS.partners);
    return [wallNode("div.course-wall-sides", {}, wallNode("ol", {}, ...lefts), list), this.how()];
  }

  list(lines) {
    return wallNode("ul.course-wall-options", {}, ...lines);
  }

  line(row, { mark = null, under = [], voting = false } = {}) {
    const sign = mark === null ? null : this.mark(mark);
    const classes = `course-wall-option${voting ? " course-wall-voting" : ""}`;
    return wallNode(
      "li", { class: classes, "data-mark": mark === null ? null : mark ? "right" : "wrong" },
      wallNode("span.course-wall-letter", {}, row.letter),
      wallNode("div.course-wall-words", {}, wallClone(row.words), sign, ...under),
    );
  }

  mark(right) {
    const sign = wallNode("span", { "aria-hidden": "true" }, right ? "✓ " : "✗ ");
    return wallNode("strong.course-wall-mark", {}, sign, QUESTION_WORDS[right ? "right" : "wrong"]);
  }

  // ---- a show of hands ----

  draw_vote(step, acts) {
    const rows = this.voteRows();
    const total = wallNode("p.course-wall-total", {});
    const paint = () => total.replaceChildren(...this.totalWords(step.key));
    const lines = rows.map((row) => this.voteLine(row, step.key, paint, acts));
    paint();
    const which = step.part ? null : QUESTION_WORDS.which[this.kind];
    const nodes = [
      which && wallNode("p.course-wall-pair", {}, wallNode("strong", {}, which)),
      this.talkLine(step),
      this.list(lines),
      OWN_ANSWERS.includes(this.kind) && this.collector(acts),
      wallNode("div.course-wall-count", {}, this.presentField(paint), total),
      wallNode("p.course-wall-how", {}, QUESTION_WORDS.hidden),
      wallNode("div.course-wall-acts", {}, wallButton(QUESTION_WORDS.close, acts.forward),
        this.canVoteAgain(step) && wallButton(QUESTION_WORDS.again, acts.again)),
    ];
    return nodes.filter(Boolean);
  }

  talkLine(step) {
    if (this.tallies.rounds(step.key).length < 2 || !this.talkUntil) return null;
    const line = wallNode("p.course-wall-talk", { "data-talk": true });
    this.tick(line);
    return line;
  }

  /** Once a second: how long neighbours may still talk. Returns what has to be said. */
  tick(line) {
    const left = this.talkUntil - Date.now();
    const words = left > 0 ? QUESTION_WORDS.talk(wallTime(left + 999)) : QUESTION_WORDS.talkOver;
    const ends = left <= 0 && line.textContent !== words && line.textContent !== "";
    line.textContent = words;
    return ends ? words : "";
  }

  voteLine(row, key, paint, acts) {
    const name = `${row.letter}: ${wallText(row.words)}`;
    const hands = () => this.tallies.round(key)[row.id] ?? 0;
    const seen = wallNode("span.course-wall-counted", {});
    const field = wallNode("input.course-wall-field.course-wall-hidden", {
      ...COUNT, "aria-label": QUESTION_WORDS.handsFor(name), "data-option": row.id,
    });
    const show = () => {
      field.value = this.tallies.round(key)[row.id] === undefined ? "" : String(hands());
      seen.textContent = field.value === "" ? QUESTION_WORDS.notCounted : `✓ ${QUESTION_WORDS.counted}`;
      paint();
    };
    const set = (count) => {
      this.tallies.count(key, row.id, Math.max(0, count));
      show();
    };
    field.addEventListener("input", () => {
      if (/\p{Nd}/u.test(field.value)) return set(typedCount(field.value));
      this.tallies.uncount(key, row.id);
      show();
    });
    show();
    const counter = wallNode("div.course-wall-counter", {},
      wallButton("−", () => set(hands() - 1), { "aria-label": QUESTION_WORDS.fewer(name) }),
      field,
      wallButton("+", () => set(hands() + 1), { "aria-label": QUESTION_WORDS.more(name) }),
      seen,
      row.own && wallButton("✗", () => { this.tallies.removeAnswer(key, row.id); acts.redraw(); },
        { "aria-label": QUESTION_WORDS.remove(name) }),
    );
    return this.line(row, { under: [counter], voting: true });
  }

  collector(acts) {
    const field = wallNode("input.course-wall-input", { autocomplete: "off", "data-collect": true });
    const add = () => {
      if (!field.value.trim()) return false;
      this.tallies.addAnswer(this.key, field.value.trim());
      acts.redraw("[data-collect]");
      return true;
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (add()) event.stopPropagation();
    });
    const label = wallNode("label", {}, `${QUESTION_WORDS.collect} `, field);
    return wallNode("div.course-wall-collect", {}, label, wallButton(QUESTION_WORDS.add, add));
  }

  presentField(paint) {
    const { tallies } = this;
    const field = wallNode("input.course-wall-field", { ...COUNT, "data-present": true });
    field.value = tallies.present || "";
    field.addEventListener("input", () => {
      tallies.present = typedCount(field.value);
      paint();
    });
    return wallNode("label", {}, `${QUESTION_WORDS.present} `, field);
  }

  totalWords(key) {
    const hands = handsOf(this.tallies.round(key));
    const { present } = this.tallies;
    if (this.kind === "choices") return [QUESTION_WORDS.raised(hands, present)];
    const words = [QUESTION_WORDS.voted(hands, present)];
    const many = present && hands > present;
    if (many) words.push(wallNode("strong.course-wall-warn", {}, ` ${QUESTION_WORDS.tooMany}`));
    return words;
  }

  // ---- the result ----

  draw_closed(step, acts) {
    const total = wallNode("p.course-wall-total", {}, ...this.roundTotals(step.key));
    const again = this.canVoteAgain(step) && wallButton(QUESTION_WORDS.again, acts.again);
    const nodes = [
      this.list(this.voteRows().map((row) => this.line(row, { under: this.bars(row, step.key) }))),
      wallNode("div.course-wall-count", {}, total),
      wallNode("div.course-wall-acts", {}, again),
    ];
    if (this.waits && this.judged) nodes.push(wallNode("p.course-wall-how", {}, QUESTION_WORDS.waits));
    return nodes;
  }

  /** The rounds of a vote, the vote on the first answer before them. */
  results(key) {
    const rounds = this.tallies.rounds(key).filter((round) => handsOf(round));
    const earlier = this.earlier(key);
    const named = rounds.map((round, place) => [QUESTION_WORDS.round(place + 1), round]);
    return earlier ? [[QUESTION_WORDS.before, earlier], ...named] : named;
  }

  bars(row, key) {
    const results = this.results(key);
    return results.map(([name, round], place) => {
      const hands = round[row.id] ?? 0;
      const of = this.kind === "choices" ? this.tallies.present : handsOf(round);
      const share = of ? Math.min(100, Math.round((100 * hands) / of)) : null;
      const earlier = place < results.length - 1;
      const bar = wallNode("span.course-wall-bar", { "data-earlier": earlier, "aria-hidden": "true" });
      const longest = Math.max(1, ...results.map(([, each]) => Math.max(0, ...Object.values(each))));
      bar.style.inlineSize = `${(100 * hands) / longest}%`;
      return wallNode("div.course-wall-result", {},
        results.length > 1 && wallNode("span.course-wall-round", {}, name),
        wallNode("span.course-wall-track", {}, bar),
        wallNode("span.course-wall-hands", {}, QUESTION_WORDS.share(hands, share)),
      );
    });
  }

  roundTotals(key) {
    const { present } = this.tallies;
    const say = this.kind === "choices" ? QUESTION_WORDS.raised : QUESTION_WORDS.voted;
    const results = this.results(key);
    const named = (name) => (results.length > 1 ? `${name}. ` : "");
    const words = results.map(([name, round]) => named(name) + say(handsOf(round), present));
    return words.flatMap((each, place) => (place ? [wallNode("br"), each] : [each]));
  }

  // ---- the answer ----

  draw_right(step) {
    if (step.part) return this.drawPair(step.part);
    if (this.kind === "order") return this.drawOrder();
    if (this.spec.options) return this.drawRightOptions();
    const first = this.one(".course-answer .course-reasons > li");
    const why = wallNode("div.course-wall-why", { "data-mark": "right" }, ...wallClone(first).childNodes);
    return [why, ...this.ownResults()];
  }

  /** Beside the right answer, what the class had voted for. */
  ownResults() {
    if (!this.results(this.key).length) return [];
    return [this.list(this.voteRows().map((row) => this.line(row, { under: this.bars(row, this.key) })))];
  }

  drawRightOptions() {
    const ids = this.options(true).map(({ id }) => id);
    return [this.list(this.rows.map((row) => {
      const right = ids.includes(row.id);
      const why = right ? this.part(`options--${row.id}--feedback`) : null;
      const under = [...this.bars(row, this.key), why && wallClone(why)].filter(Boolean);
      return this.line(row, { mark: right ? true : null, under });
    }))];
  }

  drawPair(part) {
    const right = this.spec.left.find(({ id }) => id === part.id).match;
    const why = this.part(`left--${part.id}--feedback`);
    const key = `${this.key}#${part.id}`;
    return [this.list(this.rows.map((row) => {
      const fits = row.id === right;
      const under = [...this.bars(row, key), fits && why && wallClone(why)].filter(Boolean);
      return this.line(row, { mark: fits ? true : null, under });
    }))];
  }

  drawOrder() {
    const list = wallClone(this.one(".course-answer ol.course-reasons"));
    const right = this.part("right");
    const first = wallNode("div.course-wall-why", { "data-mark": "right" }, this.mark(true), list);
    return [first, right && wallClone(right)].filter(Boolean);
  }

  draw_why(step) {
    const line = wallClone(step.line);
    for (const left of line.querySelectorAll("[data-part$='--unchosen']")) {
      left.previousElementSibling?.remove();
      left.remove();
    }
    const option = step.line.querySelector("[data-part]")?.dataset.part.split("--")[1];
    const row = this.spec.options && this.rows.find(({ id }) => id === option);
    const bars = row ? this.bars(row, this.key) : [];
    return [wallNode("div.course-wall-why", { "data-mark": "wrong" }, ...line.childNodes, ...bars)];
  }

  draw_end() {
    const why = wallClone(this.part("explanation"));
    const sources = this.all(".course-answer .course-body > .course-source");
    return [wallNode("div.course-wall-why", {}, why, ...sources.map((source) => wallClone(source)))];
  }

  drawHint() {
    const body = this.one(".course-hint .course-body");
    return body ? wallClone(body) : null;
  }

  /** What a screen reader is told of a step. */
  said(step) {
    return QUESTION_WORDS.said[step.name];
  }
}

/** A point of a scale is named by its number. */
function pointRow(element) {
  const words = wallClone(element.querySelector(".course-words"));
  const step = words.querySelector(".course-step");
  step?.remove();
  return { id: element.dataset.option, letter: wallText(step) || element.dataset.option, words };
}
