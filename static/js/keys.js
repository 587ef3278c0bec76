// Keys of every page: "/" goes to the search, "?" shows the keys, Escape closes a menu.
(() => {
  const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const dialog = () => document.getElementById("keys");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const menu = event.target.closest(".menu[open]") ?? document.querySelector(".menu[open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (typing(event.target) || document.querySelector("dialog[open]")) {
      return;
    } else if (event.key === "/") {
      const search = document.querySelector("[role=search] input");
      if (!search) return;
      event.preventDefault();
      search.select();
      search.focus();
    } else if (event.key === "?") {
      event.preventDefault();
      dialog()?.showModal();
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
  });

  // One menu at a time; a click elsewhere closes it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (event.target.closest("[data-keys]")) dialog()?.showModal();
  });
})();
