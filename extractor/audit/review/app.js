/* The review: one claim at a time, every act sent to the server at once. */

import { act, see } from "./api.js";
import { keycap, Keys, NAMES } from "./keys.js";
import { CHOICES, drawPanel, element, MOVES } from "./panel.js";
import { Queue } from "./queue.js";
import { SLOTS, TextView } from "./text.js";

const byId = (id) => document.getElementById(id);
const LISTS = ["dataset", "baseline"];
const BAR = ["accept", "reject", "unsure", "note", "add", "undo", "redo", "previous", "next"];

const text = new TextView(byId("text"));
const keys = new Keys(byId("keys"), (own) => tried(() => act("keys", own)), drawBar);
const queue = new Queue(byId("queue"), byId("filters"), byId("listed"), (id) => tried(() => choose(id)));
let status = null;
let armed = null;  // the slot, or "add", that waits for words
let busy = Promise.resolve();
let underWay = 0;  // acts that wait or run
const ahead = [];  // keys pressed while others were still at work, the first first

const shown = () => text.paper?.claims.find((each) => each.id === queue.current) ?? null;
const settling = () => status.stage === "settle";

/* One thing after the other, so that quick keys keep their order; what is refused is said. */
function tried(what) {
  underWay += 1;
  busy = busy.then(what).catch((error) => hint(error.message, true)).finally(() => { underWay -= 1; });
  return busy;
}

function hint(words, isError = false) {
  byId("hint").textContent = words;
  byId("hint").classList.toggle("error", isError);
}

async function choose(id) {
  disarm();
  queue.mark(id);
  const paper = queue.rows.get(id)?.paper;
  if (paper && paper !== text.paper?.id) text.show(await see("paper", { id: paper }));
  draw();
}

function draw() {
  const claim = shown();
  drawPanel(byId("panel"), claim, keys, armed);
  const findings = text.paper?.findings.map((message) => element("p", "finding", message)) ?? [];
  byId("findings").replaceChildren(...findings);
  if (claim) text.light(text.paper.claims.indexOf(claim));
}

function drawStatus(now) {
  const stageBefore = status?.stage;
  status = now;
  const { verdicts } = status;
  const decided = verdicts.accept + verdicts.reject + verdicts.unsure;
  const all = status.claims + status.added;
  byId("run").textContent = status.run;
  const mine = status.reviewers.find((each) => each.name === status.me);
  const other = status.reviewers.find((each) => each.name !== status.me);
  byId("who").textContent = `${status.me}${other ? ` and ${other.name}${other.done ? ", who is done" : ", blind to each other"}` : ""}`;
  if (settling()) {
    byId("who").textContent = `${status.me} and ${other.name}, settling`;
    byId("bar").max = Math.max(1, queue.rows.size);
    byId("bar").value = queue.rows.size - status.unsettled;
    byId("counts").textContent = status.unsettled ? `${status.unsettled} differences to settle` : "all settled, outcome written";
  } else {
    byId("bar").max = all;
    byId("bar").value = decided;
    byId("counts").textContent = `${decided} of ${all}: ${verdicts.accept} accepted, ${verdicts.reject} rejected, ${verdicts.unsure} unsure`;
  }
  byId("finish").hidden = settling();
  byId("finish").textContent = mine.done ? "Reopen" : "I am done";
  byId("write").disabled = Boolean(other) && !settling();
  if (stageBefore && stageBefore !== status.stage) tried(load);
}

/* After an act: the claim that it touched is drawn anew, wherever it stands. */
async function apply({ touched, status: now }, stay = false) {
  if (touched) {
    queue.update(touched.id, touched.row);
    if (text.paper?.id === touched.paper) text.show(await see("paper", { id: touched.paper }));
    if (stay && touched.row) await choose(touched.id);
    else if (!touched.row && queue.current === touched.id) await choose(queue.next(0));
  }
  drawStatus(now);
  draw();
}

/* The claim's decision with something changed, as the server wants it. */
function changed(changes, corrections = {}) {
  const claim = shown();
  const before = claim.decision ?? claim.sides?.find((side) => side.decision)?.decision;
  const kept = claim.added ? {} : before?.corrections;
  return { claim: claim.id, verdict: before?.verdict ?? null, note: before?.note ?? "", ...changes, corrections: { ...kept, ...corrections } };
}

async function decide(verdict) {
  const next = queue.next(1);
  const said = { accept: "Accepted", reject: "Rejected", unsure: "Unsure about" }[verdict];
  const value = shown().claim.value.text;
  await apply(await act("decide", changed({ verdict })));
  await choose(next);
  hint(`${said} ${value}.`);
}

async function correct(field, content) {
  await apply(await act("decide", changed({}, { [field]: content })), true);
  hint(`${NAMES[field]} is set. ${keys.of("undo")} takes it back.`);
}

