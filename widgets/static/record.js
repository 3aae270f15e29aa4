/**
 * The learner's record on a page: one line of JSON for every answer, kept in the browser's own storage.
 * widgets/statements.py writes and reads the same lines; tests/widgets/record_lines.py holds both to one list.
 */

import { parseNumber } from "./grade.js";

const RECORD_COURSE = "urn:organized-crime-course";
const RECORD_VERB = "http://adlnet.gov/expapi/verbs/answered";
const RECORD_ACTIVITY = "http://adlnet.gov/expapi/activities/cmi.interaction";
const RECORD_TYPES = {
  choice: "choice", choices: "choice", number: "numeric", text: "fill-in",
  match: "matching", order: "sequencing", scale: "likert", reflection: "long-fill-in",
};
const RECORD_PLATFORMS = ["page", "notebook", "browser-python"];
const RECORD_LINE_LIMIT = 1000000;
const RECORD_REASONS = {
  damaged: "cut short or damaged",
  newer: "from a newer version of this course",
  foreign: "not an answer of this course",
  long: "too long",
  encoding: "not in UTF-8",
  conflict: "a second version of an answer that is already there",
};
const RECORD_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const RECORD_TIME =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/;
const RECORD_QUESTION = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/;

// The keys of the browser's storage. Every statement has its own, so that two tabs never overwrite each other.
const RECORD_KEY = "organized-crime-course:";
const RECORD_STATEMENT_KEY = `${RECORD_KEY}statement:`;
const RECORD_DRAFT_KEY = `${RECORD_KEY}draft:`;
const RECORD_ACTOR_KEY = `${RECORD_KEY}actor`;

const RECORD_LAST_TIME = Date.parse("9999-12-31T23:59:59.999Z");
let recordLastMoment = 0;

/** A random identifier; works on plain http too, where crypto.randomUUID does not exist. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A time in UTC with milliseconds; left out, it is now, and later than every one given out before. */
function recordMoment(at, after) {
  if (typeof at === "string") return at;
  if (at) return at.toISOString();
  recordLastMoment = Math.max(Date.now(), recordLastMoment + 1);
  const earliest = (Date.parse(after) || 0) + 1;
  return new Date(Math.min(Math.max(recordLastMoment, earliest), RECORD_LAST_TIME)).toISOString();
}

/** The answer as the xAPI response string of its interaction type. */
function xapiResponse(kind, answer) {
  if (answer === null) return "";
  if (kind === "choices" || kind === "order") return answer.join("[,]");
  if (kind === "number") return numericResponse(answer);
  if (kind !== "match") return String(answer);
  const lefts = Object.keys(answer).filter((left) => answer[left] !== null).sort();
  return lefts.map((left) => `${left}[.]${answer[left]}`).join("[,]");
}

/** A number in plain digits; typed, with no reading or several, as it was typed. */
function numericResponse(answer) {
  const readings = isText(answer) ? parseNumber(answer) : [answer];
  return String(readings.length === 1 && Number.isFinite(readings[0]) ? readings[0] : answer);
}

/** The `result` of a statement; success and score only where there is something to be right about. */
function statementResult(kind, answer, verdict, certainty, hint, tries) {
  const done = answer !== null;
  const result = { response: xapiResponse(kind, answer), completion: done };
  if (done && verdict && typeof verdict.right === "boolean") {
    result.success = verdict.right;
    result.score = { scaled: verdict.score };
  }
  result.extensions = {
    [`${RECORD_COURSE}:answer`]: answer,
    [`${RECORD_COURSE}:kind`]: kind,
    [`${RECORD_COURSE}:certainty`]: certainty ?? null,
    [`${RECORD_COURSE}:hint`]: Boolean(hint),
    [`${RECORD_COURSE}:tries`]: tries,
  };
  return result;
}

/**
 * One answer as an xAPI statement. It holds no name, machine, folder or network address.
 * @param {object} parts
 * @param {string} parts.id - the question, as "module/question"
 * @param {string} parts.kind - choice, choices, number, text, match, order, scale or reflection
 * @param {*} parts.answer - the answer as a quiz gives it; null means "start again"
 * @param {{right: ?boolean, score: number, misconception: ?string}} [parts.verdict] - what `grade` said
 * @param {?number} [parts.certainty] - 1, 2, 3 or null
 * @param {boolean} [parts.hint] - whether the hint was open
 * @param {number} [parts.tries] - how often it has been answered, this time included
 * @param {string} parts.actor - the learner's pseudonym, from PageRecord.actor
 * @param {string} [parts.platform] - page, notebook or browser-python
 * @param {?(Date|string)} [parts.at] - when; now when left out
 * @param {?string} [parts.after] - time of the question's latest statement: this one is later, though the clock
 *   of the device was set back meanwhile
 * @returns {object} the statement
 */
