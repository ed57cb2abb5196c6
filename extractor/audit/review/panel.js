/* The chosen claim, field by field; when settling, what each of two people said beside what is settled. */

import { keycap, NAMES } from "./keys.js";
import { SLOTS } from "./text.js";

export const CHOICES = {
  kind: ["score", "gain", "speedup", "compression", "efficiency", "measure", "scale", "other"],
  role: ["result", "reference", "background"],
  qualifier: ["exact", "up_to", "at_least", "at_most", "approx", "average"],
  direction: ["increase", "decrease", ""],
};
export const MOVES = ["gain", "speedup", "compression", "efficiency"];
const FIELDS = ["value", ...SLOTS, ...Object.keys(CHOICES)];

export function drawPanel(box, shown, keys, armed) {
  if (!shown) {
    box.replaceChildren(element("p", "none", "No claim is chosen."));
    return;
  }
  const { claim, decision, sides, differs = [] } = shown;
  const head = element("h2", "", claim.value.text);
  head.append(" ", element("small", "", shown.added ? "added by hand" : `${claim.confidence.toFixed(2)} sure`));
  const parts = [head, verdictLine(shown)];
  for (const finding of shown.findings) {
    const line = element("p", `finding ${finding.severity}`, finding.message);
    line.prepend(element("b", "", finding.severity), " ");
    parts.push(line);
  }
  const table = element("table", sides ? "fields sides" : "fields");
  if (sides) table.append(headRow(sides));
  const body = element("tbody");
  if (sides) body.append(sideVerdicts(sides, decision, differs));
  for (const field of FIELDS) body.append(fieldRow(field, shown, keys, armed));
  table.append(body);
  parts.push(table);
  if (decision?.note) parts.push(element("p", "said", `Note: ${decision.note}`));
  for (const side of sides ?? []) if (side.decision?.note) parts.push(element("p", "said", `${side.by}: ${side.decision.note}`));
  box.replaceChildren(...parts);
}

function verdictLine({ decision, sides }) {
  const words = { accept: "✓ accepted", reject: "✕ rejected", unsure: "? unsure" };
  const verdict = decision?.verdict;
  const line = element("p", `verdict ${verdict ?? ""}`, words[verdict] ?? (sides ? "not settled yet" : "undecided"));
  if (decision && sides) line.append(` by ${decision.by}`);
  return line;
}

function headRow(sides) {
  const head = element("thead"), row = element("tr");
  row.append(element("th", ""), element("th", "", "Settled"), ...sides.map((side) => element("th", "", side.by)));
  head.append(row);
  return head;
}

function sideVerdicts(sides, decision, differs) {
  const row = element("tr", differs.includes("verdict") ? "differs" : "");
  row.append(element("th", "", "Verdict"), element("td", "", decision?.verdict ?? ""), ...sides.map((side) => element("td", "", side.verdict ?? "undecided")));
  return row;
}

function fieldRow(field, shown, keys, armed) {
  const row = element("tr", armed === field ? "armed" : "");
  const differs = shown.differs?.includes(field);
  if (differs) row.classList.add("differs");
  const head = element("th"), button = element("button", `field ${field}`);
  head.scope = "row";
  button.type = "button";
  button.dataset.act = field;
  button.append(keycap(keys.of(field)), " ", element("span", "key", NAMES[field]));
  if (differs) button.append(element("span", "unequal", " ≠"));
  head.append(button);
  const open = shown.sides && !shown.decision;
  const cell = element("td", "", open ? "" : said(shown.claim, field));
  if (!open && !cell.textContent) cell.append(element("span", "empty", field === "direction" && !MOVES.includes(shown.claim.kind) ? "a level has none" : "—"));
  if (shown.decision?.corrected.includes(field)) cell.append(element("span", "by-hand", " ✎ yours"));
  row.append(head, cell, ...(shown.sides ?? []).map((side) => element("td", "", side.claim ? said(side.claim, field) : "—")));
  return row;
}

/* A field's content in words: the canonical name, and the written form where it is another. */
export function said(claim, field) {
  const content = claim[field];
  if (field === "value") {
    const numbers = content.low === content.high ? `${content.low}` : `${content.low} to ${content.high}`;
    return `${content.text} = ${numbers} ${content.unit}`.trim();
  }
  if (!SLOTS.includes(field)) return (content ?? "").replaceAll("_", " ");
  const name = (slot) => (slot.name && slot.name !== slot.text ? `${slot.name} (${slot.text})` : slot.text);
  return [content ?? []].flat().map(name).join(", ");
}

export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}