/* A slot waits for words: those selected already, else the fitting name nearest to the value. */
function arm(field) {
  const selected = text.selection();
  if (selected && armed !== field) return take(field, selected);
  armed = field;
  const candidates = field === "add" ? text.freeNumbers() : text.candidates(field, shown().claim.value);
  const now = field === "add" ? null : [shown().claim[field] ?? []].flat()[0];
  const first = now ?? candidates[0] ?? shown()?.claim.value ?? text.words[0];
  text.select(first);
  const what = field === "add" ? "New claim: select its number" : `${NAMES[field]}: select words`;
  hint(`${what}, then Enter. Tab: next that may fit, ← →: words, Shift: more${field === "add" ? "" : ", Del: none"}, Esc: leave.`);
  drawPanel(byId("panel"), shown(), keys, armed);
  return null;
}

function disarm() {
  if (!armed) return;
  armed = null;
  getSelection().removeAllRanges();
  hint("");
  drawPanel(byId("panel"), shown(), keys, armed);
}

async function take(field, span) {
  disarm();
  getSelection().removeAllRanges();
  if (field === "add") {
    await apply(await act("add", { paper: text.paper.id, ...span }), true);
    hint(`Added ${shown().claim.value.text}. Correct it, then accept it.`);
  } else if (LISTS.includes(field)) {
    const there = shown().claim[field];
    const others = there.filter((slot) => slot.start !== span.start || slot.end !== span.end);
    await correct(field, others.length < there.length ? others : [...there, span]);
  } else await correct(field, span);
}

function nextCandidate(by) {
  const now = text.selection();
  const spans = armed === "add" ? text.freeNumbers() : text.candidates(armed, shown().claim.value);
  if (!spans.length) return;
  const at = spans.findIndex((span) => now && span.start === now.start && span.end === now.end);
  text.select(spans[(at + by + spans.length) % spans.length]);
}

/* Resolves to a dialog's answer: the button's value, "" where it was left. */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });
}

async function chooseOption(field) {
  if (field === "direction" && !MOVES.includes(shown().claim.kind)) {
    throw new Error(`a ${shown().claim.kind} is a level and has no direction; change its kind first`);
  }
  const dialog = byId("chooser");
  const options = CHOICES[field];
  const early = options[Number(ahead[0]?.key) - 1];
  if (early !== undefined) {
    ahead.shift();
    return correct(field, early || null);
  }
  dialog.querySelector("h2").textContent = NAMES[field];
  dialog.querySelector("ol").replaceChildren(...options.map((option, index) => {
    const li = element("li"), button = element("button");
    button.value = `${index + 1}`;
    button.append(keycap(`${index + 1}`), ` ${option.replaceAll("_", " ") || "none"}`);
    button.addEventListener("click", () => dialog.close(button.value));
    button.autofocus = (shown().claim[field] ?? "") === option;
    if (button.autofocus) button.setAttribute("aria-current", "true");
    li.append(button);
    return li;
  }));
  const answer = await asked(dialog);
  return answer ? correct(field, options[Number(answer) - 1] || null) : null;
}

async function editValue() {
  const selected = text.selection();
  if (selected) {
    getSelection().removeAllRanges();
    return correct("value", selected);
  }
  const { start, end, low, high, unit } = shown().claim.value;
  const fields = byId("value").querySelector("form").elements;
  Object.assign(fields.low, { value: low });
  Object.assign(fields.high, { value: high });
  Object.assign(fields.unit, { value: unit });
  if ((await asked(byId("value"))) !== "save") return null;
  const [from, to] = [Number(fields.low.value), Number(fields.high.value)];
  if (Number.isNaN(from) || Number.isNaN(to)) throw new Error("a value is a number, such as 4.86 or 1.4e12");
  return correct("value", { start, end, low: from, high: to, unit: fields.unit.value.trim() });
}

async function note() {
  const field = byId("note").querySelector("textarea");
  field.value = shown().decision?.note ?? "";
  if ((await asked(byId("note"))) === "save") {
    await apply(await act("decide", changed({ note: field.value })));
    hint("Noted.");
  }
}

async function goBack(what) {
  const answer = await act(what);
  const { touched } = answer;
  if (!touched) throw new Error(`nothing to ${what}`);
  await apply(answer, true);
  hint(what === "undo" ? "Taken back." : "Done again.");
}

async function finish() {
  const mine = status.reviewers.find((each) => each.name === status.me);
  if (!mine.done) {
    const open = Number(byId("bar").max) - Number(byId("bar").value);
    const other = status.reviewers.find((each) => each.name !== status.me);
    const after = other
      ? `When ${other.name} is done too, you see each other's decisions and settle the differences; then nothing changes what either decided.`
      : "The outcome is written for compare, export and evaluate. You can reopen at any time.";
    byId("confirm-title").textContent = "Are you done?";
    byId("confirm").querySelector("p").textContent = `${open ? `${open} claims have no verdict yet. ` : ""}${after}`;
    if ((await asked(byId("confirm"))) !== "yes") return;
  }
  drawStatus(await act("finish", { done: !mine.done }));
  hint(mine.done ? "Open again." : "Done, and kept.");
}

async function write() {
  const { file, decisions, left_out: leftOut } = await act("write");
  const rest = leftOut ? ` ${leftOut} differences are left out until they are settled.` : "";
  hint(file ? `${decisions} decisions stand in ${file}.${rest}` : `Nothing changed since the outcome was written.${rest}`);
}

