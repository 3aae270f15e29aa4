// On the wall: a module page as a sequence of full screens. Loaded when a lecturer asks for it, and then
// ready for the next time. The page below is left as it was.

import { WallClock, readBeliefs, readPlans } from "./walltimer.js";
import { WallKeep, wallButton, wallClone, wallNode, wallText } from "./wallnode.js";
import { WallQuestion } from "./wallquestion.js";
import { WallTallies, handsOf } from "./walltally.js";
import { SpeakerWindow } from "./wallnotes.js";
import { readScreens } from "./wallscreens.js";

const WALL_WORDS = {
  name: "On the wall",
  place: (number, all) => `${number} of ${all}`,
  screen: (number, all) => `Screen ${number} of ${all}`,
  back: "Back",
  forward: "Next",
  menu: "Keys and commands (?)",
  menuShort: "Keys ?",
  overview: "Overview",
  find: "Number or word, then Enter",
  nothing: "No screen has this word.",
  close: "Close",
  more: "more ↓",
  begin: "Next screen: → or Page Down. All keys: ?",
  planAsk: "Class plan for the clock",
  planNone: "No plan on this page: the clock counts up.",
  useClock: "Start the clock with T.",
  ended: "End. Escape goes back to the page.",
  black: "Black screen. Any key goes on.",
  light: "Bright room",
  dark: "Dark room",
  blocked: "The browser did not open a second window. Allow pop-up windows for this page and press N again.",
  hint: "Hint",
  noHint: "This question has no hint.",
  noSecond: "Count a first vote before a second one; there are two votes at most.",
  forgotten: "All counts are forgotten, and the clock stands at the beginning.",
  running: "The clock runs.",
  paused: "The clock is paused.",
  stepNow: (room, minutes) => `Now in the plan: ${room}, ${minutes} minutes.`,
  noStep: "The plan has no further step in this direction.",
  letters: "Keys that are letters, digits or signs work",
  commands: {
    forward: "Next step or screen; a long screen scrolls first",
    back: "Step or screen before",
    first: "First screen",
    last: "Last screen",
    overview: "Overview: list of all screens, and search",
    jump: "Jump: number, then Enter",
    black: "Black screen",
    clock: "Clock: start, pause, continue",
    planNext: "Clock: next step of the plan",
    planBack: "Clock: step before",
    again: "Vote again, after talking",
    hint: "Hint to the question",
    notes: "Notes and next screen in a second window",
    look: "Dark room or bright room",
    larger: "Larger text",
    smaller: "Smaller text",
    full: "Full screen of the browser, on or off",
    forget: "Forget all counts and the time, for the next class",
    menu: "This list",
    leave: "Leave; the page is where it was",
  },
};

const ZOOMS = [0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2];
const FITS = [1, 0.94, 0.88]; // a little smaller, if a screen then needs no scrolling

/** Keys by command. What stands in no key list is in the menu only. */
const WALL_KEYS = {
  forward: ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"],
  back: ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"],
  first: ["Home"],
  last: ["End"],
  overview: ["o"],
  jump: [],
  black: ["b", "."],
  clock: ["t"],
  planNext: ["s"],
  planBack: ["S"],
  again: ["v"],
  hint: ["h"],
  notes: ["n"],
  look: ["d"],
  larger: ["+"],
  smaller: ["-"],
  full: ["f"],
  forget: [],
  menu: ["?"],
  leave: ["Escape"],
};

const KEY_NAMES = {
  ArrowRight: "→", ArrowLeft: "←", ArrowDown: "↓", ArrowUp: "↑", " ": "Space", PageDown: "Page Down",
  PageUp: "Page Up", Escape: "Esc", S: "Shift S",
};

/** The screens of a page, where the wall stands in them, and what the speaker should know. */
class WallDeck {
  constructor(page, keep) {
    this.keep = keep;
    this.tallies = new WallTallies(keep);
    this.clock = new WallClock(readPlans(page), keep);
    this.beliefs = readBeliefs(page);
    const asked = [...page.querySelectorAll("[data-first]")].map(({ dataset }) => dataset.first);
    this.screens = readScreens(page).map((screen) => this.withSteps(screen, asked));
    const { room } = this.screens.at(-1);
    this.screens.push({ kind: "end", room, title: WALL_WORDS.ended, draw: () => [], steps: [null] });
    this.at = Math.min(keep.state.at, this.screens.length - 1);
  }

