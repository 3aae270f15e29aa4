// On the wall: small pieces that its other parts share.

/**
 * Make an element; a string becomes text, never markup.
 *
 * @param {string} tag with its classes, such as "p.course-wall-how"
 * @param {object} attributes true is an attribute without a value; null and false are left out
 * @param {...(Node|string|null|false)} children what is nothing is left out
 * @returns {HTMLElement}
 */
export function wallNode(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/**
 * Make a button.
 *
 * @param {string} words what stands on it
 * @param {function} act
 * @param {object} attributes
 * @returns {HTMLButtonElement}
 */
export function wallButton(words, act, attributes = {}) {
  const made = wallNode("button", { type: "button", class: "course-wall-button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

let wallClones = 0;

/**
 * Copy a part of the page: the copy has ids of its own, nothing leads away from the wall, and pictures load
 * now, so that the network may go.
 *
 * @param {Element} original
 * @returns {Element}
 */
export function wallClone(original) {
  const copy = original.cloneNode(true);
  const all = [copy, ...copy.querySelectorAll("*")];
  const ending = `-wall${(wallClones += 1)}`;
  for (const element of all) {
    if (element.id) element.id += ending;
    for (const name of ["for", "list", "aria-labelledby", "aria-describedby"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name) + ending);
    }
    if (element.matches("img")) element.loading = "eager";
  }
  for (const link of copy.querySelectorAll("a")) {
    link.replaceWith(wallNode("span", {}, ...link.childNodes));
  }
  return copy;
}

/** The text of an element on one line. */
export function wallText(element) {
  return element?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

/** What lasts as long as this tab and belongs to nobody's record: the clock, the counts, the place. */
export class WallKeep {
  constructor(name) {
    this.name = `organized-crime-course:wall:${name}`;
    this.state = { clock: null, present: 0, tallies: {}, at: 0, steps: {}, look: {} };
    try {
      Object.assign(this.state, JSON.parse(sessionStorage.getItem(this.name)) ?? {});
    } catch {
      this.lost = true; // a browser that forbids storage: the counts last as long as the page
    }
  }

  save() {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.state));
    } catch {
      this.lost = true;
    }
  }
}
