/* The one script of every page. It stands in the head and is small: colours are right from the start. */
(() => {
  "use strict";
  const KEY = "organized-crime-course:colours";
  const MODES = ["auto", "light", "dark"];
  const NOT_LOADED = "Not loaded. Try again ";

  /* A browser may forbid storage; the choice then lasts for this page. */
  const stored = () => {
    try {
      const mode = localStorage.getItem(KEY);
      return MODES.includes(mode) ? mode : "auto";
    } catch {
      return "auto";
    }
  };

  const store = (mode) => {
    try {
      localStorage.setItem(KEY, mode);
    } catch {
      /* nothing to do: see above */
    }
  };

  const show = (mode) => {
    document.body.dataset.theme = mode;
    const list = document.getElementById("colours");
    if (list) list.value = mode;
  };

  /* The body does not exist yet: colour it in the moment it does, before anything is painted. */
  const colourEarly = () => {
    new MutationObserver((_, observer) => {
      if (!document.body) return;
      observer.disconnect();
      show(stored());
    }).observe(document.documentElement, { childList: true });
  };

  const listenToColours = () => {
    show(stored());
    document.getElementById("colours")?.addEventListener("change", (event) => {
      store(event.target.value);
      show(event.target.value);
    });
    addEventListener("storage", (event) => event.key === KEY && show(stored()));
  };

  /* A menu that lies over the page must not cover what the keyboard moves to. */
  const closeMenusLeft = () => {
    const close = (menu) => menu.matches(":popover-open") && menu.hidePopover();
    for (const menu of document.querySelectorAll("nav[popover]")) {
      menu.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
      });
      menu.addEventListener("click", (event) => {
        if (event.target.closest("a")) close(menu);
      });
    }
  };

  /* What is wider than the page scrolls by itself; a keyboard has to be able to get there. */
  const reachScrollers = () => {
    const mark = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
        else target.removeAttribute("tabindex");
      }
    });
    for (const box of document.querySelectorAll(".wide, .course-estimate, div.math, pre")) mark.observe(box);
  };

  /* In the list of the page's sections, say which one is being read. */
  const followReading = () => {
    const links = new Map();
    for (const link of document.querySelectorAll("#sections a[href^='#']")) {
      const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (section) links.set(section, link);
    }
    const onScreen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) onScreen[isIntersecting ? "add" : "delete"](target);
      const current = [...links.keys()].filter((section) => onScreen.has(section)).pop();
      for (const [section, link] of links) {
        if (section === current) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-15% 0px -75% 0px" });
    for (const section of links.keys()) observer.observe(section);
  };

  /* What projects a page is loaded when somebody asks for it; from then on it listens itself. */
  const offerWall = () => {
    const button = document.querySelector("[data-wall]");
    if (!button) return;
    const load = (event) => {
      if (event.type === "keydown" && event.key !== "F8") return;
      event.preventDefault();
      listen("removeEventListener");
      const script = document.createElement("script");
      script.src = button.dataset.wall;
      script.addEventListener("error", () => {
        script.remove();
        button.firstChild.data = NOT_LOADED;
        listen("addEventListener");
      });
      document.head.append(script);
    };
    const listen = (how) => {
      button[how]("click", load);
      document[how]("keydown", load);
    };
    listen("addEventListener");
  };

  /** Browsers leave a link that shows by a corner where it is: it is brought in whole from a wide table. */
  const showFocusWhole = () => document.addEventListener("focusin", ({ target }) => {
    if (target.parentElement?.closest(".wide, .course-scroll")) {
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });

  document.documentElement.classList.remove("no-js");
  colourEarly();
  document.addEventListener("DOMContentLoaded", () => {
    listenToColours();
    closeMenusLeft();
    reachScrollers();
    followReading();
    showFocusWhole();
    offerWall();
  });
})();
