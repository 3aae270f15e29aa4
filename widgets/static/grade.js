// Grading, as in widgets/grading.py. Both are run against tests/widgets/vectors.json; change both or none.

const NOT_A_NUMBER = "not-a-number";
const RECORDED = "recorded";

const GRADERS = {
  choice: gradeChoice,
  choices: gradeChoices,
  number: gradeNumber,
  text: gradeText,
  match: gradeMatch,
  order: gradeOrder,
  scale: gradeOpen,
  reflection: gradeOpen,
};

/**
 * Grade an answer. What cannot be read as an answer counts as not answered (`right` is null), not as wrong.
 * @param {object} spec - the question, as Question.spec() gives it in Python
 * @param {*} answer - an option id, a list of ids, a number or text, or {left id: right id}, by kind
 * @returns {{score: number, right: ?boolean, feedback: string[], misconception: ?string, marks: object}}
 */
export function grade(spec, answer) {
  const grader = Object.hasOwn(GRADERS, spec.kind) ? GRADERS[spec.kind] : null;
  if (!grader) throw new Error(`question ${spec.id}: there is no kind ${spec.kind}`);
  const verdict = grader(spec, answer);
  // Without a key it only says whether the answer can be read.
  if (spec.judged !== false || verdict.right === null) return verdict;
  return makeVerdict({ feedback: [RECORDED] });
}

/**
 * Score an answer by how sure the reader was.
 * @param {?number} certainty - 1, 2 or 3; null where it was not asked or not said
 * @param {?boolean} right - as in a verdict
 * @returns {number} right: 1, 2, 3; wrong: 0, -2, -6; without a certainty or a verdict 0
 */
export function certaintyScore(certainty, right) {
  if ((certainty ?? null) === null || (right ?? null) === null) return 0;
  if (![1, 2, 3].includes(certainty)) throw new RangeError(`there is no certainty ${certainty}`);
  return right ? certainty : [0, -2, -6][certainty - 1];
}

function makeVerdict(said = {}) {
  return { score: 0, right: null, feedback: [], misconception: null, marks: {}, ...said };
}

// ---- the kinds

function gradeChoice(spec, answer) {
  const chosen = spec.options.find((option) => option.id === answer);
  if (!chosen) return makeVerdict();
  const right = Boolean(chosen.right);
  return makeVerdict({
    score: right ? 1 : 0,
    right,
    feedback: optionFeedback(spec.options, [answer]),
    misconception: right ? null : chosen.misconception ?? null,
    marks: { [answer]: right ? "right" : "wrong" },
  });
}

function gradeChoices(spec, answer) {
  const options = spec.options;
  if (!isListOf(answer, options) || !answer.length) return makeVerdict();
  const marks = Object.fromEntries(options.map((option) => [option.id, choicesMark(option, answer)]));
  const count = (mark) => Object.values(marks).filter((each) => each === mark).length;
  const keys = options.filter((option) => option.right).length;
  const score = Math.max(0, count("hit") - count("false alarm")) / keys;
  const slips = options.filter((option) => ["false alarm", "miss"].includes(marks[option.id]));
  return makeVerdict({
    score,
    right: score === 1,
    feedback: optionFeedback(options, answer),
    misconception: firstMisconception(slips),
    marks,
  });
}

function choicesMark(option, answer) {
  if (answer.includes(option.id)) return option.right ? "hit" : "false alarm";
  return option.right ? "miss" : "left out";
}

/** Feedback of what was chosen, then `unchosen` of what was not, where there is such a text. */
function optionFeedback(options, chosen) {
  const said = options.filter((option) => chosen.includes(option.id)).map((option) => option.feedback);
  const unsaid = options.filter((option) => !chosen.includes(option.id) && option.unchosen);
  return [...said, ...unsaid.map((option) => option.unchosen)];
}

function gradeNumber(spec, answer) {
  const readings = numberReadings(answer, spec.unit);
  if (readings === null) return makeVerdict();
  if (!readings.length) return makeVerdict({ feedback: [NOT_A_NUMBER] });
  const tolerance = spec.tolerance ?? 0;
  const fits = (value, reach) => readings.some((each) => isWithin(each, value, reach));
  if (fits(spec.answer, tolerance)) return makeVerdict({ score: 1, right: true, feedback: [spec.right] });
  return wrongVerdict(spec, (wrong) => fits(wrong.value, wrong.tolerance ?? tolerance));
}

function gradeText(spec, answer) {
  if (typeof answer !== "string" || !isVisible(answer)) return makeVerdict();
  const how = spec.normalize ?? ["case", "space"];
  const said = normalizeText(answer, how);
  const fits = (texts) => texts.some((each) => normalizeText(each, how) === said);
  if (fits(spec.accepted)) return makeVerdict({ score: 1, right: true, feedback: [spec.right] });
  return wrongVerdict(spec, (wrong) => fits(wrong.value));
}

