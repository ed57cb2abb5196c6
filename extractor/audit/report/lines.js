"use strict";
/* Lights up a claim in its text: the value, and a line from it to every slot, each with its field's name.
   Pieces say in data-v which claims' value they are, in data-s ("12:method 13:baseline") whose slots. */

const FIELD_NAMES = { baseline: "against" };

function lightUp(text, number) {
  letGo(text);
  const value = text.querySelector(`[data-v~="${number}"]`);
  if (!value) return;
  const svg = shape("svg", { class: "lines", "aria-hidden": "true" });
  for (const piece of text.querySelectorAll(`[data-v~="${number}"]`)) piece.classList.add("lit");
  let before = null;
  for (const piece of text.querySelectorAll("[data-s]")) {
    const fields = piece.dataset.s.split(" ").filter((each) => each.startsWith(`${number}:`));
    if (!fields.length) continue;
    const field = fields[0].split(":")[1];
    piece.classList.add("lit", field);
    piece.dataset.lit = field;
    const goesOn = before && before.dataset.lit === field && before.nextElementSibling === piece
      && before.nextSibling === piece;
    if (!goesOn) svg.append(lineTo(text, value, piece, field));
    before = piece;
  }
  text.append(svg);
  for (const tag of svg.querySelectorAll("text")) {
    tag.previousSibling.setAttribute("width", tag.getComputedTextLength() + 8);
  }
}

function letGo(text) {
  for (const piece of text.querySelectorAll(".lit")) {
    piece.classList.remove("lit");
    if (piece.dataset.lit) piece.classList.remove(piece.dataset.lit);
    delete piece.dataset.lit;
  }
  for (const svg of text.querySelectorAll("svg.lines")) svg.remove();
}

function lineTo(text, value, piece, field) {
  const origin = text.getBoundingClientRect();
  const from = value.getClientRects()[0];
  const to = piece.getClientRects()[0];
  const start = { x: from.left + from.width / 2 - origin.left, y: from.top - origin.top };
  const end = { x: to.left + Math.min(to.width, 60) / 2 - origin.left, y: to.top - origin.top };
  const top = end.y;
  const group = shape("g", { class: field });
  let bend = [-13, -13];
  if (Math.abs(to.top - from.top) >= from.height) {
    const below = to.top > from.top;
    if (below) start.y += from.height;
    end.y += below ? -12 : to.height;
    bend = [(end.y - start.y) / 2, (start.y - end.y) / 2];
  }
  group.append(
    shape("path", {
      d: `M${start.x},${start.y} C${start.x},${start.y + bend[0]} ${end.x},${end.y + bend[1]} ${end.x},${end.y}`,
    }),
    shape("circle", { cx: start.x, cy: start.y, r: 2.5 }),
    shape("rect", { x: to.left - origin.left - 2, y: top - 12, width: 10, height: 12, rx: 3 }),
    shape("text", { x: to.left - origin.left + 2, y: top - 3 }, FIELD_NAMES[field] || field),
  );
  return group;
}

function shape(name, attributes, content) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (content) element.textContent = content;
  return element;
}

/* Light or dark: as the system is set, until a person chooses; what they chose is kept where it can be. */
function themeButton(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* a page from disk may have no storage */ }
  const show = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", dark);
  };
  system.addEventListener("change", show);
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", chosen); } catch { /* not kept */ }
    show();
  });
  show();
}