  withSteps(screen, asked) {
    if (screen.kind !== "question") return { ...screen, draw: screen.draw ?? (() => []), steps: [null] };
    const waits = asked.includes(screen.article.dataset.question);
    const question = new WallQuestion(screen.article, this.tallies, waits);
    return { ...screen, question, steps: question.steps };
  }

  get screen() {
    return this.screens[this.at];
  }

  get stepAt() {
    return Math.min(this.keep.state.steps[this.at] ?? 0, this.screen.steps.length - 1);
  }

  get step() {
    return this.screen.steps[this.stepAt];
  }

  go(at, step = this.keep.state.steps[at] ?? 0) {
    this.at = Math.max(0, Math.min(at, this.screens.length - 1));
    this.keep.state.at = this.at;
    this.keep.state.steps[this.at] = step;
    this.keep.save();
  }

  /** Where one step in a direction leads: screen and step, or null at the ends. */
  towards(by) {
    const { steps, question } = this.screen;
    let step = this.stepAt + by;
    while (steps[step] && question?.skips(steps[step])) step += by;
    if (steps[step] !== undefined) return { at: this.at, step };
    const at = this.at + by;
    return this.screens[at] ? { at, step: this.keep.state.steps[at] ?? 0 } : null;
  }

  move(by) {
    const to = this.towards(by);
    if (to) this.go(to.at, to.step);
    return Boolean(to);
  }

  /** Steps of the plan that belong to the room of a screen. */
  planOf(screen) {
    const steps = this.clock.plan?.steps ?? [];
    const fits = steps.filter((step) => step.room.toLowerCase() === screen.room.toLowerCase());
    return fits.includes(this.clock.step) ? [this.clock.step] : fits;
  }

  /** What the speaker's window says. */
  about(look) {
    const { screen, step, at } = this;
    const { question } = screen;
    const to = this.towards(1);
    return {
      look, title: screen.title, place: WALL_WORDS.screen(at + 1, this.screens.length),
      said: question?.said(step) ?? "",
      answer: question?.answer() ?? [],
      counts: question ? this.counts(question, step) : [],
      notes: this.notesOf(question),
      ask: screen.part === "activity" && screen.last ? screen.draw() : [],
      hint: [question?.drawHint()].filter(Boolean),
      beliefs: this.beliefsFor(screen),
      plan: this.planOf(screen),
      clock: this.clock.shown(),
      next: to && this.preview(to),
    };
  }

  /** What the author wrote for the lecturer, which is not in the page; the same for a question asked again. */
  notesOf(question) {
    const { first, question: id } = question?.article.dataset ?? {};
    const note = this.notes?.[first ?? id];
    return note ? note.split(/\n+/).map((line) => wallNode("p", {}, line)) : [];
  }

  preview({ at, step }) {
    const { title, question, draw, steps } = this.screens[at];
    const idle = { forward() {}, again() {}, redraw() {} };
    const nodes = question ? question.draw(steps[step], idle) : draw();
    return { title, said: question?.said(steps[step]), nodes };
  }

  counts(question, step) {
    const key = step?.key ?? question.key;
    const rows = question.voteRows();
    return this.tallies.rounds(key).filter(handsOf).map((round, place) =>
      `${place + 1}: ${rows.map((row) => `${row.letter} ${round[row.id] ?? 0}`).join(", ")}`);
  }

  /** Of a question, the beliefs behind its wrong answers; of a room, those of its questions; first, all. */
  beliefsFor(screen) {
    if (screen.kind === "title") return this.beliefs.flatMap((pair) => pair.map((each) => wallClone(each)));
    if (screen.question) return screen.question.beliefs().map((belief) => wallClone(belief));
    if (screen.kind !== "room") return [];
    const within = this.screens.filter(({ room, question }) => question && room === screen.room);
    const beliefs = within.flatMap(({ question }) => question.beliefs());
    const seen = new Map(beliefs.map((belief) => [wallText(belief), belief]));
    return [...seen.values()].map((belief) => wallClone(belief));
  }
}

