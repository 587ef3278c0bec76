// Small services of the frame: what a scroller has hidden at its left, and notices that leave by themselves.
(() => {
  document.addEventListener(
    "scroll",
    ({ target }) => {
      if (target.classList?.contains("scroller")) target.toggleAttribute("data-moved", target.scrollLeft > 0);
    },
    { capture: true, passive: true },
  );

  // Ten seconds, unless somebody is reading or about to undo; what went wrong stays until it is dismissed.
  const leave = (notice) => {
    if (notice.matches(":hover, :focus-within")) setTimeout(leave, 2000, notice);
    else notice.remove();
  };

  const settle = (notice) => {
    notice.querySelector(".dismiss").hidden = false;
    if (notice.hasAttribute("data-leaves")) setTimeout(leave, 10000, notice);
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".notice").forEach(settle));
  document.addEventListener("notices", () => document.querySelectorAll(".notice").forEach(settle)); // some were added
  document.addEventListener("click", (event) => {
    if (event.target.closest(".dismiss")) event.target.closest(".notice").remove();
  });
})();
