// On the wall: the speaker's window. It is an empty window of this page, written by this script, so that it
// needs no server and works for a page opened as a file.

import { wallButton, wallNode, wallText } from "./wallnode.js";

const NOTES_WORDS = {
  title: (page) => `Notes: ${page}`,
  now: "On the wall",
  next: "Next",
  end: "This is the last screen.",
  answer: "Right answer",
  counts: "Counted so far",
  hint: "Hint",
  plan: "In the class plan",
  minutes: (minutes, room) => `${minutes} min · ${room}`,
  ask: "What to ask",
  note: "Note",
  beliefs: "Common beliefs, and how to answer them",
  back: "Back",
  forward: "Next",
  keys: "The keys of the wall work here too. This window may be closed at any time.",
};

const NOTES_NAME = "organized-crime-course-notes";

/** A second window for the speaker; paint() writes it anew. */
export class SpeakerWindow {
  /** @param {{style: string, title: string, keydown: function, back: function, forward: function}} wall */
  constructor(wall) {
    this.wall = wall;
    this.window = null;
  }

  get open() {
    return Boolean(this.window && !this.window.closed);
  }

  /** Open the window, or bring it to the front. Returns whether the browser did so. */
  show() {
    if (!this.open) this.window = window.open("", NOTES_NAME, "popup,width=900,height=700");
    if (!this.window) return false;
    this.furnish();
    this.window.focus();
    return true;
  }

  /** The window may be one of an earlier wall, or be emptied by the browser once more: all is made anew. */
  furnish() {
    const { document: page } = this.window;
    page.documentElement.lang = document.documentElement.lang;
    page.documentElement.dir = document.documentElement.dir;
    page.head.replaceChildren(
      wallNode("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      wallNode("title", {}, NOTES_WORDS.title(this.wall.title)),
    );
    this.dress(page);
    page.body.className = "course-speaker";
    this.place = wallNode("main", {});
    this.clock = wallNode("p.course-speaker-clock", {});
    this.live = wallNode("p.course-live", { role: "status" });
    const acts = wallNode("div.course-wall-acts", {},
      wallButton(NOTES_WORDS.back, this.wall.back), wallButton(NOTES_WORDS.forward, this.wall.forward));
    page.body.replaceChildren(wallNode("header", {}, this.clock, acts), this.place, this.live);
    if (this.listened !== page) page.addEventListener("keydown", this.wall.keydown);
    this.listened = page;
  }

  /**
   * The window has no address: a strict policy lets it link no style sheet, so it takes the rules of the
   * wall. Those of a page opened as a file cannot be read, but there a link does it.
   */
  dress(page) {
    const { style } = this.wall;
    try {
      const rules = [...document.styleSheets].find(({ href }) => href === style).cssRules;
      const sheet = new this.window.CSSStyleSheet();
      sheet.replaceSync([...rules].map((rule) => rule.cssText).join("\n"));
      page.adoptedStyleSheets = [sheet];
    } catch {
      page.head.append(wallNode("link", { rel: "stylesheet", href: style }));
    }
  }

  close() {
    if (this.open) this.window.close();
    this.window = null;
  }

  /** @param {object} about the screen now and next, as WallDeck.about() gives it */
  paint(about) {
    if (!this.open) return;
    if (this.listened !== this.window.document) this.furnish();
    const { dataset } = this.window.document.body;
    dataset.room = about.look;
    this.place.replaceChildren(...notesOf(about));
    this.live.textContent = `${about.place} ${about.title}`;
    this.tick(about.clock);
  }

  tick(clock) {
    if (!this.open || !this.clock) return;
    const { room, time, unit, words, inAll } = clock;
    this.clock.textContent = [`${room}: ${time} ${unit}`, words, inAll].filter(Boolean).join(" · ");
  }
}

function notesOf(about) {
  return [
    section(NOTES_WORDS.now, named(about.title, about.place), about.said && wallNode("p", {}, about.said)),
    section(NOTES_WORDS.answer, ...about.answer),
    section(NOTES_WORDS.counts, ...about.counts.map((line) => wallNode("p", {}, line))),
    section(NOTES_WORDS.note, ...about.notes),
    section(NOTES_WORDS.ask, ...about.ask),
    section(NOTES_WORDS.hint, ...about.hint),
    section(NOTES_WORDS.beliefs, ...about.beliefs),
    section(NOTES_WORDS.plan, ...about.plan.flatMap(planNodes)),
    nextNodes(about.next),
    wallNode("p.course-speaker-keys", {}, NOTES_WORDS.keys),
  ].filter(Boolean);
}

function planNodes(step) {
  return [
    wallNode("p", {}, wallNode("strong", {}, NOTES_WORDS.minutes(step.minutes, step.room))),
    ...step.what.map((node) => node.cloneNode(true)),
    ...(step.note ? [step.note.cloneNode(true)] : []),
  ];
}

function nextNodes(next) {
  if (!next) return section(NOTES_WORDS.next, wallNode("p", {}, NOTES_WORDS.end));
  const preview = wallNode("div.course-speaker-next", { inert: true }, ...next.nodes);
  return section(NOTES_WORDS.next, named(next.title, next.said), preview);
}

function named(title, more) {
  return wallNode("p", {}, wallNode("strong", {}, title), more && ` · ${more}`);
}

/** A part of the notes; one with nothing in it is left out. */
function section(title, ...nodes) {
  const filled = nodes.filter((node) => node && (wallText(node) || node.querySelector?.("img")));
  return filled.length ? wallNode("section", {}, wallNode("h2", {}, title), ...filled) : null;
}
