// What the theme's pages lack for those who use a keyboard or a screen reader.

const repairs = [
  // A name that hides the visible text: "Toggle hidden content" over "Show code cell source", and the like.
  ["summary[aria-label='Toggle hidden content']", (e) => e.removeAttribute("aria-label")],
  [".search-button-field", (e) => e.removeAttribute("aria-label")],
  [".theme-switch-button", (e) => e.setAttribute("aria-label", "Color mode: Light, Dark, System Settings")],
  // The arrows that unfold chapters in the sidebar have no name.
  [".bd-links summary", (e) => e.setAttribute("aria-label", "pages of this chapter")],
  // The link to the page that is open.
  [".bd-links a.current[href='#']", (e) => e.setAttribute("aria-current", "page")],
  // A list whose children are no list items.
  [".citation-list[role=list]", (e) => e.removeAttribute("role")],
];

// Boxes that scroll sideways can be reached, and then scrolled, with the keyboard. What does not scroll is no stop:
// MathJax makes one of every formula.
const SCROLLING = ".pst-scrollable-table-container, .bd-article :is(pre, table, mjx-container, span.math, .output)";

function makeReachable() {
  for (const box of document.querySelectorAll(SCROLLING)) {
    const scrolls = box.scrollWidth > box.clientWidth && /auto|scroll/.test(getComputedStyle(box).overflowX);
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

addEventListener("load", () => {
  for (const [selector, repair] of repairs) document.querySelectorAll(selector).forEach(repair);
  makeReachable();
});
addEventListener("load", () => window.MathJax?.startup?.promise.then(makeReachable)); // formulas come a little later
addEventListener("resize", makeReachable);
addEventListener("toggle", makeReachable, true); // what was folded has a width only now

// Paper is white: in dark mode, pale text would be printed on it.
let chosenTheme;
addEventListener("beforeprint", () => {
  chosenTheme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = chosenTheme;
});
