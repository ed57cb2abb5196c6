/* The claims to go through: which, in what order, and where one stands among them. What is decided stays in
   its place until the filters change, so that nothing jumps. */

const WORST = ["error", "warning", "note", ""];
const SIGNS = { accept: "✓", reject: "✕", unsure: "?" };
const AT_ONCE = 400;  // rows drawn; the others follow when the list is walked to them

export class Queue {
  constructor(list, form, count, choose) {
    Object.assign(this, { list, form, count, choose, rows: new Map(), order: [], current: null, drawn: AT_ONCE });
    form.addEventListener("input", () => this.filter());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      document.activeElement.blur();
    });
    this.giveKeysBack();
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-id]");
      if (item) choose(item.dataset.id);
    });
  }

  /* After a choice by mouse the keys are the review's again; by keys, one may want to choose on. */
  giveKeysBack() {
    let byMouse = false;
    this.form.addEventListener("pointerdown", () => { byMouse = true; });
    this.form.addEventListener("keydown", () => { byMouse = false; });
    this.form.addEventListener("change", (event) => {
      if (byMouse && event.target.matches("select")) event.target.blur();
    });
  }

  load(rows) {
    this.rows = new Map(rows.map((row) => [row.id, row]));
    const kinds = [...new Set(rows.map((row) => row.kind))].sort();
    const select = this.form.elements.kind, chosen = select.value;
    select.replaceChildren(new Option("any", ""), ...kinds.map((kind) => new Option(kind)));
    select.value = kinds.includes(chosen) ? chosen : "";
    this.filter();
  }

  filter() {
    const { order, show, kind, search } = Object.fromEntries(new FormData(this.form));
    const words = search.toLowerCase();
    const rows = [...this.rows.values()].filter((row) => shows(row, show) && (!kind || row.kind === kind)
      && [row.value, row.metric, row.method, row.dataset, row.title, row.paper].join(" ").toLowerCase().includes(words));
    if (order === "sure") rows.sort((a, b) => a.sure - b.sure);
    if (order === "worst") rows.sort((a, b) => WORST.indexOf(a.worst) - WORST.indexOf(b.worst) || b.findings - a.findings || a.sure - b.sure);
    this.order = rows.map((row) => row.id);
    this.drawn = AT_ONCE;
    this.draw();
    if (!this.order.includes(this.current)) this.choose(this.order[0] ?? null);
  }

  /* The claim `by` places on; the first undecided one where nothing is chosen. */
  next(by) {
    const at = this.order.indexOf(this.current);
    return this.order[Math.min(this.order.length - 1, Math.max(0, at + by))] ?? null;
  }

  mark(id) {
    this.current = id;
    if (this.order.indexOf(id) >= this.drawn) {
      this.drawn = this.order.indexOf(id) + AT_ONCE;
      this.draw();
    }
    for (const item of this.list.querySelectorAll("[aria-current]")) item.removeAttribute("aria-current");
    const item = this.list.querySelector(`[data-id="${CSS.escape(id ?? "")}"]`);
    item?.setAttribute("aria-current", "true");
    item?.scrollIntoView({ block: "nearest" });
  }

  /* A row that changed, came or went. */
  update(id, row) {
    if (row) this.rows.set(id, row);
    else this.rows.delete(id);
    if (row && !this.order.includes(id)) this.order.splice(this.order.indexOf(this.current) + 1, 0, id);
    if (!row) this.order = this.order.filter((each) => each !== id);
    this.draw();
    this.mark(this.current);
  }

  draw() {
    this.list.replaceChildren(...this.order.slice(0, this.drawn).map((id) => item(this.rows.get(id))));
    this.count.textContent = this.order.length ? `${this.order.length} of ${this.rows.size} claims` : "no claim fits; change the filters";
    this.mark(this.current);
  }
}

function shows(row, show) {
  const decision = row.decision;
  if (show === "open") return !decision?.verdict;
  if (show === "corrected") return Boolean(decision?.corrected.length);
  if (show === "added") return row.added;
  if (show === "noted") return Boolean(decision?.note);
  if (show === "found") return row.worst !== "";
  return !show || decision?.verdict === show;
}

function item(row) {
  const li = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.id = row.id;
  button.tabIndex = -1;
  const verdict = row.decision?.verdict ?? "";
  button.append(
    part("sign", SIGNS[verdict] ?? "", verdict || "undecided"), part("number", row.value),
    part("names", [row.metric || row.kind, row.method, row.dataset].filter(Boolean).join(" · ")),
    part(`worst ${row.worst}`, { error: "✕", warning: "!", note: "i" }[row.worst] ?? "", row.worst && `${row.findings} findings, worst: ${row.worst}`),
    part("sure", row.added ? "new" : row.sure.toFixed(2)), part("title", row.title),
  );
  if (verdict) button.classList.add(verdict);
  li.append(button);
  return li;
}

function part(name, text, label = "") {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  if (label) {
    span.title = label;
    span.setAttribute("aria-label", label);
  }
  return span;
}
