// Arrows walk through the rows of <table data-rows>. The focus is on each row's first link, so Enter opens it.
(() => {
  const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const from = event.target;
    const table = from === document.body ? document.querySelector("table[data-rows]") : from.closest("table[data-rows]");
    if (!table || from.matches("input, select, textarea, summary, button")) return;
    if (from === document.body && event.key !== "ArrowDown") return;

    const links = [...table.tBodies].flatMap((body) => [...body.rows].map((row) => row.querySelector("a[href]"))).filter(Boolean);
    if (!links.length) return;
    const here = links.findIndex((link) => link.closest("tr").contains(from));
    const there = Math.min(Math.max(here + step, 0), links.length - 1);
    event.preventDefault();
    links[there].focus({ preventScroll: true });
    links[there].closest("tr").scrollIntoView({ block: "nearest", inline: "nearest" });
  });
})();