/** The wall itself: what is drawn, and which keys do what. */
class Wall {
  constructor(page, style) {
    this.page = page;
    this.keep = new WallKeep(location.pathname);
    this.deck = new WallDeck(page, this.keep);
    this.look = { dark: null, zoom: 2, letters: true, ...this.keep.state.look };
    this.keydown = (event) => this.pressed(event);
    this.pictures = fetchPictures(page);
    this.build();
    this.speaker = new SpeakerWindow({
      style, title: wallText(page.querySelector("h1")), keydown: this.keydown,
      back: () => this.run("back"), forward: () => this.run("forward"),
    });
  }

  // ---- opening and leaving ----

  build() {
    this.kicker = wallNode("p.course-wall-kicker", {});
    this.title = wallNode("h2.course-wall-title", { id: "course-wall-title" });
    this.body = wallNode("div.course-wall-body", {});
    const named = { tabindex: -1, "aria-labelledby": "course-wall-title" };
    this.stage = wallNode("section.course-wall-stage", named, this.kicker, this.title, this.body);
    this.bar = this.makeBar();
    this.note = wallNode("p.course-wall-note", { role: "status" });
    this.live = wallNode("p.course-wall-live", { role: "status" });
    this.alarm = wallNode("p.course-wall-live", { role: "status" });
    this.panel = wallNode("div.course-wall-panel", { role: "dialog", "aria-modal": "true", hidden: true });
    const black = wallNode("p.course-wall-live", {}, WALL_WORDS.black);
    this.black = wallNode("div.course-wall-black", { hidden: true, tabindex: -1 }, black);
    const dialog = { role: "dialog", "aria-modal": "true", "aria-label": WALL_WORDS.name };
    this.frame = wallNode("div.course-wall", dialog,
      this.stage, this.bar, this.note, this.live, this.alarm, this.panel, this.black);
    this.stage.addEventListener("scroll", () => this.paintMore());
    this.black.addEventListener("click", () => this.run("black"));
    this.frame.addEventListener("input", () => this.paintSpeaker());
    new ResizeObserver(() => this.paintMore()).observe(this.body);
  }

  makeBar() {
    const act = (name) => () => this.run(name);
    this.place = wallButton("", act("overview"), { class: "course-wall-button course-wall-place" });
    const clock = {
      class: "course-wall-button course-wall-clock",
      "aria-description": WALL_WORDS.commands.clock,
    };
    this.clockWords = wallNode("span.course-wall-clock-words", {});
    this.clockTime = wallNode("span.course-wall-time", {});
    this.clockButton = wallButton("", act("clock"), clock);
    this.clockButton.append(this.clockTime, this.clockWords);
    this.below = wallNode("span.course-wall-more", { "aria-hidden": "true" }, WALL_WORDS.more);
    return wallNode("div.course-wall-bar-row", { role: "toolbar", "aria-label": WALL_WORDS.name },
      wallButton("‹", act("back"), { "aria-label": WALL_WORDS.back }), this.place,
      wallButton("›", act("forward"), { "aria-label": WALL_WORDS.forward }),
      wallButton(WALL_WORDS.menuShort, act("menu"), { "aria-label": WALL_WORDS.menu }),
      this.below, this.clockButton);
  }

  open() {
    if (this.frame.isConnected) return;
    this.before = { x: scrollX, y: scrollY, focus: document.activeElement };
    for (const menu of document.querySelectorAll(":popover-open")) menu.hidePopover();
    document.body.append(this.frame);
    this.asleep = [...document.body.children].filter((each) => each !== this.frame && !each.inert);
    for (const each of this.asleep) each.inert = true;
    document.documentElement.classList.add("course-wall-open");
    document.addEventListener("keydown", this.keydown, true);
    document.addEventListener("fullscreenchange", this.fullChanged = () => this.fullscreenChanged());
    document.addEventListener("visibilitychange", this.visible = () => this.stayAwake());
    this.timer = setInterval(() => this.tick(), 500);
    this.enterFull();
    this.stayAwake();
    this.paintLook();
    this.show();
  }

