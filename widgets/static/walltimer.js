// On the wall: the clock of the class, from the class plan of the page.

import { wallText } from "./wallnode.js";

const TIMER_WORDS = {
  left: "left",
  over: "over",
  paused: "Paused",
  soon: (minutes) => `${minutes} min left`,
  end: "Time is up",
  none: "Time",
  behind: (minutes) => `${minutes} min behind the plan`,
  ahead: (minutes) => `${minutes} min ahead of the plan`,
  ofAll: (minutes, all) => `${minutes} of ${all} min`,
  soonSaid: (room, minutes) => `${minutes} minutes left: ${room}.`,
  endSaid: (room) => `Time is up: ${room}.`,
  nextSaid: (room) => (room ? `Next in the plan: ${room}.` : "The plan ends here."),
};

const MINUTE = 60_000;

/**
 * Read the class plans of a page.
 *
 * @param {Element} page
 * @returns {object[]} plans: title, minutes in all, and steps of minutes, room, what (an element) and note
 */
export function readPlans(page) {
  const rows = (table) => [...table.querySelectorAll("tbody tr")].map(readStep);
  const plans = [...page.querySelectorAll(".course-plan table")].map((table) => ({
    title: wallText(table.caption),
    steps: rows(table),
  }));
  for (const plan of plans) plan.minutes = plan.steps.reduce((sum, step) => sum + step.minutes, 0);
  return plans.filter((plan) => plan.minutes > 0);
}

function readStep(row) {
  const [minutes, room, what] = row.cells;
  return {
    minutes: Number(wallText(minutes)) || 0,
    room: wallText(room),
    what: [...what.children].filter((child) => !child.matches(".course-note")),
    note: what.querySelector(".course-note"),
  };
}

/** The beliefs that a page expects in class: pairs of elements, the belief and what speaks against it. */
export function readBeliefs(page) {
  const names = [...page.querySelectorAll(".course-plan dl > dt")];
  return names.map((name) => [name, name.nextElementSibling]);
}

/** Runs through the steps of a plan; without a plan it counts up. */
export class WallClock {
  constructor(plans, keep, now = () => Date.now()) {
    Object.assign(this, { plans, keep, now });
    this.state = keep.state.clock ?? this.fresh(0);
    if (this.state.plan >= plans.length) this.state = this.fresh(0);
    this.said = "";
  }

  fresh(plan) {
    return { plan, step: 0, spent: [], since: null };
  }

  get plan() {
    return this.plans[this.state.plan] ?? null;
  }

  get step() {
    return this.plan?.steps[this.state.step] ?? null;
  }

  get next() {
    return this.plan?.steps[this.state.step + 1] ?? null;
  }

  get running() {
    return this.state.since !== null;
  }

  save() {
    this.keep.state.clock = this.state;
    this.keep.save();
  }

  choose(plan) {
    this.state = this.fresh(plan);
    this.said = "";
    this.save();
  }

  /** Put what has run into the time spent on this step. */
  settle() {
    const { state } = this;
    if (!this.running) return;
    state.spent[state.step] = this.spent();
    state.since = this.now();
  }

  toggle() {
    this.settle();
    this.state.since = this.running ? null : this.now();
    this.save();
  }

  move(by) {
    const step = this.state.step + by;
    if (!this.plan?.steps[step]) return false;
    this.settle();
    this.state.step = step;
    this.said = "";
    this.save();
    return true;
  }

  spent() {
    const { spent, step, since } = this.state;
    return (spent[step] ?? 0) + (since === null ? 0 : this.now() - since);
  }

  spentInAll() {
    const { spent, step } = this.state;
    return this.spent() + spent.reduce((sum, each, place) => sum + (place === step ? 0 : each ?? 0), 0);
  }

  /** Milliseconds later than the plan says. */
  behind() {
    const before = this.plan.steps.slice(0, this.state.step).reduce((sum, step) => sum + step.minutes, 0);
    return this.spentInAll() - before * MINUTE - Math.min(this.spent(), this.step.minutes * MINUTE);
  }

  /** When to say that the time is nearly up, in minutes: a fifth of the step, two at most. */
  get warning() {
    return Math.min(2, Math.max(1, Math.floor(this.step.minutes / 5)));
  }

  get stage() {
    if (!this.step) return "none";
    const left = this.step.minutes * MINUTE - this.spent();
    if (left <= 0) return "over";
    return left <= this.warning * MINUTE && this.step.minutes > this.warning ? "soon" : "left";
  }

  /** What the bar shows: the room, the time, and in words how things stand. */
  shown() {
    const { stage, step } = this;
    // What counts down shows the second that has begun, what counts up the second that is over.
    const left = step ? step.minutes * MINUTE - this.spent() : -this.spent();
    const words = [this.running ? null : TIMER_WORDS.paused];
    if (stage === "over") words.push(TIMER_WORDS.end);
    else if (stage === "soon") words.push(TIMER_WORDS.soon(Math.ceil(left / MINUTE)));
    if (step) words.push(...this.delay());
    return {
      stage,
      room: step?.room ?? TIMER_WORDS.none,
      time: `${stage === "over" ? "+" : ""}${wallTime(left > 0 ? left + 999 : -left)}`,
      unit: step ? TIMER_WORDS[stage === "over" ? "over" : "left"] : "",
      words: words.filter(Boolean).join(" · "),
      inAll: step ? TIMER_WORDS.ofAll(Math.floor(this.spentInAll() / MINUTE), this.plan.minutes) : "",
    };
  }

  delay() {
    const minutes = Math.round(this.behind() / MINUTE);
    if (minutes >= 1) return [TIMER_WORDS.behind(minutes)];
    return minutes <= -1 ? [TIMER_WORDS.ahead(-minutes)] : [];
  }

  /** What has to be said now, once: that a step is nearly over, that it is over. */
  warn() {
    const { stage, step, next } = this;
    const key = stage === "soon" || stage === "over" ? stage : "";
    if (!key || key === this.said || !this.running) return "";
    this.said = key;
    return key === "soon"
      ? TIMER_WORDS.soonSaid(step.room, this.warning)
      : `${TIMER_WORDS.endSaid(step.room)} ${TIMER_WORDS.nextSaid(next?.room)}`;
  }
}

/** Minutes and seconds, such as 9:05. */
export function wallTime(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