const needClaim = (what) => (...given) => {
  if (!shown()) throw new Error("choose a claim first");
  return what(...given);
};
const acts = {
  accept: needClaim(() => decide("accept")), reject: needClaim(() => decide("reject")), unsure: needClaim(() => decide("unsure")),
  note: needClaim(note), value: needClaim(editValue), add: () => arm("add"), undo: () => goBack("undo"), redo: () => goBack("redo"),
  next: () => choose(queue.next(1)), previous: () => choose(queue.next(-1)),
  left: needClaim(() => takeSide(0)), right: needClaim(() => takeSide(1)),
  search: () => byId("filters").elements.search.focus(), help: () => { keys.draw(); byId("keys").showModal(); },
};
for (const field of SLOTS) acts[field] = needClaim(() => arm(field));
for (const field of Object.keys(CHOICES)) acts[field] = needClaim(() => chooseOption(field));

async function takeSide(side) {
  if (!settling()) throw new Error("there are no sides before both reviewers are done");
  const next = queue.next(1);
  await apply(await act("take", { claim: queue.current, side }));
  await choose(next);
  hint(`Settled as ${status.reviewers[side].name} has it.`);
}

function drawBar() {
  const wanted = status && settling() ? ["left", "right", ...BAR] : BAR;
  byId("actions").replaceChildren(...wanted.map((action) => {
    const button = element("button");
    button.type = "button";
    button.dataset.act = action;
    const side = { left: 0, right: 1 }[action];
    button.append(side === undefined ? NAMES[action] : `As ${status.reviewers[side].name}`, " ", keycap(keys.of(action)));
    return button;
  }));
  byId("help").replaceChildren("Keys ", keycap(keys.of("help")));
  if (status) draw();
}

async function drawAgreement() {
  byId("agreement").hidden = !settling();
  if (!settling()) return;
  const { fields } = await see("agreement");
  const table = element("table");
  const head = element("tr");
  for (const name of ["Before settling", "claims", "agree", "κ"]) head.append(element("th", "", name));
  table.append(head, ...fields.map((row) => {
    const tr = element("tr");
    const share = row.observed === null ? "" : `${Math.round(100 * row.observed)} %`;
    tr.append(element("th", "", row.field), element("td", "", `${row.claims}`), element("td", "", share),
      element("td", "", row.kappa === null ? "–" : row.kappa.toFixed(2)));
    return tr;
  }));
  byId("agreement").replaceChildren(table);
}

async function load() {
  status = await see("status");
  keys.use(status.keys);
  text.clear();
  queue.load(await see("queue"));
  await choose(queue.current);
  drawStatus(await see("status"));
  drawBar();
  await drawAgreement();
  if (!queue.order.length && settling()) hint("You agree on everything; the outcome is written.");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) tried(acts[button.dataset.act]);
});
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-act]")) event.preventDefault();  // keeps the selection in the text
});
byId("text").addEventListener("mouseup", () => {
  const selected = text.selection();
  if (selected && armed) tried(() => take(armed, selected));
  else if (selected) hint(`“${text.said(selected)}” is selected: press the key of a slot, or ${keys.of("add")} for a new claim.`);
});
byId("text").addEventListener("click", (event) => {
  const value = event.target.closest("[data-v]");
  if (value && !text.selection() && !armed) tried(() => choose(text.paper.claims[Number(value.dataset.v.split(" ")[0])].id));
});
byId("finish").addEventListener("click", () => tried(finish));
byId("write").addEventListener("click", () => tried(write));
byId("note").querySelector("textarea").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    byId("note").close("save");
  }
});
byId("chooser").addEventListener("keydown", (event) => {
  const button = byId("chooser").querySelector(`button[value="${CSS.escape(event.key)}"]`);
  if (button) byId("chooser").close(event.key);
});

const whileArmed = {
  ArrowLeft: (event) => text.moveWord(-1, event.shiftKey), ArrowRight: (event) => text.moveWord(1, event.shiftKey),
  Tab: (event) => nextCandidate(event.shiftKey ? -1 : 1), Escape: disarm,
  Enter: () => { const span = text.selection(); return span && take(armed, span); },
  Delete: () => { const field = armed; disarm(); return field !== "add" && correct(field, LISTS.includes(field) ? [] : null); },
};
whileArmed.Backspace = whileArmed.Delete;
const always = { ArrowDown: acts.next, ArrowUp: acts.previous };

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.matches("input, select, textarea");
  if (typing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, shiftKey } = event;
  if (!always[key] && !keys.action(key) && !((armed || underWay) && whileArmed[key])) return;
  event.preventDefault();
  const stroke = { key, shiftKey };
  ahead.push(stroke);
  tried(() => {
    if (ahead[0] !== stroke) return null;  // a choice took it
    ahead.shift();
    return ((armed && whileArmed[key]) || always[key] || acts[keys.action(key)])?.(stroke);
  });
});

addEventListener("resize", () => shown() && text.light(text.paper.claims.indexOf(shown())));
addEventListener("focus", () => tried(async () => drawStatus(await see("status"))));
globalThis.themeButton(byId("theme"));
tried(load);