export function statement(parts) {
  const { id, kind, verdict = null, certainty = null, hint = false, tries = 1 } = parts;
  const { actor, platform = "page" } = parts;
  const answer = typeof parts.answer === "number" && !Number.isFinite(parts.answer)
    ? String(parts.answer) : parts.answer ?? null;
  return {
    schema: 1,
    id: randomId(),
    timestamp: recordMoment(parts.at, parts.after),
    actor: { objectType: "Agent", account: { homePage: RECORD_COURSE, name: actor } },
    verb: { id: RECORD_VERB, display: { en: "answered" } },
    object: {
      objectType: "Activity",
      id: `${RECORD_COURSE}:${id}`,
      definition: { type: RECORD_ACTIVITY, interactionType: RECORD_TYPES[kind] },
    },
    result: statementResult(kind, answer, verdict, certainty, hint, tries),
    context: { platform, extensions: { [`${RECORD_COURSE}:misconception`]: verdict?.misconception ?? null } },
  };
}

/** Why a value is not a sound statement of this version (a key of RECORD_REASONS), or null when it is one. */
function statementFault(value) {
  if (!isPlainObject(value)) return "foreign";
  if (Number.isInteger(value.schema) && value.schema > 1) return "newer";
  try {
    return value.schema === 1 && frameFits(value) && resultFits(value.result) ? null : "foreign";
  } catch (error) {
    return "foreign"; // a part that should be an object is missing
  }
}

function isPlainObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value) {
  return typeof value === "string";
}

/** Who, when, which question and where. */
function frameFits(value) {
  const account = value.actor.account;
  const misconception = value.context.extensions[`${RECORD_COURSE}:misconception`];
  const kind = value.result.extensions[`${RECORD_COURSE}:kind`];
  return isText(value.id) && RECORD_UUID.test(value.id)
    && isText(value.timestamp) && RECORD_TIME.test(value.timestamp)
    && account.homePage === RECORD_COURSE && isText(account.name) && RECORD_UUID.test(account.name)
    && value.verb.id === RECORD_VERB
    && value.object.id.startsWith(`${RECORD_COURSE}:`) && RECORD_QUESTION.test(questionOf(value))
    && RECORD_PLATFORMS.includes(value.context.platform)
    && (misconception === null || isText(misconception))
    && isText(kind) && Object.hasOwn(RECORD_TYPES, kind)
    && value.object.definition.interactionType === RECORD_TYPES[kind];
}

/** What was answered, and how it was judged. */
function resultFits(result) {
  const given = result.extensions;
  const answer = given[`${RECORD_COURSE}:answer`];
  const certainty = given[`${RECORD_COURSE}:certainty`];
  const tries = given[`${RECORD_COURSE}:tries`];
  return isText(result.response)
    && answer !== undefined && result.completion === (answer !== null)
    && (!("success" in result) || typeof result.success === "boolean")
    && (!("score" in result) || (result.score.scaled >= 0 && result.score.scaled <= 1
      && Number.isFinite(result.score.scaled)))
    && (certainty === null || [1, 2, 3].includes(certainty))
    && typeof given[`${RECORD_COURSE}:hint`] === "boolean"
    && Number.isSafeInteger(tries) && tries >= 0
    && (answer === null || answerFits(given[`${RECORD_COURSE}:kind`], answer));
}

/** Whether an answer has the shape of its question kind, so that who reads it need not doubt it. */
function answerFits(kind, answer) {
  if (kind === "choices" || kind === "order") return Array.isArray(answer) && answer.every(isText);
  if (kind === "match") {
    return isPlainObject(answer) && Object.values(answer).every((right) => right === null || isText(right));
  }
  if (kind === "scale") return Number.isSafeInteger(answer);
  return isText(answer) || (kind === "number" && Number.isFinite(answer));
}

/** The question a statement answers, as "module/question". */
export function questionOf(value) {
  return value.object.id.slice(RECORD_COURSE.length + 1);
}

/** Read one line: {value, reason}, the one or the other null. */
function readLine(line) {
  if (line.length > RECORD_LINE_LIMIT) return { value: null, reason: "long" };
  let value;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { value: null, reason: "damaged" };
  }
  const reason = statementFault(value);
  return reason ? { value: null, reason } : { value, reason: null };
}

