// A figure with sliders on a page without a kernel: the frames were drawn when the book was built.
// They wait in templates, which load nothing, and are swapped in when the sliders move.

/**
 * Make the sliders of one figure work.
 *
 * @param {HTMLElement} element the section that `explore` of widgets/explore.py wrote
 */
export function mountExplore(element) {
  const figure = new ExploredFigure(element);
  figure.start();
}

// Long enough that a screen reader hears where a slider came to rest, not every place on the way.
const EXPLORE_QUIET = 500;

class ExploredFigure {
  constructor(element) {
    this.element = element;
    this.inputs = [...element.querySelectorAll(".course-explore-choice input")];
    this.place = element.querySelector(".course-explore-frame");
    this.status = element.querySelector("[role=status]");
    const templates = [...element.querySelectorAll("template")];
    this.templates = new Map(templates.map((template) => [template.dataset.values, template]));
    this.fetched = new Set();
    this.wanted = this.key(this.inputs.map(() => 0));
  }

  start() {
    this.element.querySelector(".course-explore-shown").hidden = true;
    this.element.querySelector(".course-explore-choices").hidden = false;
    for (const input of this.inputs) input.addEventListener("input", () => this.moved(input));
    this.inputs.forEach(showChosen);
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.near = true;
      this.show();
    }, { rootMargin: "50% 0px" }).observe(this.element);
  }

  key(positions) {
    return positions.join(",");
  }

  positions() {
    return this.inputs.map((input) => Number(input.value));
  }

  moved(input) {
    showChosen(input);
    this.near = true;
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.announce(), EXPLORE_QUIET);
  }

  /** Swap in the frame that the sliders ask for, once its picture is there, unless they moved on. */
  async show() {
    const key = this.key(this.positions());
    if (key !== this.wanted) {
      this.wanted = key;
      const frame = this.copy(key);
      await pictureReady(frame.querySelector("img"));
      if (key !== this.wanted) return;
      this.replace(frame);
    }
    this.fetchNeighbours();
  }

  copy(key) {
    const frame = document.importNode(this.templates.get(key).content, true);
    frame.querySelector("img").loading = "eager";
    this.fetched.add(key);
    return frame;
  }

  /** The numbers stay open, and scrolled to where they were. */
  replace(frame) {
    const before = this.place.querySelector("details");
    const after = frame.querySelector("details");
    if (before && after) after.open = before.open;
    this.place.replaceChildren(frame);
  }

  announce() {
    const template = this.templates.get(this.key(this.positions()));
    this.status.textContent = template.content.querySelector("img").alt;
  }

  /** One step of any slider is then shown at once. Nothing is fetched before the figure is near. */
  fetchNeighbours() {
    if (!this.near) return;
    const here = this.positions();
    here.forEach((position, slider) => {
      for (const step of [-1, 1]) {
        const key = this.key(here.map((at, other) => (other === slider ? position + step : at)));
        if (this.templates.has(key) && !this.fetched.has(key)) this.copy(key);
      }
    });
  }
}

/** Write the chosen value beside the slider, and tell it to those who hear the page. */
function showChosen(input) {
  const label = input.list.options[Number(input.value)].label;
  input.nextElementSibling.nextElementSibling.value = label;
  input.setAttribute("aria-valuetext", label);
}

/** A picture that cannot be loaded must not keep its text and numbers away. */
async function pictureReady(image) {
  try {
    await image.decode();
  } catch {
    return;
  }
}
