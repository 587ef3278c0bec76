// <mark-grid>: the form of a mark sheet as a grid. Each cell is saved as it is left; what has not reached the server is
// kept on this machine, for this person and this module, and goes when it can. Without this script the form does.
const CODES = { i: "ABI", j: "ABJ", d: "DIS", t: "ATT" };
const SAID = { saving: "enregistrement", saved: "enregistré", waiting: "en attente du réseau", refused: "refusé", contested: "modifié par quelqu’un d’autre", changed: "modifié" };
const RETRY = 3000;
const POLL = 4000;

class MarkGrid extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    if (!this.table || this.narrow()) return;
    this.form = this.querySelector("form");
    this.status = this.querySelector("[data-status]");
    this.live = this.querySelector("[data-live]");
    this.owned = `notes:${this.dataset.user}:${this.dataset.module}:`;
    this.store = this.owned + crypto.randomUUID(); // one a page: two tabs do not overwrite each other
    this.etag = this.dataset.moment;
    this.done = []; // acts that can be undone, each a list of {cell, before, after}
    this.undone = [];
    this.collect();
    this.queue = this.adopt();
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-multiselectable", "true");
    this.querySelector("[data-whole]").hidden = true;
    this.status.hidden = false;
    for (const type of ["keydown", "input", "focusin", "focusout", "copy", "paste", "click", "mousedown"]) {
      this.addEventListener(type, (event) => this[`on_${type}`](event));
    }
    this.form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("online", () => this.send());
    addEventListener("beforeunload", (event) => Object.keys(this.queue).length && event.preventDefault());
    this.resume();
    this.poll = setInterval(() => this.ask(), POLL);
  }

  disconnectedCallback() {
    clearInterval(this.poll);
  }

  // On a phone, one evaluation at a time.
  narrow() {
    const asked = new URLSearchParams(location.search);
    if (!this.dataset.first || asked.get("evaluation") || !matchMedia("(max-width: 480px)").matches) return false;
    asked.set("evaluation", this.dataset.first);
    location.replace(`?${asked}`);
    return true;
  }

  // --- The cells

  collect() {
    this.cells = new Map();
    this.rows = [...this.table.tBodies[0].rows].map((row, y) =>
      [...row.querySelectorAll("td[data-mark]")].map((td, x) => {
        const input = td.querySelector("input:not([type=hidden])");
        if (!input) return null;
        const [version, value] = td.querySelector("input[type=hidden]").value.split(/:(.*)/s);
        const [, evaluation, enrolment] = input.name.split("-").map(Number);
        const cell = { td, input, x, y, evaluation, enrolment, version: Number(version), value };
        input.tabIndex = -1;
        this.cells.set(input.name, cell);
        return cell;
      }),
    );
    this.at = this.anchor = [...this.cells.values()][0];
    this.at.input.tabIndex = 0;
  }

  of(target) {
    return this.cells.get(target.closest?.("td")?.querySelector("input")?.name);
  }

  typed(cell) {
    return this.queue[cell.input.name]?.value ?? cell.value;
  }

  show(cell, state, why = "") {
    const { td, input } = cell;
    td.dataset.state = state;
    if (!state) delete td.dataset.state;
    input.toggleAttribute("aria-invalid", false);
    if (state === "refused" || state === "contested") input.setAttribute("aria-invalid", "true");
    td.querySelector(".said")?.remove();
    input.removeAttribute("aria-describedby");
    if (why) {
      const said = document.createElement("small");
      said.className = "said";
      said.id = `${input.name}-dit`;
      said.append(`▲ ${why}`);
      td.append(said);
      input.setAttribute("aria-describedby", said.id);
    }
    if (state && state !== "saving") this.say(`${this.where(cell)} : ${input.value || "vide"}, ${SAID[state]}${why && `. ${why}`}`);
    this.tell();
  }

  where(cell) {
    const row = cell.td.closest("tr").cells[0].innerText.trim();
    return `${row}, ${this.table.tHead.rows[0].cells[cell.td.cellIndex].innerText.split("\n")[0].trim()}`;
  }

  say(sentence) {
    this.live.textContent = sentence;
  }

  tell() {
    const count = Object.values(this.queue).filter((entry) => !entry.draft).length;
    this.status.dataset.state = count ? (this.offline ? "waiting" : "saving") : "saved";
    this.status.textContent = !count
      ? "✓ Tout est enregistré."
      : this.offline
        ? `◌ ${count === 1 ? "1\u00a0note en attente" : `${count}\u00a0notes en attente`} : ${this.offline}`
        : "… Enregistrement";
  }

  // --- What waits: in the storage of the browser, so that a crash loses nothing

  // What pages of before have left; one that still lives sends it too, and its token makes that harmless.
  adopt() {
    const queue = {};
    try {
      for (const name of Object.keys(localStorage).filter((each) => each.startsWith(this.owned))) {
        Object.assign(queue, JSON.parse(localStorage.getItem(name)));
        localStorage.removeItem(name);
      }
    } catch {
      // storage refused: there is nothing to take up
    }
    return queue;
  }

  keep() {
    try {
      if (Object.keys(this.queue).length) localStorage.setItem(this.store, JSON.stringify(this.queue));
      else localStorage.removeItem(this.store);
    } catch {
      // storage refused or full: what waits lives as long as the page, which warns before it is left
    }
  }

  resume() {
    for (const [name, entry] of Object.entries(this.queue)) {
      const cell = this.cells.get(name);
      entry.draft = false;
      if (cell) cell.input.value = entry.value;
      if (cell) this.show(cell, "waiting");
    }
    this.keep();
    this.tell();
    this.send();
  }

  put(cell, value, draft = false) {
    const { name } = cell.input;
    const before = this.queue[name];
    this.queue[name] = { value, seen: before?.seen ?? cell.version, token: crypto.randomUUID(), draft };
    this.keep();
  }

  drop(name) {
    delete this.queue[name];
    this.keep();
  }

  // Takes some values as one act, which can be undone.
  enter(pairs, remember = true) {
    const act = [];
    for (const [cell, text] of pairs) {
      const value = text.trim();
      const before = cell.before ?? this.typed(cell);
      delete cell.before;
      cell.input.value = value;
      if (same(value, this.typed(cell)) && !this.queue[cell.input.name]?.draft) continue;
      if (same(value, cell.value) && !cell.flying) {
        this.drop(cell.input.name);
        this.show(cell, "");
      } else {
        this.put(cell, value);
        this.show(cell, this.offline ? "waiting" : "saving");
      }
      if (!same(before, value)) act.push({ cell, before, after: value });
    }
    if (act.length && remember) {
      this.done.push(act);
      this.undone = [];
    }
    this.send();
  }

  commit(cell = this.at) {
    const open = this.editing || this.queue[cell.input.name]?.draft;
    this.editing = false;
    if (open) this.enter([[cell, cell.input.value]]);
  }

  undo(from, to, side) {
    const act = from.pop();
    if (!act) return this.say("Rien à annuler ni à rétablir.");
    to.push(act);
    this.enter(act.map((change) => [change.cell, change[side]]), false);
    this.go(act[0].cell);
  }

  // --- To the server and back

  get ready() {
    return Object.entries(this.queue).filter(([, entry]) => !entry.draft);
  }

  async send() {
    if (this.busy || !this.ready.length) return;
    this.busy = true;
    const sent = this.ready;
    const entries = sent.map(([name, { value, seen, token }]) => {
      const [, evaluation, enrolment] = name.split("-").map(Number);
      const cell = this.cells.get(name);
      if (cell) cell.flying = true;
      return { evaluation, enrolment, value, seen, token };
    });
    const told = await this.post(entries);
    for (const [name] of sent) if (this.cells.has(name)) this.cells.get(name).flying = false;
    this.busy = false;
    if (told) this.settle(Object.fromEntries(sent), told);
    else for (const [name] of sent) if (this.cells.has(name)) this.show(this.cells.get(name), "waiting");
    this.tell();
    if (!told) setTimeout(() => this.send(), RETRY);
    else if (this.ready.length) this.send();
  }

  async post(entries) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    try {
      const response = await fetch(this.dataset.save, { method: "POST", headers, body: JSON.stringify({ entries }) });
      const json = response.headers.get("Content-Type")?.startsWith("application/json");
      this.offline = "";
      if (json && [200, 409, 422].includes(response.status)) return await response.json();
      if (json && response.status === 400) {
        const { error } = await response.json();
        return { saved: [], contested: [], refused: entries.map((entry) => ({ ...entry, why: error })) };
      }
      this.offline = response.status >= 500 ? "le serveur ne répond pas" : "vous n’êtes plus connecté, ou n’avez plus ce droit. Rechargez la page";
    } catch {
      this.offline = "pas de réseau. Elles partiront à son retour";
    }
    return null;
  }

  settle(sent, { saved, refused, contested }) {
    const each = (list, act) => {
      for (const one of list) {
        const name = `note-${one.evaluation}-${one.enrolment}`;
        const newer = this.queue[name]?.token !== sent[name]?.token;
        const cell = this.cells.get(name);
        if (!newer) this.drop(name);
        if (cell) act(cell, one, newer);
      }
    };
    each(saved, (cell, one, newer) => {
      Object.assign(cell, { version: one.version, value: one.value });
      if (newer) {
        this.queue[cell.input.name].seen = one.version;
        this.keep();
      } else {
        if (cell !== this.at || !this.editing) cell.input.value = one.value;
        this.show(cell, "saved");
      }
    });
    each(refused, (cell, one, newer) => newer || this.show(cell, "refused", one.why));
    each(contested, (cell, one, newer) => {
      const mine = sent[cell.input.name].value;
      if (newer) this.drop(cell.input.name);
      this.contest(cell, one, newer ? cell.input.value : mine);
    });
    if (saved.length > 1) this.say(`${saved.length} notes enregistrées, ${refused.length} refusées, ${contested.length} modifiées par quelqu’un d’autre.`);
    this.refresh();
  }

  contest(cell, theirs, mine) {
    Object.assign(cell, { version: theirs.version, value: theirs.value });
    cell.input.value = mine;
    this.show(cell, "contested", `${theirs.by ?? "Quelqu’un"} a écrit ${theirs.value || "vide"}${theirs.at ? ` (${theirs.at})` : ""}. `);
    const choose = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        this.go(cell);
      });
      cell.td.querySelector(".said").append(button);
    };
    choose("Garder la mienne", () => this.enter([[cell, mine]]));
    choose("Prendre la leur", () => {
      cell.input.value = theirs.value;
      this.show(cell, "");
    });
  }

  // What others have changed; a cell that is being typed is left alone: saving it will tell.
  async ask() {
    if (document.hidden || this.asking) return;
    this.asking = true;
    try {
      const response = await fetch(this.dataset.since, { headers: { "If-None-Match": this.etag }, cache: "no-store" });
      if (response.status === 200 && !response.redirected) {
        this.etag = response.headers.get("ETag");
        this.receive((await response.json()).changes);
      }
    } catch {
      // no network: saving says so
    }
    this.asking = false;
  }

  receive(changes) {
    let any = false;
    for (const change of changes) {
      const cell = this.cells.get(`note-${change.evaluation}-${change.enrolment}`);
      if (!cell || change.version <= cell.version || this.queue[cell.input.name]) continue;
      any = true;
      if (cell.td.dataset.state === "contested" || cell.td.dataset.state === "refused") {
        this.contest(cell, change, cell.input.value);
        continue;
      }
      Object.assign(cell, { version: change.version, value: change.value });
      cell.input.value = change.value;
      cell.td.title = `${change.by}, ${change.at}`;
      this.show(cell, "changed");
    }
    if (any) this.refresh();
  }

  refresh() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.figures(), 600);
  }

  async figures() {
    try {
      const response = await fetch(this.dataset.figures + location.search);
      if (!response.ok || response.redirected) return;
      const { averages, columns } = await response.json();
      for (const td of this.querySelectorAll("[data-average]")) {
        const line = averages[td.dataset.average];
        if (line) td.textContent = `${line.provisional && line.average ? "… " : ""}${line.average}`;
      }
      for (const td of this.querySelectorAll("[data-foot]")) {
        td.textContent = columns[td.dataset.evaluation]?.[td.dataset.foot] ?? td.textContent;
      }
    } catch {
      // the figures wait for the next save
    }
  }

  // --- Moving and choosing

  go(cell, extend = false) {
    if (!cell) return;
    if (this.at !== cell) this.at.input.tabIndex = -1;
    this.at = cell;
    if (!extend) this.anchor = cell;
    cell.input.tabIndex = 0;
    cell.input.focus({ preventScroll: true });
    cell.input.select();
    cell.td.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.paint();
  }

  get block() {
    const [top, bottom] = [this.anchor.y, this.at.y].sort((a, b) => a - b);
    const [left, right] = [this.anchor.x, this.at.x].sort((a, b) => a - b);
    return this.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  paint() {
    for (const td of this.querySelectorAll("td[aria-selected]")) td.removeAttribute("aria-selected");
    if (this.anchor === this.at) return;
    for (const cell of this.block.flat()) cell?.td.setAttribute("aria-selected", "true");
  }

  step(cell, dy, dx) {
    for (let y = cell.y + dy, x = cell.x + dx; this.rows[y] && x >= 0 && x < this.rows[y].length; y += dy, x += dx) {
      if (this.rows[y][x]) return this.rows[y][x];
    }
  }

  beside(cell, step) {
    const all = [...this.cells.values()];
    return all[all.indexOf(cell) + step];
  }

  ends(cell, key, whole) {
    const all = whole ? [...this.cells.values()] : this.rows[cell.y].filter(Boolean);
    return key === "Home" ? all[0] : all.at(-1);
  }

  on_keydown(event) {
    const cell = event.target.matches?.("input") && this.of(event.target);
    if (!cell || event.isComposing) return;
    const { key, shiftKey: shift } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const stop = () => event.preventDefault();
    const move = (to, extend = false) => {
      stop();
      this.commit(cell);
      this.go(to, extend);
    };
    if (ctrl && key.toLowerCase() === "z" && !shift && !this.editing) return stop(), this.undo(this.done, this.undone, "before");
    if (ctrl && (key.toLowerCase() === "y" || (shift && key.toLowerCase() === "z")) && !this.editing) return stop(), this.undo(this.undone, this.done, "after");
    if (ctrl && key.toLowerCase() === "d") return stop(), this.commit(cell), this.fill();
    if (ctrl && key.toLowerCase() === "a" && !this.editing) {
      this.anchor = this.ends(cell, "Home", true);
      return move(this.ends(cell, "End", true), true);
    }
    if (event.altKey) return;
    if (arrows[key] && !ctrl && !(this.editing && key in { ArrowLeft: 1, ArrowRight: 1 })) return move(this.step(cell, ...arrows[key]) ?? cell, shift);
    if ((key === "Home" || key === "End") && !this.editing) return move(this.ends(cell, key, ctrl), shift);
    if (key === "Enter") return move(this.step(cell, shift ? -1 : 1, 0) ?? cell);
    if (key === "Tab") {
      const to = this.beside(cell, shift ? -1 : 1);
      return to ? move(to) : this.commit(cell);
    }
    if (ctrl) return;
    if (key === "F2") {
      stop();
      this.editing = true;
      cell.input.setSelectionRange(cell.input.value.length, cell.input.value.length);
    } else if (key === "Escape") {
      event.stopPropagation();
      this.cancel(cell);
    } else if (key === "?") {
      stop();
      document.getElementById("keys").showModal();
    } else if (!this.editing && CODES[key.toLowerCase()]) {
      stop();
      this.enter(this.block.flat().filter(Boolean).map((each) => [each, CODES[key.toLowerCase()]]));
      cell.input.select();
    } else if (!this.editing && (key === "Delete" || key === "Backspace")) {
      stop();
      this.enter(this.block.flat().filter(Boolean).map((each) => [each, ""]));
    }
  }

  cancel(cell) {
    const { name } = cell.input;
    if (this.queue[name]?.draft) this.drop(name);
    cell.input.value = cell.before ?? this.typed(cell);
    delete cell.before;
    this.editing = false;
    this.anchor = cell;
    this.show(cell, "");
    cell.input.select();
    this.paint();
  }

  on_input(event) {
    const cell = this.of(event.target);
    cell.before ??= this.typed(cell);
    this.editing = true;
    if (!cell.flying) this.put(cell, cell.input.value, true);
  }

  on_focusin(event) {
    const cell = event.target.matches("input") && this.of(event.target);
    if (!cell || cell === this.at) return;
    this.at.input.tabIndex = -1;
    cell.input.tabIndex = 0;
    this.at = this.anchor = cell;
    cell.input.select();
    this.paint();
  }

  on_focusout(event) {
    const cell = event.target.matches("input") && this.of(event.target);
    if (cell && document.hasFocus()) this.commit(cell);
  }

  on_mousedown(event) {
    const cell = event.shiftKey && this.of(event.target);
    if (!cell) return;
    event.preventDefault();
    this.commit();
    this.go(cell, true);
  }

  on_click(event) {
    const cell = event.target.matches("input") && this.of(event.target);
    if (cell && event.detail === 2) this.editing = true;
  }

  // --- Blocks

  fill() {
    let block = this.block;
    if (block.length === 1) {
      const above = this.rows[this.at.y - 1]?.slice(Math.min(this.anchor.x, this.at.x), Math.max(this.anchor.x, this.at.x) + 1);
      if (!above) return;
      block = [above, ...block];
    }
    const [source, ...targets] = block;
    this.enter(targets.flatMap((row) => row.map((cell, x) => cell && source[x] && [cell, this.typed(source[x])]).filter(Boolean)));
  }

  on_copy(event) {
    if (!this.of(event.target) || this.editing) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", this.block.map((row) => row.map((cell) => (cell ? cell.input.value : "")).join("\t")).join("\n"));
  }

  on_paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!this.of(event.target) || (this.editing && !/[\t\n]/.test(text))) return;
    event.preventDefault();
    this.commit();
    const [top, left] = [Math.min(this.anchor.y, this.at.y), Math.min(this.anchor.x, this.at.x)];
    const pairs = [];
    let outside = 0;
    text.split("\n").forEach((line, dy) =>
      line.split("\t").forEach((value, dx) => {
        const cell = this.rows[top + dy]?.[left + dx];
        if (cell) pairs.push([cell, value.slice(0, 30)]);
        else if (value.trim()) outside += 1;
      }),
    );
    this.enter(pairs);
    const bottom = pairs.at(-1)?.[0];
    if (bottom) {
      this.anchor = pairs[0][0];
      this.go(bottom, true);
    }
    if (outside) this.warn(`Le bloc collé déborde de la grille : ${outside} valeur${outside > 1 ? "s" : ""} sans case où aller n’${outside > 1 ? "ont" : "a"} pas été prise${outside > 1 ? "s" : ""}.`);
  }

  warn(sentence) {
    const line = document.createElement("div");
    line.className = "notice";
    line.dataset.level = "warning";
    line.innerHTML = '<p><span aria-hidden="true">▲</span> </p><button class="dismiss" type="button">Fermer</button>';
    line.firstElementChild.append(sentence);
    document.getElementById("notices").append(line);
  }
}

// 12.5, 12,50 and « 12,5 » are one mark; abi is ABI.
const same = (one, other) => plain(one) === plain(other);
const plain = (text) => {
  const found = /^0*(\d+)(?:[.,](\d*?)0*)?$/.exec(text.trim());
  return found ? `${found[1]},${found[2] ?? ""}` : text.trim().toUpperCase();
};

customElements.define("mark-grid", MarkGrid);
