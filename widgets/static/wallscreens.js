// On the wall: a module page read as a sequence of screens, from its structure alone.
// The page itself is not touched; a screen shows copies.

import { mountExplore } from "./explore.js";
import { wallClone, wallNode, wallText } from "./wallnode.js";

const SCREEN_WORDS = {
  part: (place, all) => `${place} of ${all}`,
  inThisRoom: "In this room",
  table: "Table",
};

// What a class looks at together. Running text and code stay on the page.
const EXHIBITS = [
  ".course-question", ".course-part:not(.course-plan)", ".course-explore", ".course-provision",
  ".course-estimate", ".admonition", "figure", "table", "blockquote", "img",
].join();
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const NOT_FOR_THE_WALL = "details, template, .course-plan, .start, nav";
const FULL = 900; // letters of text on one screen
const SHORT = 170; // letters; less than this joins the screen before
const LEAD = 320; // letters; a longer paragraph is no introduction to what follows it

/**
 * Read the screens of a page, in its order.
 *
 * @param {Element} page the element that holds the text
 * @returns {object[]} screens: kind, room, title, and what they show: draw(), or the article of a question
 */
export function readScreens(page) {
  const screens = [];
  let room = { title: "" };
  let heading = "";
  for (const element of page.querySelectorAll(`${HEADINGS}, ${EXHIBITS}`)) {
    if (element.closest(NOT_FOR_THE_WALL) || element.parentElement.closest(EXHIBITS)) continue;
    if (element.matches("h1")) screens.push({ kind: "title", room: room.title, title: wallText(element) });
    else if (element.matches("h2")) {
      room = roomScreen(element, screens);
      heading = "";
      screens.push(room);
    } else if (element.matches(HEADINGS)) {
      if (!element.matches(".course-title")) heading = wallText(element);
    } else {
      const made = exhibitScreens(element);
      const named = (title) => ({ room: room.title, title: title || heading || room.title });
      screens.push(...made.map((screen) => ({ ...screen, ...named(screen.title) })));
      if (made[0]?.kind === "part" && made[0].title) heading = made[0].title;
    }
  }
  return withoutEmptyRooms(screens);
}

/** A room with nothing in it for the wall has no screen, and none that only repeats the title after it. */
function withoutEmptyRooms(screens) {
  const opens = (screen, next) => next?.room === screen.title && next.title !== screen.title;
  return screens.filter((screen, place) => screen.kind !== "room" || opens(screen, screens[place + 1]));
}

/** A room begins with what is in it: the titles of its screens. */
function roomScreen(heading, screens) {
  const title = wallText(heading);
  const draw = () => {
    const told = ({ room, kind }) => room === title && !["question", "room"].includes(kind);
    const within = screens.filter(told);
    const topics = [...new Set(within.map((screen) => screen.title))].filter((topic) => topic !== title);
    const lines = topics.map((topic) => wallNode("li", {}, topic));
    return lines.length > 1
      ? [wallNode("ul.course-wall-topics", { "aria-label": SCREEN_WORDS.inThisRoom }, ...lines)]
      : [];
  };
  return { kind: "room", room: title, title, draw };
}

function exhibitScreens(element) {
  if (element.matches(".course-question")) {
    const title = wallText(element.closest(".course-quiz")?.querySelector(".course-title"));
    return [{ kind: "question", article: element, title }];
  }
  if (element.matches(".course-part")) return partScreens(element);
  const lead = leadOf(element);
  const kind = element.matches("figure, img, .course-explore") ? "figure" : "exhibit";
  return [{ kind, draw: () => [lead && wallClone(lead), copyOf(element)].filter(Boolean) }];
}

/** A short paragraph right before an exhibit introduces it. */
function leadOf(element) {
  if (element.matches(".course-provision, .admonition")) return null;
  let outer = element;
  while (outer.parentElement && !outer.parentElement.matches("section:not(.course-explore), main, article")) {
    outer = outer.parentElement;
  }
  const before = outer.previousElementSibling;
  return before?.matches("p") && wallText(before).length <= LEAD ? before : null;
}