/** The verdict on a wrong value: the first mistake that fits, or the feedback for all others. */
function wrongVerdict(spec, fits) {
  const wrong = (spec.wrong ?? []).find(fits);
  if (!wrong) return makeVerdict({ right: false, feedback: [spec.otherwise] });
  const misconception = wrong.misconception ?? null;
  return makeVerdict({ right: false, feedback: [wrong.feedback], misconception });
}

function gradeMatch(spec, answer) {
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) return makeVerdict();
  const pairs = new Map(Object.entries(answer).filter(([, value]) => (value ?? "") !== ""));
  if (!pairs.size || !isListOf([...pairs.keys()], spec.left) || !isListOf([...pairs.values()], spec.right)) {
    return makeVerdict();
  }
  const marks = Object.fromEntries(spec.left.map((left) => [left.id, matchMark(left, pairs)]));
  const wrong = spec.left.filter((left) => marks[left.id] === "wrong");
  const score = Object.values(marks).filter((mark) => mark === "right").length / spec.left.length;
  return makeVerdict({
    score,
    right: score === 1,
    feedback: wrong.map((left) => left.feedback),
    misconception: firstMisconception(wrong),
    marks,
  });
}

function matchMark(left, pairs) {
  if (!pairs.has(left.id)) return "open";
  return pairs.get(left.id) === left.match ? "right" : "wrong";
}

function gradeOrder(spec, answer) {
  const order = spec.items.map((item) => item.id);
  if (!isListOf(answer, spec.items)) return makeVerdict();
  if (answer.length !== order.length || new Set(answer).size !== order.length) return makeVerdict();
  const before = new Map(order.map((id, place) => [id, order[place - 1]]));
  const kept = new Map(answer.map((id, place) => [id, before.get(id) === answer[place - 1]]));
  const score = answer.slice(1).filter((id) => kept.get(id)).length / (order.length - 1);
  const moved = spec.items.filter((item) => !kept.get(item.id) && item.feedback).map((item) => item.feedback);
  return makeVerdict({
    score,
    right: score === 1,
    feedback: score === 1 ? [spec.right] : [spec.otherwise, ...moved],
    marks: Object.fromEntries(order.map((id) => [id, kept.get(id) ? "right" : "wrong"])),
  });
}

/** A scale or a reflection: nothing can be right. */
function gradeOpen() {
  return makeVerdict();
}

function isListOf(answer, parts) {
  return Array.isArray(answer) && answer.every((id) => parts.some((part) => part.id === id));
}

function firstMisconception(parts) {
  return parts.find((part) => part.misconception)?.misconception ?? null;
}

// ---- numbers

const MARGIN = 4 * 2 ** -52; // four units in the last place of a binary fraction

const ZEROS = "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0" +
  "\u0f20\u1040\u1090\u17e0\u1810\uff10";
const TO_ASCII = new Map([
  ...[...ZEROS].flatMap((zero) =>
    [..."0123456789"].map((digit, value) => [String.fromCodePoint(zero.codePointAt(0) + value), digit])),
  ...[..."\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"].map((sign) => [sign, "-"]),
  ["\uff0b", "+"],
  ["\u066b", "."], ["\uff0e", "."], ["\u060c", ","], ["\uff0c", ","], ["\u066a", "%"], ["\uff05", "%"],
  ...[..."'\u2019\u02bc\uff07\u066c"].map((sign) => [sign, "_"]),
]);

const SPACES = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const UNSEEN = new RegExp("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\xad\\u061c\\u180b-\\u180f" +
  "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\u{e0100}-\\u{e01ef}]", "gu");

const NUMBER = /^([^0-9.,+-]*)([+-]?) ?([0-9](?:[0-9.,_ ]*[0-9.,])?|[.,][0-9]+)([eE][+-]?[0-9]+)?([^]*)$/u;
const SPACED = /^([0-9]{1,3}(?:[_ ][0-9]{3})+)(?:[.,]([0-9]*))?$/;
const GROUPED = { ",": /^[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}$/, ".": /^[0-9]{1,3}(?:\.[0-9]{3})+$/ };
const DOUBTFUL = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/;
const PERCENT = /^(?:%|per ?cent|pct\.?)/;

/**
 * Read a number as people type it.
 * @param {string} text - what was typed
 * @param {string} [unit] - the unit of the question
 * @returns {number[]} every reading (1,234 has two: thousands or decimals); none if it is not a number
 */
