// A table whose cells are typed in place, each saved as it is left. The element [data-cells="address"] holds cells
// [data-field][data-text]; a cell of a module is in a row [data-module]. A save posts module, field, value and what the
// cell held when it was opened; the answer is the page as it now stands, or one sentence (409, 422). Without this
// script the same page leads to a plain form.
(() => {
  const OFFLINE = "Le serveur ne répond pas : rien n’est enregistré. Recommencez quand le réseau est revenu.";
  const CLOSED = "Vous n’êtes plus connecté, ou n’avez plus ce droit : rien n’est enregistré. Rechargez la page.";
  const home = () => document.querySelector("[data-cells]");
  const cells = () => [...(home()?.querySelectorAll("[data-field]") ?? [])];
  const named = (cell) => `${cell.closest("[data-module]")?.dataset.module ?? ""}\n${cell.dataset.field}`;
  const find = (name) => cells().find((cell) => named(cell) === name);
  const shown = new WeakMap(); // what a cell held before it showed what was typed
  const waiting = new Map(); // what is on its way, by cell
  const refused = new Map(); // what was typed and not taken, by cell
  let open = null; // the cell being typed: {name, seen, input}
  let last = null; // the name of the cell that had the focus
  let chosen = null; // and of the one that was clicked
  let saves = Promise.resolve(); // one after the other

  const label = (cell) => {
    const column = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
    const row = cell.closest("tr").cells[0];
    return (cell === row ? [row] : [row, column]).map((each) => each.innerText.trim().split("\n")[0]).join(", ");
  };

  const stand = (cell) => {
    for (const each of cells()) each.tabIndex = each === cell ? 0 : -1;
  };

  const focus = (cell) => {
    if (!cell) return;
    last = named(cell);
    stand(cell);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const beside = (cell, step) => {
    const row = [...cell.closest("tr").querySelectorAll("[data-field]")];
    return step === -Infinity ? row[0] : step === Infinity ? row.at(-1) : row[row.indexOf(cell) + step];
  };

  const above = (cell, step) => {
    const rows = [...cell.closest("table").rows];
    for (let at = rows.indexOf(cell.closest("tr")) + step; rows[at]; at += step) {
      const other = rows[at].cells[cell.cellIndex];
      if (other?.hasAttribute("data-field")) return other;
    }
  };

  const keep = (cell) => shown.has(cell) || shown.set(cell, [...cell.childNodes]);

  const restore = (cell) => {
    if (shown.has(cell)) cell.replaceChildren(...shown.get(cell));
    shown.delete(cell);
  };

  const begin = (cell, text) => {
    const name = named(cell);
    const input = document.createElement("input");
    input.value = text ?? refused.get(name) ?? cell.dataset.text;
    input.setAttribute("aria-label", label(cell));
    input.autocomplete = "off";
    if (cell.classList.contains("num")) input.inputMode = "decimal";
    open = { name, seen: waiting.has(name) ? null : cell.dataset.text, input };
    keep(cell);
    delete cell.dataset.state;
    cell.removeAttribute("tabindex"); // the box has the focus, and is the target
    cell.replaceChildren(input);
    input.focus();
    if (text === undefined) input.select();
  };

  const end = () => {
    const cell = open.input.parentElement;
    open = null;
    if (!cell) return cell;
    restore(cell);
    stand(cell);
    return cell;
  };

  const commit = () => {
    const { name, seen, input } = open;
    const value = input.value.trim();
    const cell = end();
    if (!cell || (value === cell.dataset.text && !waiting.has(name))) return refused.delete(name) && paint();
    save(name, value, seen);
  };

  const cancel = () => {
    refused.delete(open.name);
    focus(end());
    paint();
  };

  // What a cell shows besides its figure: on its way, or not taken.
  const paint = () => {
    for (const cell of cells()) {
      const name = named(cell);
      const typed = waiting.get(name) ?? refused.get(name);
      if (typed !== undefined && open?.name !== name) {
        cell.dataset.state = waiting.has(name) ? "saving" : "refused";
        keep(cell);
        cell.replaceChildren(typed);
      } else if (open?.name !== name) {
        restore(cell);
        if (cell.dataset.state !== "saved") delete cell.dataset.state;
      }
    }
    for (const line of document.querySelectorAll(".notice[data-about]")) {
      if (line.dataset.about && !refused.has(line.dataset.about)) line.remove();
    }
  };

  const save = (name, value, seen) => {
    refused.delete(name);
    waiting.set(name, value);
    paint();
    const [module, field] = name.split("\n");
    saves = saves.then(async () => {
      const body = new URLSearchParams({ module, field, value, seen: seen ?? find(name)?.dataset.text ?? "" });
      const sentence = await send(home().dataset.cells, body);
      if (waiting.get(name) === value) waiting.delete(name);
      if (sentence) refused.set(name, value) && say(sentence, name);
      paint();
      const cell = find(name);
      if (!cell || sentence) return;
      cell.dataset.state = "saved";
      setTimeout(() => cell.dataset.state === "saved" && delete cell.dataset.state, 2000);
    });
  };

  // Sends, shows the page that comes back, and returns the sentence of a refusal.
  const send = async (address, body) => {
    const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
    try {
      const response = await fetch(address, { method: "POST", body, headers });
      if (response.ok) return show(await response.text());
      const said = response.headers.get("Content-Type")?.startsWith("text/plain");
      const sentence = said ? await response.text() : response.status === 403 ? CLOSED : OFFLINE;
      if (response.status === 409) show(await (await fetch(location.href)).text());
      return sentence;
    } catch {
      return OFFLINE;
    }
  };

  const say = (sentence, about) => {
    const line = document.createElement("div");
    line.className = "notice";
    line.dataset.level = "error";
    line.dataset.about = about;
    line.innerHTML = '<p><span aria-hidden="true">▲</span> </p><button class="dismiss" type="button">Fermer</button>';
    line.firstElementChild.append(sentence);
    document.getElementById("notices").append(line);
  };

  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("[data-cells]");
    if (!fresh) return location.reload(); // logged out, or no draft any more: the page says so
    const old = home();
    const at = old.contains(document.activeElement) ? document.activeElement.closest("[data-field]") : null;
    const focused = at && named(at);
    const typing = open && { ...open, text: open.input.value, from: open.input.selectionStart, to: open.input.selectionEnd };
    const [left, top] = [old.querySelector(".scroller")?.scrollLeft, old.querySelector(".scroller")?.scrollTop];
    open = null;
    old.replaceWith(fresh);
    fresh.querySelector(".scroller")?.scrollTo(left, top);
    start();
    if (typing && find(typing.name)) {
      begin(find(typing.name), typing.text);
      open.seen = typing.seen;
      open.input.setSelectionRange(typing.from, typing.to);
    } else if (focused && find(focused)) {
      stand(find(focused));
      find(focused).focus({ preventScroll: true });
    }
    const notices = document.getElementById("notices");
    for (const leaving of notices.querySelectorAll("[data-leaves]")) leaving.remove();
    notices.append(...page.querySelectorAll("#notices > .notice"));
    notices.dispatchEvent(new Event("notices", { bubbles: true }));
  };

  const start = () => {
    if (!home() || !cells().length) return;
    home().querySelector("table").setAttribute("role", "grid");
    stand(cells()[0]);
  };

  const MOVES = {
    ArrowLeft: (cell) => beside(cell, -1),
    ArrowRight: (cell) => beside(cell, 1),
    ArrowUp: (cell) => above(cell, -1),
    ArrowDown: (cell) => above(cell, 1),
    Home: (cell) => beside(cell, -Infinity),
    End: (cell) => beside(cell, Infinity),
  };

  const inBox = (event) => {
    const cell = event.target.closest("[data-field]");
    const next = { Enter: event.shiftKey ? above(cell, -1) : above(cell, 1), ArrowUp: above(cell, -1), ArrowDown: above(cell, 1) };
    next.Tab = beside(cell, event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      event.stopPropagation();
      cancel();
    } else if (event.key in next) {
      commit();
      if (event.key === "Tab" && !next.Tab) return;
      focus(next[event.key] ?? cell);
    } else return;
    event.preventDefault();
  };

  const onCell = (event, cell) => {
    const typed = cell.classList.contains("num") ? /^[0-9.,]$/ : /^[\p{L}\p{N}]$/u;
    if (MOVES[event.key]) focus(MOVES[event.key](cell));
    else if (event.key === "Enter" || event.key === "F2") begin(cell);
    else if (event.key === "Delete" || event.key === "Backspace") cell.dataset.text && save(named(cell), "", cell.dataset.text);
    else if (typed.test(event.key)) begin(cell, event.key);
    else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (open && event.target === open.input) inBox(event);
    else if (event.target.matches("[data-cells] [data-field]")) onCell(event, event.target);
    else if (event.target === document.body && event.key === "ArrowDown" && cells().length) {
      event.preventDefault();
      focus(cells().find((cell) => cell.tabIndex === 0));
    }
  });

  document.addEventListener("focusout", (event) => {
    if (open && event.target === open.input && open.input.isConnected && document.hasFocus()) commit();
  });

  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-cells] [data-field]");
    if (!cell || event.target.closest("a, input")) return;
    if (chosen === named(cell)) begin(cell); // a click chooses, a second one opens
    else focus(cell);
    chosen = named(cell);
  });

  document.addEventListener("submit", (event) => {
    if (!home() || !event.target.matches(".notice form")) return;
    event.preventDefault();
    event.target.closest(".notice").remove();
    saves = saves.then(async () => {
      const sentence = await send(event.target.action, new URLSearchParams());
      if (sentence) say(sentence, "");
      focus(find(last));
    });
  });

  addEventListener("beforeunload", (event) => waiting.size && event.preventDefault());
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
})();