  leave() {
    clearInterval(this.timer);
    document.removeEventListener("keydown", this.keydown, true);
    document.removeEventListener("fullscreenchange", this.fullChanged);
    document.removeEventListener("visibilitychange", this.visible);
    this.closePanel();
    this.black.hidden = true;
    this.lock?.release?.().catch(() => {});
    this.speaker.close();
    for (const each of this.asleep) each.inert = false;
    this.frame.remove();
    document.documentElement.classList.remove("course-wall-open");
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.before.focus?.focus?.({ preventScroll: true });
    scrollTo({ left: this.before.x, top: this.before.y, behavior: "instant" });
  }

  /** The screen stays on, where the browser can do that. */
  async stayAwake() {
    if (document.visibilityState !== "visible") return;
    try {
      this.lock = await navigator.wakeLock?.request("screen");
    } catch {
      this.lock = null; // refused, as on a low battery: the computer keeps its own rule
    }
  }

  // ---- full screen: Escape is taken by the browser then, and means the same ----

  async enterFull() {
    try {
      await this.frame.requestFullscreen?.();
      this.isFull = Boolean(document.fullscreenElement);
    } catch {
      this.isFull = false; // the wall still fills the window
    }
  }

  fullscreenChanged() {
    const was = this.isFull;
    this.isFull = document.fullscreenElement === this.frame;
    if (!was || this.isFull) return;
    const wanted = this.partly;
    this.partly = false;
    if (!wanted) this.run("leave");
  }

  /** Leave full screen and stay on the wall. */
  async leaveFull() {
    this.partly = true;
    await document.exitFullscreen().catch(() => {});
  }