export function parseNumber(text, unit = "") {
  const match = NUMBER.exec(asciiNumber(text));
  if (!match) return [];
  const [, start, sign, digits, power = "", end] = match;
  const known = normalizeText(asciiNumber(unit));
  const [before, after] = [normalizeText(start), normalizeText(end)];
  const percent = after !== known && PERCENT.exec(after)?.[0] === after;
  if (!["", known].includes(before) || !(percent || ["", known].includes(after))) return [];
  const values = decimalReadings(digits, power !== "").map((each) => Number(sign + each + power));
  return !percent || PERCENT.test(known) ? values : [...values, ...values.map((each) => each / 100)];
}

function asciiNumber(text) {
  return trimmed(exchanged(text.replace(UNSEEN, ""), TO_ASCII));
}

/** Each reading of digits and marks, as digits with a decimal point. */
function decimalReadings(digits, hasPower) {
  const spaced = SPACED.exec(digits);
  if (spaced) return [`${spaced[1].replace(/[_ ]/g, "")}.${spaced[2] || "0"}`];
  const [commas, points] = [",", "."].map((mark) => digits.split(mark).length - 1);
  if (/[_ ]/.test(digits)) return [];
  if (commas && points) return mixedReadings(digits);
  if (commas + points > 1) {
    const mark = commas ? "," : ".";
    return GROUPED[mark].test(digits) ? [digits.replaceAll(mark, "")] : [];
  }
  const decimal = digits.replace(",", ".");
  return DOUBTFUL.test(digits) && !hasPower ? [decimal, decimal.replace(".", "")] : [decimal];
}

/** Digits with commas and points: the last mark is the decimal one. */
function mixedReadings(digits) {
  const place = Math.max(digits.lastIndexOf(","), digits.lastIndexOf("."));
  const [whole, fraction] = [digits.slice(0, place), digits.slice(place + 1)];
  const group = digits[place] === "." ? "," : ".";
  return GROUPED[group].test(whole) ? [`${whole.replaceAll(group, "")}.${fraction}`] : [];
}

/** Every reading of an answer to a number question; null where there is no answer. */
function numberReadings(answer, unit) {
  if ((answer ?? null) === null) return null;
  if (typeof answer === "string") return isVisible(answer) ? parseNumber(answer, unit) : null;
  return typeof answer === "number" && !Number.isNaN(answer) ? [answer] : [];
}

function isWithin(value, answer, tolerance) {
  const margin = MARGIN * Math.max(Math.abs(value), Math.abs(answer), tolerance);
  return Number.isFinite(value) && Math.abs(value - answer) <= tolerance + margin;
}

// ---- words

const PLAIN_SIGNS = new Map([
  ...[..."`\xb4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a"]
    .map((sign) => [sign, "'"]),
  ...[..."\u201c\u201d\u201e\u201f\u2033\u2036\xab\xbb"].map((sign) => [sign, '"']),
  ...[..."\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58"].map((sign) => [sign, "-"]),
]);
const ACCENTS = new RegExp("[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4" +
  "\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u1ab0-\\u1aff\\u1dc0-\\u1dff" +
  "\\u20d0-\\u20ff\\ufe20-\\ufe2f]", "gu");
const STROKES = new Map([..."øØłŁđĐħĦ"].map((sign, place) => [sign, "oOlLdDhH"[place]]));

/**
 * Reduce a short answer to what matters when answers are compared.
 * @param {string} text - what was typed, or what is accepted
 * @param {string[]} [how] - what does not matter: case, space, accents, punctuation
 * @returns {string} the reduced text
 */
export function normalizeText(text, how = ["case", "space"]) {
  // Exchanged twice: before NFKC makes a space of a lone accent, and after it.
  const signs = exchanged(text.replace(UNSEEN, ""), PLAIN_SIGNS);
  let plain = exchanged(signs.normalize("NFKC"), PLAIN_SIGNS);
  if (how.includes("case")) plain = foldedCase(plain);
  if (how.includes("accents")) {
    plain = exchanged(plain.normalize("NFD").replace(ACCENTS, ""), STROKES).normalize("NFC");
  }
  if (how.includes("punctuation")) plain = plain.replace(/[.'"]/g, "").replace(/\p{P}/gu, " ");
  return how.includes("space") || how.includes("punctuation") ? trimmed(plain) : plain;
}

/** Make capitals and small letters equal: down, up and down, then sigma and the Turkish i. */
function foldedCase(text) {
  const folded = text.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll("ς", "σ").replaceAll("i\u0307", "i").normalize("NFKC");
}

function exchanged(text, signs) {
  return Array.from(text, (sign) => signs.get(sign) ?? sign).join("");
}

function trimmed(text) {
  return text.replace(SPACES, " ").replace(/^ | $/g, "");
}

function isVisible(text) {
  return text.replace(UNSEEN, "").replace(SPACES, "") !== "";
}