function copyOf(element) {
  const copy = wallClone(element);
  if (element.matches(".course-explore")) startExplore(copy);
  if (!element.matches("table")) return copy;
  const name = wallText(element.caption) || SCREEN_WORDS.table;
  return wallNode("div.course-scroll", { role: "group", tabindex: 0, "aria-label": name }, copy);
}

/** A copy of a figure with sliders begins at its first frame and answers by itself. */
function startExplore(copy) {
  const sliders = [...copy.querySelectorAll("input")];
  for (const slider of sliders) slider.value = "0";
  const first = copy.querySelector(`template[data-values="${sliders.map(() => 0).join()}"]`);
  const frame = copy.querySelector(".course-explore-frame");
  if (first) frame.replaceChildren(document.importNode(first.content, true));
  mountExplore(copy);
}

// ---- cases, labs, activities: as many screens as their text needs ----

function partScreens(part) {
  const name = part.querySelector(":scope > .course-title");
  const children = [...part.children].filter((child) => child !== name).flatMap(pieces);
  const parts = chunks(children);
  const kind = [...part.classList].find((each) => each.startsWith("course-") && each !== "course-part");
  return parts.map((nodes, place) => ({
    kind: "part",
    part: kind?.replace("course-", "") ?? "part",
    last: place === parts.length - 1,
    title: wallText(name),
    place: placeOf(nodes, place, parts.length),
    draw: () => [wallNode("div", { class: part.className }, ...nodes.map(wallClone))],
  }));
}

/** A screen of a part is known by its subtitle, such as that of the debrief, else by its number. */
function placeOf(nodes, place, all) {
  const subtitle = nodes[0]?.matches(".course-subtitle") ? wallText(nodes[0]) : "";
  return all > 1 ? subtitle || SCREEN_WORDS.part(place + 1, all) : "";
}

/** A list too long for a screen becomes several. */
function pieces(child) {
  if (!child.matches("dl, ul, ol") || wallText(child).length <= FULL) return [child];
  const groups = [];
  for (const entry of child.children) {
    if (!entry.matches("dd") || !groups.length) groups.push([]);
    groups.at(-1).push(entry);
  }
  const lists = [];
  let letters = Infinity;
  let before = 0;
  for (const group of groups) {
    const more = group.reduce((sum, entry) => sum + wallText(entry).length, 0);
    if (letters + more > FULL) {
      lists.push(child.cloneNode(false));
      if (child.matches("ol")) lists.at(-1).start = before + 1;
      letters = 0;
    }
    lists.at(-1).append(...group.map((entry) => entry.cloneNode(true)));
    letters += more;
    before += 1;
  }
  return lists;
}

/** Part the children at their subtitles, and where a screen would be full. */
function chunks(children) {
  const parts = [[]];
  for (const child of children) {
    const last = parts.at(-1);
    const opens = child.matches(".course-subtitle, .course-contested");
    const full = lettersOf(last) + wallText(child).length > FULL;
    const named = last.every((each) => each.matches(".course-subtitle, .course-place"));
    if (last.length && (opens || (full && !named))) parts.push([]);
    parts.at(-1).push(child);
  }
  return joined(parts);
}

function lettersOf(nodes) {
  return nodes.reduce((sum, node) => sum + wallText(node).length, 0);
}

/** What is short joins the screen before; the last part, such as a debrief, stands alone. */
function joined(parts) {
  const kept = [];
  parts.forEach((part, place) => {
    const before = kept.at(-1);
    const fits = before && lettersOf(part) < SHORT && lettersOf(before) + lettersOf(part) <= FULL;
    if (fits && place < parts.length - 1) before.push(...part);
    else kept.push(part);
  });
  return kept;
}
