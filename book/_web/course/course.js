// What the theme's pages lack for those who use a keyboard or a screen reader.

const repairs = [
  // A name that hides the visible text: "Toggle hidden content" over "Show code cell source", and the like.
  ["summary[aria-label='Toggle hidden content']", (e) => e.removeAttribute("aria-label")],
  [".search-button-field", (e) => e.removeAttribute("aria-label")],
  [".theme-switch-button", (e) => e.setAttribute("aria-label", "Color mode: Light, Dark, System Settings")],
  // The arrows that unfold chapters in the sidebar have no name.
  [".bd-links summary", (e) => e.setAttribute("aria-label", "pages of this chapter")],
  // A list whose children are no list items.
  [".citation-list[role=list]", (e) => e.removeAttribute("role")],
];

// Boxes that scroll sideways can be reached, and then scrolled, with the keyboard.
const SCROLLING = ".pst-scrollable-table-container, .bd-article :is(pre, table, mjx-container, .output)";

function makeReachable() {
  for (const box of document.querySelectorAll(SCROLLING)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

addEventListener("load", () => {
  for (const [selector, repair] of repairs) document.querySelectorAll(selector).forEach(repair);
  makeReachable();
});
addEventListener("resize", makeReachable);