  // ---- keys ----

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "F5") return event.preventDefault(); // clickers send it; a reload would end the class
    const typing = belongsToField(event) && !this.isIdle(event);
    if (typing) return this.pressedInField(event);
    if (!this.panel.hidden) return this.pressedInPanel(event);
    const name = this.command(event);
    if (name === undefined && !/^[0-9]$/.test(event.key)) return;
    if (!this.black.hidden) {
      event.preventDefault();
      this.run("black");
    } else if (name) {
      event.preventDefault();
      this.run(name, event.key);
    } else if (this.look.letters) {
      event.preventDefault();
      this.showOverview(event.key);
    }
  }

  /** A letter or sign writes nothing where hands are counted: there it is a command as elsewhere. */
  isIdle({ key, target }) {
    return target.matches(".course-wall-field") && key.length === 1 && !/[\p{Nd}\s]/u.test(key);
  }

  /** The command of a key; which arrow goes on depends on the direction of the text. */
  command({ key, shiftKey }) {
    const rtl = getComputedStyle(document.documentElement).direction === "rtl";
    const turned = rtl ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[key] ?? key : key;
    const isSign = turned.length === 1 && turned !== " ";
    if (isSign && !this.look.letters) return undefined;
    if (turned === " " && shiftKey) return "back";
    const same = (each) => each === turned || (each !== "s" && each !== "S" && each === turned.toLowerCase());
    return Object.keys(WALL_KEYS).find((name) => WALL_KEYS[name].some(same));
  }

  /** In a field only the keys that write nothing there are the wall's: a clicker always goes on. */
  pressedInField(event) {
    const { key, target } = event;
    const single = target.matches("input:not([type=range])");
    if (key === "Escape") {
      event.preventDefault();
      this.run("leave");
    } else if (single && this.panel.hidden && (key === "PageDown" || key === "PageUp")) {
      event.preventDefault();
      this.run(key === "PageDown" ? "forward" : "back");
    } else if (single && key === "Enter" && this.panel.hidden && target.matches(".course-wall-field")) {
      event.preventDefault();
      this.nextField(target);
    } else if (!this.panel.hidden) this.pressedInPanel(event);
  }

  nextField(field) {
    const fields = [...this.stage.querySelectorAll(".course-wall-field.course-wall-hidden")];
    const next = fields[fields.indexOf(field) + 1];
    if (fields.includes(field) && next) next.focus();
    else this.run("forward");
  }

  run(name, key = "") {
    if (!this.black.hidden && name !== "black" && name !== "leave") this.showBlack(false);
    this.note.textContent = "";
    this[`do_${name}`](key);
    this.paintSpeaker();
  }

  do_forward(key) {
    if (key !== "ArrowRight" && key !== "ArrowLeft" && this.scrolled(1, key)) return;
    if (this.deck.move(1)) this.show();
  }

  do_back(key) {
    if (key !== "ArrowRight" && key !== "ArrowLeft" && key !== "Backspace" && this.scrolled(-1, key)) return;
    if (this.deck.move(-1)) this.show();
  }

  do_first() {
    this.jump(0);
  }

  do_last() {
    this.jump(this.deck.screens.length - 1);
  }

  do_overview() {
    this.showOverview("");
  }

  do_jump() {
    this.showOverview("");
  }

  do_menu() {
    this.showMenu();
  }

  do_black() {
    this.showBlack(this.black.hidden);
  }

  do_clock() {
    const { clock } = this.deck;
    clock.toggle();
    this.say(clock.running ? WALL_WORDS.running : WALL_WORDS.paused);
    this.tick();
  }

  do_planNext() {
    this.movePlan(1);
  }

  do_planBack() {
    this.movePlan(-1);
  }

  movePlan(by) {
    const { clock } = this.deck;
    const moved = clock.move(by);
    this.tell(moved ? WALL_WORDS.stepNow(clock.step.room, clock.step.minutes) : WALL_WORDS.noStep);
    this.tick();
  }

  do_again() {
    const { screen, stepAt, at } = this.deck;
    const vote = screen.steps.slice(0, stepAt + 1).findLastIndex((step) => step?.name === "vote");
    if (!screen.question?.canVoteAgain(screen.steps[vote])) return this.tell(WALL_WORDS.noSecond);
    screen.question.voteAgain(screen.steps[vote]);
    this.deck.go(at, vote);
    this.show();
  }

  do_hint() {
    const { question } = this.deck.screen;
    const hint = question?.drawHint();
    if (!hint) return question && this.tell(WALL_WORDS.noHint);
    const shown = this.body.querySelector(".course-wall-hint");
    if (shown) return shown.remove();
    const box = wallNode("aside.course-wall-hint", {}, wallNode("strong", {}, WALL_WORDS.hint), hint);
    this.body.append(box);
    box.scrollIntoView({ block: "nearest" });
    this.say(`${WALL_WORDS.hint}: ${wallText(hint)}`);
  }

  do_notes() {
    this.partly = this.isFull; // a second window takes the browser out of full screen
    if (!this.speaker.show()) this.tell(WALL_WORDS.blocked);
    setTimeout(() => { this.partly = false; }, 1500);
  }

  do_look() {
    this.look.dark = !this.isDark();
    this.keepLook();
    this.say(this.look.dark ? WALL_WORDS.dark : WALL_WORDS.light);
  }

  do_larger() {
    this.zoom(1);
  }

  do_smaller() {
    this.zoom(-1);
  }

  zoom(by) {
    this.look.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.look.zoom + by));
    this.keepLook();
  }

  do_full() {
    if (this.isFull) this.leaveFull();
    else this.enterFull();
  }

  do_forget() {
    const { deck } = this;
    deck.tallies.forget();
    deck.clock.choose(deck.clock.state.plan);
    this.keep.state.steps = {};
    this.closePanel();
    this.jump(0);
    this.tell(WALL_WORDS.forgotten);
  }

  do_leave() {
    if (!this.black.hidden) this.showBlack(false);
    else if (!this.panel.hidden) this.closePanel();
    else this.leave();
  }

  // ---- drawing ----

  jump(at) {
    this.closePanel();
    this.deck.go(at);
    this.show();
  }

  show(focus = "") {
    const { deck } = this;
    const { screen, step, at, stepAt } = deck;
    const fresh = this.shown !== at;
    this.shown = at;
    this.frame.dataset.kind = screen.kind;
    const kicker = [screen.room !== screen.title && screen.room, screen.place];
    this.kicker.textContent = kicker.filter(Boolean).join(" · ");
    this.title.textContent = screen.title;
    this.body.replaceChildren(...this.nodes(screen, step));
    this.place.textContent = WALL_WORDS.place(at + 1, deck.screens.length);
    const place = WALL_WORDS.screen(at + 1, deck.screens.length);
    this.place.setAttribute("aria-label", `${place}. ${WALL_WORDS.overview}`);
    this.fit();
    this.stage.scrollTop = 0;
    this.focusStage(focus);
    if (!fresh && stepAt > 0) this.revealInView();
    this.sayScreen(fresh);
    this.paintMore();
    this.tick();
    this.paintSpeaker();
  }

  nodes(screen, step) {
    if (screen.kind === "title") return this.titleNodes();
    if (!screen.question) return screen.draw();
    const acts = {
      forward: () => this.run("forward"),
      again: () => this.run("again"),
      redraw: (focus) => this.show(focus),
    };
    return screen.question.draw(step, acts);
  }

  titleNodes() {
    const { clock } = this.deck;
    const choose = (place) => () => {
      clock.choose(place);
      this.show(`[data-plan="${place}"]`);
    };
    const plans = clock.plans.map((plan, place) => wallButton(plan.title, choose(place),
      { "aria-pressed": String(place === clock.state.plan), "data-plan": place }));
    const group = plans.length
      ? wallNode("div.course-wall-plans", { role: "group", "aria-label": WALL_WORDS.planAsk },
        wallNode("p.course-wall-how", {}, `${WALL_WORDS.planAsk}. ${WALL_WORDS.useClock}`), ...plans)
      : wallNode("p.course-wall-how", {}, `${WALL_WORDS.planNone} ${WALL_WORDS.useClock}`);
    return [group, wallNode("p.course-wall-how", {}, WALL_WORDS.begin)];
  }

  /** A count is typed at once; else the screen itself has the focus, so that it is read and scrolls. */
  focusStage(selector) {
    const wanted = selector && this.body.querySelector(selector);
    const typed = matchMedia("(pointer: fine)").matches;
    const field = typed && this.body.querySelector(".course-wall-hidden, [data-collect]");
    (wanted || field || this.stage).focus({ preventScroll: !wanted && !field });
  }

  revealInView() {
    const last = [...this.body.children].at(-1);
    if (last && last.getBoundingClientRect().bottom > this.stage.getBoundingClientRect().bottom) {
      [...this.body.children].at(1)?.scrollIntoView({ block: "start" });
    }
  }

  sayScreen(fresh) {
    const { screen, step, at, screens } = this.deck;
    const [first, ...news] = this.body.children;
    const readable = news.filter((each) => !each.querySelector("input, button"));
    const words = fresh
      ? [WALL_WORDS.screen(at + 1, screens.length), screen.room, screen.title, wallText(first)]
      : [screen.question?.said(step), ...readable.map(wallText)];
    this.say(words.filter(Boolean).join(". "));
  }

  /** A screen reader also hears a repeated message, since its text differs by a space. */
  say(words) {
    this.live.textContent = this.live.textContent === words ? `${words}\u00a0` : words;
  }

  /** A word that everybody may see. */
  tell(words) {
    this.note.textContent = words;
  }

  tick() {
    const { clock, screen } = this.deck;
    const shown = clock.shown();
    this.clockButton.dataset.stage = shown.stage;
    const words = [shown.room, shown.words, shown.inAll].filter(Boolean).join(" · ");
    const time = `${shown.time} ${shown.unit}`.trim();
    if (this.clockTime.textContent !== time) this.clockTime.textContent = time;
    if (this.clockWords.textContent !== words) this.clockWords.textContent = words;
    const warning = clock.warn();
    if (warning) this.alarm.textContent = warning;
    const talk = this.body.querySelector("[data-talk]");
    const over = talk && screen.question?.tick(talk);
    if (over) this.say(over);
    this.speaker?.tick(shown);
  }

  paintSpeaker() {
    if (this.speaker?.open) this.speaker.paint(this.deck.about(this.isDark() ? "dark" : "bright"));
  }

  isDark() {
    if (this.look.dark !== null) return this.look.dark;
    const { theme } = document.body.dataset;
    return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  keepLook() {
    this.keep.state.look = this.look;
    this.keep.save();
    this.paintLook();
  }

  paintLook() {
    this.frame.dataset.room = this.isDark() ? "dark" : "bright";
    this.frame.style.setProperty("--wall-zoom", ZOOMS[this.look.zoom]);
    this.fit();
    this.paintMore();
  }

  // ---- long screens ----

  fit() {
    const set = (size) => this.stage.style.setProperty("--wall-fit", size);
    const fits = (size) => {
      set(size);
      return this.stage.scrollHeight <= this.stage.clientHeight + 4;
    };
    if (!FITS.some(fits)) set(FITS[0]);
  }

  get beyond() {
    const { scrollHeight, scrollTop, clientHeight } = this.stage;
    return { below: scrollHeight - scrollTop - clientHeight > 4, above: scrollTop > 4 };
  }

  paintMore() {
    this.below.hidden = !this.beyond.below;
  }

  /** Scroll a part of the screen, if there is more of it in this direction. */
  scrolled(by, key) {
    if (!this.beyond[by > 0 ? "below" : "above"]) return false;
    const part = key === "ArrowDown" || key === "ArrowUp" ? 0.25 : 0.85;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.stage.scrollBy({ top: by * part * this.stage.clientHeight, behavior: calm ? "instant" : "smooth" });
    return true;
  }

  showBlack(on) {
    this.black.hidden = !on;
    if (on) this.black.focus();
    else this.stage.focus({ preventScroll: true });
  }

  // ---- overview, search and list of keys ----

  openPanel(name, ...nodes) {
    this.panel.setAttribute("aria-label", name);
    const close = wallButton(WALL_WORDS.close, () => this.closePanel());
    const head = wallNode("div.course-wall-panel-head", {}, wallNode("h2", {}, name), close);
    this.panel.replaceChildren(head, ...nodes);
    this.panel.hidden = false;
    for (const each of [this.stage, this.bar]) each.inert = true;
  }

  closePanel() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    for (const each of [this.stage, this.bar]) each.inert = false;
    this.stage.focus({ preventScroll: true });
  }

  showOverview(typed) {
    const find = { "aria-label": WALL_WORDS.find, placeholder: WALL_WORDS.find };
    const field = wallNode("input.course-wall-input", { autocomplete: "off", ...find });
    const list = wallNode("ol.course-wall-list", {});
    const none = wallNode("p", { role: "status" });
    const paint = () => {
      const found = this.found(field.value);
      list.replaceChildren(...this.entries(found));
      none.textContent = found.length ? "" : WALL_WORDS.nothing;
    };
    field.value = typed;
    field.addEventListener("input", paint);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      const [first] = this.found(field.value);
      if (first !== undefined) this.jump(first);
    });
    this.openPanel(WALL_WORDS.overview, field, none, list);
    paint();
    field.focus();
    field.setSelectionRange(typed.length, typed.length);
    if (!typed) list.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  /** Screens by number or by words in room, title or text. */
  found(typed) {
    const { screens } = this.deck;
    const words = typed.trim().toLowerCase();
    const number = typedNumber(words);
    if (number) return screens[number - 1] ? [number - 1] : [];
    return screens.flatMap((screen, at) => (this.textOf(screen).includes(words) ? [at] : []));
  }

  textOf(screen) {
    const ask = screen.question ? wallText(screen.article.querySelector(".course-text")) : "";
    return `${screen.room} ${screen.title} ${ask}`.toLowerCase();
  }

  entries(found) {
    const { screens, at } = this.deck;
    const nodes = [];
    let room = null;
    for (const place of found) {
      const screen = screens[place];
      if (screen.room !== room) {
        room = screen.room;
        if (room) nodes.push(wallNode("li.course-wall-room", {}, room));
      }
      const ask = screen.question ? `: ${wallText(screen.article.querySelector(".course-text"))}` : "";
      const words = `${screen.title}${screen.place ? ` (${screen.place})` : ""}${ask}`;
      const current = { "aria-current": place === at ? "step" : null };
      nodes.push(wallNode("li", {}, wallButton(`${place + 1}. ${words}`, () => this.jump(place), current)));
    }
    return nodes;
  }

  showMenu() {
    const rows = Object.entries(WALL_WORDS.commands).map(([name, words]) => {
      const keys = WALL_KEYS[name].map((key) => wallNode("kbd", {}, keyName(key)));
      const run = () => {
        this.closePanel();
        this.run(name);
      };
      return wallNode("li", {}, wallButton(words, run), wallNode("span.course-wall-keys", {}, ...keys));
    });
    const letters = wallNode("input", { type: "checkbox" });
    letters.checked = this.look.letters;
    letters.addEventListener("change", () => {
      this.look.letters = letters.checked;
      this.keepLook();
    });
    const label = wallNode("label.course-wall-letters", {}, letters, ` ${WALL_WORDS.letters}`);
    this.openPanel(WALL_WORDS.menu, wallNode("ul.course-wall-list.course-wall-menu", {}, ...rows), label);
    this.panel.querySelector("li button").focus();
  }

  pressedInPanel(event) {
    const { key, target } = event;
    const by = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (key === "Escape" || (key === "?" && !belongsToField(event))) {
      event.preventDefault();
      this.closePanel();
    } else if (by) {
      const stops = [...this.panel.querySelectorAll("input, li button, label input")];
      const next = stops[stops.indexOf(target) + by];
      if (!next) return;
      event.preventDefault();
      next.focus();
    } else if (key === "Tab") this.keepInside(event);
  }

  /** The focus stays in the panel as long as it is open. */
  keepInside(event) {
    const stops = [...this.panel.querySelectorAll("button, input")];
    const ends = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== ends[0]) return;
    event.preventDefault();
    ends[1].focus();
  }
}

