// Boxes that scroll sideways can be reached and scrolled with the keyboard.
addEventListener("load", () => {
  const makeReachable = () => {
    for (const box of document.querySelectorAll(".bd-article pre, .bd-article table, .bd-article mjx-container, .bd-article .output")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  };
  makeReachable();
  addEventListener("resize", makeReachable);
});