function compareTexts(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function compareStatements(one, other) {
  return compareTexts(one.timestamp, other.timestamp) || compareTexts(one.id, other.id);
}

/**
 * Where the learner stands: the latest answer to every question, and the first.
 * @param {object[]} statements - sound statements in any order, repeated ones too
 * @returns {Object<string, object>} question id to {answer, certainty, hint, tries, right, score, at, first};
 *   answer is null after "start again"
 */
export function fold(statements) {
  const state = {};
  for (const each of [...statements].sort(compareStatements)) {
    const question = questionOf(each);
    state[question] = foldedEntry(each, state[question]);
  }
  return state;
}

/** The entry of one question after one more statement. */
function foldedEntry(each, before) {
  const { result, timestamp: at } = each;
  const given = result.extensions;
  const answer = given[`${RECORD_COURSE}:answer`];
  return {
    answer,
    certainty: given[`${RECORD_COURSE}:certainty`],
    hint: given[`${RECORD_COURSE}:hint`],
    tries: given[`${RECORD_COURSE}:tries`],
    right: result.success ?? null,
    score: result.score ? result.score.scaled : null,
    at,
    first: before?.first ?? (answer === null ? null : { answer, at }),
  };
}

/** One sentence on lines that were set aside, from a reason for every line; null when there are none. */
function setAsideWords(reasons) {
  if (!reasons.length) return null;
  const count = (code) => reasons.filter((reason) => reason === code).length;
  const present = Object.keys(RECORD_REASONS).filter(count);
  const parts = present.map((code) => `${count(code)} ${RECORD_REASONS[code]}`);
  const lines = reasons.length === 1 ? "1 line was" : `${reasons.length} lines were`;
  return `${lines} set aside and the rest was read: ${parts.join(", ")}.`;
}

/** The browser's own storage, or null where it is forbidden. */
function browserStorage() {
  try {
    return window.localStorage;
  } catch (error) {
    return null;
  }
}

/** Why the storage did not keep something, in words. */
function storageWords(error) {
  const full = error && (error.name === "QuotaExceededError" || error.name === "NS_ERROR_DOM_QUOTA_REACHED");
  const why = full
    ? "the browser's storage for this site is full"
    : "the browser does not let this page store anything";
  return `Your answers are kept only until you close this page: ${why}. Download your record to keep them.`;
}

/** The lines of a text or of the bytes of a file, each as {line} or {reason}; empty lines are left out. */
function* fileLines(content) {
  if (isText(content)) {
    for (const line of content.replace(/^\uFEFF/, "").split("\n")) yield* oneFileLine(line);
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(10, start);
    const mark = start === 0 && content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf ? 3 : 0;
    const bytes = content.subarray(start + mark, end < 0 ? content.length : end);
    start = end < 0 ? content.length : end + 1;
    yield* decodedLine(decoder, bytes);
  }
}

function* decodedLine(decoder, bytes) {
  let line;
  try {
    line = decoder.decode(bytes);
  } catch (error) {
    yield { reason: "encoding" };
    return;
  }
  yield* oneFileLine(line);
}

function* oneFileLine(line) {
  const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (bare.trim()) yield { line: bare };
}

/** The lines of an exported record, without their ends. */
export function linesOf(text) {
  return text.split("\n").filter(Boolean);
}

/** A learner's record in the browser's storage; without one, or when it is full, in memory. */
export class PageRecord {
  #storage;
  #memory = new Map();
  #found = null; // what the last look found, until something changes
  #listeners = new Set();
  #unsaved = null;

  /** @param {?Storage} [storage] - the browser's storage when left out; null keeps everything in memory */
  constructor(storage = browserStorage()) {
    this.#storage = storage;
    if (!storage) this.#unsaved = storageWords(null);
    if (typeof window === "undefined") return;
    window.addEventListener("storage", (event) => this.#fromOtherTab(event));
    // A page that comes back from the browser's back-forward store has missed what other tabs did meanwhile.
    window.addEventListener("pageshow", (event) => event.persisted && this.#changed());
  }

  /**
   * Add one statement. Never throws: a page goes on whatever the storage does.
   * @param {object} value - from `statement`
   * @returns {{saved: boolean, problem: ?string}}
   */
  append(value) {
    const line = JSON.stringify(value);
    const { reason } = readLine(line);
    if (reason) return { saved: false, problem: `This answer is not kept: it is ${RECORD_REASONS[reason]}.` };
    const found = this.#read();
    const isNew = this.#get(statementKey(value.id, 1)) === null;
    const saved = this.#putStatement(value.id, line);
    this.#found = isNew && saved ? withOneMore(found, { line, value: JSON.parse(line) }, this.#size()) : null;
    this.#tell();
    return { saved, problem: saved ? null : this.#unsaved };
  }

  /** Every sound statement, by time. */
  statements() {
    return this.#read().sound.map((each) => each.value);
  }

  /** Where the learner stands: `fold` of all statements. */
  state() {
    return fold(this.statements());
  }

  /** What the learner should know, one sentence each: lines set aside, answers that cannot be stored. */
  problems() {
    const { aside } = this.#read();
    return [setAsideWords(aside.map((each) => each.reason)), this.#unsaved].filter(Boolean);
  }

  /** What was set aside, as it stands in the storage. */
  setAside() {
    return this.#read().aside.map((each) => each.line);
  }

  /**
   * The record as a file: JSON Lines, every line as it was written.
   * @param {?string} [actor] - only the statements under this pseudonym
   */
  text(actor = null) {
    const wanted = this.#read().sound.filter((each) => !actor || each.value.actor.account.name === actor);
    return wanted.map((each) => `${each.line}\n`).join("");
  }

  /**
   * Add the statements of another record.
   * @param {string|Uint8Array} content - the file's text or bytes
   * @returns {{added: number, known: number, setAside: number, problem: ?string, words: ?string}}
   */
  merge(content) {
    const { all, sound } = this.#look();
    const here = { lines: new Set(all), ids: new Set(sound.map((each) => each.value.id)) };
    const counts = { added: 0, known: 0 };
    const reasons = [];
    for (const { line, reason } of fileLines(content)) {
      const read = reason ? { reason } : readLine(line);
      if (read.reason) reasons.push(read.reason);
      else if (here.lines.has(line)) counts.known += 1;
      else if (this.#take(read.value.id, line, here)) counts.added += 1;
      else reasons.push("conflict");
    }
    this.#changed();
    const problem = this.#memory.size ? this.#unsaved : null;
    return { ...counts, setAside: reasons.length, problem, words: setAsideWords(reasons) };
  }

  /**
   * Delete for good.
   * @param {?string[]} ids - question ids, or null for everything: answers, drafts and the pseudonym
   * @returns {{erased: number, problem: ?string}}
   */
  erase(ids = null) {
    const before = this.#look();
    const wanted = new Set(ids ?? []);
    const doomed = ids === null ? this.#keys(RECORD_KEY) : [...this.#doomedKeys(wanted)];
    const kept = ids === null ? [] : before.sound.filter((each) => !wanted.has(questionOf(each.value)));
    const problem = this.#removeAll(doomed);
    this.#changed();
    return { erased: before.sound.length - kept.length, problem };
  }

  /** The learner's pseudonym for what is answered next; makes one where there is none. */
  actor() {
    const stored = this.#get(RECORD_ACTOR_KEY);
    if (stored && RECORD_UUID.test(stored)) return stored;
    const actor = this.pseudonym() ?? randomId();
    this.#put(RECORD_ACTOR_KEY, actor);
    return actor;
  }

  /** The stored pseudonym, else that of the latest statement, else null. Stores nothing. */
  pseudonym() {
    const stored = this.#get(RECORD_ACTOR_KEY);
    if (stored && RECORD_UUID.test(stored)) return stored;
    return this.statements().at(-1)?.actor.account.name ?? null;
  }

  /** Take a new pseudonym for what is answered from now on; returns it. Older statements keep theirs. */
  renew(actor = randomId()) {
    this.#put(RECORD_ACTOR_KEY, actor);
    this.#changed();
    return actor;
  }

  /** Call a function on every change, of this tab or another; returns a function that ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was typed into a question and not yet sent, or null. */
  draft(id) {
    return this.#get(`${RECORD_DRAFT_KEY}${id}`);
  }

  /** Keep what is typed; an empty text or null forgets it. */
  saveDraft(id, text) {
    const key = `${RECORD_DRAFT_KEY}${id}`;
    if (text) this.#put(key, text);
    else this.#removeAll([key]);
  }

  /** Everything that is there: sound statements with their lines, by time; what is set aside; all lines. */
  #read() {
    const size = this.#size();
    if (!this.#found || this.#found.size !== size) this.#found = { ...this.#look(), size };
    return this.#found;
  }

  /** How many entries there are: tells that something else on this page has written. */
  #size() {
    try {
      return this.#memory.size + this.#storage.length;
    } catch (error) {
      return this.#memory.size;
    }
  }

  #look() {
    const sound = new Map();
    const aside = [];
    const all = [];
    for (const key of this.#keys(RECORD_STATEMENT_KEY)) {
      const line = this.#get(key) ?? "";
      const { value, reason } = readLine(line);
      all.push(line);
      if (reason) aside.push({ line, reason });
      else keepOneVersion(sound, aside, { line, value });
    }
    const ordered = [...sound.values()].sort((one, other) => compareStatements(one.value, other.value));
    return { sound: ordered, aside, all };
  }

  /** Take a line of another record; true when its id is new. Else both stay, and the lesser is read. */
  #take(id, line, here) {
    const isNew = !here.ids.has(id);
    let version = 1;
    while (this.#get(statementKey(id, version)) !== null) version += 1;
    this.#putStatement(id, line, version);
    here.lines.add(line);
    here.ids.add(id);
    return isNew;
  }

  #putStatement(id, line, version = 1) {
    const saved = this.#put(statementKey(id, version), line);
    if (saved) this.#saveMemory();
    return saved;
  }

  /** Try again to store what could only be kept in memory. */
  #saveMemory() {
    for (const [key, text] of [...this.#memory]) {
      if (!this.#store(key, text)) return;
      this.#memory.delete(key);
    }
    this.#unsaved = null;
  }

  #put(key, text) {
    if (this.#store(key, text)) {
      this.#memory.delete(key);
      return true;
    }
    this.#memory.set(key, text);
    return false;
  }

  /** Store one text and look whether it is there; on failure say why. */
  #store(key, text) {
    try {
      this.#storage.setItem(key, text);
      if (this.#storage.getItem(key) === text) return true;
      this.#unsaved = storageWords(null);
    } catch (error) {
      this.#unsaved = storageWords(error);
    }
    return false;
  }

  #get(key) {
    if (this.#memory.has(key)) return this.#memory.get(key);
    try {
      return this.#storage.getItem(key);
    } catch (error) {
      return null;
    }
  }

  #keys(prefix) {
    const keys = new Set([...this.#memory.keys()].filter((key) => key.startsWith(prefix)));
    try {
      for (let at = 0; at < this.#storage.length; at += 1) {
        const key = this.#storage.key(at);
        if (key && key.startsWith(prefix)) keys.add(key);
      }
    } catch (error) {
      // forbidden: what is in memory is all there is
    }
    return [...keys];
  }

  /** Keys of the statements and drafts of some questions, and of damaged lines that name one of them. */
  * #doomedKeys(wanted) {
    for (const key of this.#keys(RECORD_DRAFT_KEY)) {
      if (wanted.has(key.slice(RECORD_DRAFT_KEY.length))) yield key;
    }
    for (const key of this.#keys(RECORD_STATEMENT_KEY)) {
      const line = this.#get(key) ?? "";
      const { value } = readLine(line);
      if (value ? wanted.has(questionOf(value)) : namesOneOf(line, wanted)) yield key;
    }
  }

  #removeAll(keys) {
    let problem = null;
    for (const key of keys) {
      this.#memory.delete(key);
      try {
        this.#storage?.removeItem(key);
      } catch (error) {
        problem = "The browser did not let this page delete what it stored.";
      }
    }
    if (this.#storage && !this.#memory.size) this.#unsaved = null;
    return problem;
  }

  #fromOtherTab(event) {
    if (event.storageArea !== this.#storage) return;
    if (event.key !== null && !event.key.startsWith(RECORD_KEY)) return;
    // Another tab deleted everything: what this one could only keep in memory goes too.
    const emptied = event.key === null || (event.key === RECORD_ACTOR_KEY && event.newValue === null);
    if (emptied) this.#memory.clear();
    this.#changed();
  }

  #changed() {
    this.#found = null;
    this.#tell();
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What was found, with one more statement; nearly always it is the latest. */
function withOneMore(found, next, size) {
  const sound = [...found.sound, next];
  const before = found.sound.at(-1);
  if (before && compareStatements(before.value, next.value) > 0) {
    sound.sort((one, other) => compareStatements(one.value, other.value));
  }
  return { sound, aside: found.aside, all: [...found.all, next.line], size };
}

/** The storage key of a statement; a second version of one id has a key of its own. */
function statementKey(id, version) {
  return version === 1 ? `${RECORD_STATEMENT_KEY}${id}` : `${RECORD_STATEMENT_KEY}${id}:${version}`;
}

/** Of two versions of one statement the lesser text is read, in whatever order they came. */
function keepOneVersion(sound, aside, next) {
  const id = next.value.id;
  const before = sound.get(id);
  if (before && before.line === next.line) return;
  const [kept, other] = before && before.line < next.line ? [before, next] : [next, before];
  sound.set(id, kept);
  if (other) aside.push({ line: other.line, reason: "conflict" });
}

/** Whether a damaged line names one of these questions. */
function namesOneOf(line, wanted) {
  for (const id of wanted) if (line.includes(`"${RECORD_COURSE}:${id}"`)) return true;
  return false;
}