/** All pictures come at once, those of sliders too: then the network may go. */
function fetchPictures(page) {
  const frames = [...page.querySelectorAll("template")].map((template) => template.content);
  const images = [page, ...frames].flatMap((place) => [...place.querySelectorAll("img")]);
  return images.map((image) => Object.assign(new Image(), { src: image.getAttribute("src") }));
}

function keyName(key) {
  return KEY_NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

function typedNumber(words) {
  return /^\p{Nd}+$/u.test(words) ? Number(words.normalize("NFKC")) || null : null;
}

/** Keys that write, or that a control answers to, are never the wall's. */
function belongsToField({ target, key }) {
  if (!target.matches) return false;
  if (target.matches("select, textarea, [contenteditable]")) return true;
  if (target.matches("input:not([type=checkbox], [type=radio])")) return true;
  if (target.matches("input")) return key === " " || key.startsWith("Arrow");
  return target.matches("button, summary, a[href]") && (key === " " || key === "Enter");
}

// ---- starting: this script is loaded by the button of the page, or by its key ----

const OPENS = "F8";

function styled(href) {
  const link = wallNode("link", { rel: "stylesheet", href });
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
}

/** Notes to the lecturer come in a script, which works for a page opened as a file too. */
function fetchNotes(wall, source) {
  if (!source) return;
  addEventListener("course-wall-notes", ({ detail }) => {
    wall.deck.notes = detail;
    wall.paintSpeaker();
  }, { once: true });
  document.head.append(wallNode("script", { src: source }));
}

async function startWall(button) {
  const style = new URL(button.dataset.wall.replace("wall.js", "wall.css"), location.href).href;
  await styled(style);
  const wall = new Wall(document.getElementById("content"), style);
  button.addEventListener("click", () => wall.open());
  document.addEventListener("keydown", (event) => {
    if (event.key !== OPENS || wall.frame.isConnected) return;
    event.preventDefault();
    wall.open();
  });
  wall.open();
  fetchNotes(wall, button.dataset.notes);
}

startWall(document.querySelector("[data-wall]"));
