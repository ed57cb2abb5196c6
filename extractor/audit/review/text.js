/* A paper's text with its marks, and what is selected in it. Offsets are those of the records: code points of
   title, newline, abstract. Text only ever becomes text nodes. */

const WORD = /[\p{L}\p{N}\p{M}]+(?:[-'’.+%@/\\][\p{L}\p{N}\p{M}]+)*[%+\\]*|[^\s]/gu;
const LABELS = { metric: "METRIC", method: "METHOD", baseline: "METHOD", dataset: "DATASET", task: "TASK" };
export const SLOTS = ["metric", "method", "dataset", "baseline", "task", "condition"];

export function slotsOf(claim) {
  return SLOTS.flatMap((field) => [claim[field] ?? []].flat().map((slot) => [field, slot]));
}

export class TextView {
  constructor(box) {
    this.box = box;
    this.paper = null;
  }

  show(paper) {
    this.paper = paper;
    this.points = Array.from(paper.text);
    const lineEnd = Array.from(paper.title).length;
    const title = document.createElement("h2");
    const abstract = document.createElement("p");
    abstract.className = "abstract";
    for (const [start, end] of this.cuts(lineEnd)) {
      if (start === lineEnd) continue;
      (end <= lineEnd ? title : abstract).append(this.piece(start, end));
    }
    this.box.replaceChildren(title, abstract);
    this.words = wordsOf(paper.text);
  }

  clear() {
    this.paper = null;
    this.box.replaceChildren();
  }

  cuts(lineEnd) {
    const cuts = new Set([0, lineEnd, lineEnd + 1, this.points.length]);
    const spans = [...this.paper.mentions];
    for (const { claim } of this.paper.claims) spans.push(claim.sentence, claim.value, ...slotsOf(claim).map(([, slot]) => slot));
    for (const { start, end } of spans) cuts.add(start).add(end);
    const bounds = [...cuts].filter((at) => at <= this.points.length).sort((a, b) => a - b);
    return bounds.slice(1).map((end, i) => [bounds[i], end]);
  }

  piece(start, end) {
    const over = (span) => span.start <= start && end <= span.end;
    const span = document.createElement("span");
    span.dataset.start = start;
    span.textContent = this.points.slice(start, end).join("");
    const mention = this.paper.mentions.find(over);
    if (mention) span.classList.add("name", mention.label, ...(mention.proposed ? ["own"] : []));
    const values = [], slots = [];
    this.paper.claims.forEach(({ claim }, index) => {
      if (over(claim.value)) values.push(index);
      for (const [field, slot] of slotsOf(claim)) if (over(slot)) slots.push(`${index}:${field}`);
    });
    if (values.length) {
      span.className = "value";
      span.dataset.v = values.join(" ");
      const verdict = this.paper.claims[values[0]].decision?.verdict;
      if (verdict) span.classList.add(verdict);
    }
    if (slots.length) span.dataset.s = slots.join(" ");
    return span;
  }

  /* Shows a claim: its sentence in full ink, lines to its slots. */
  light(index) {
    const { start, end } = this.paper.claims[index].claim.sentence;
    for (const piece of this.box.querySelectorAll("[data-start]")) {
      const at = Number(piece.dataset.start);
      piece.classList.toggle("here", start <= at && at < end);
    }
    globalThis.lightUp(this.box, index);
    this.box.querySelector(`[data-v~="${index}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /* {start, end} of the native selection in this text, without blanks at its ends; null if there is none. */
  selection() {
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    if (!range || range.collapsed || !this.box.contains(range.commonAncestorContainer)) return null;
    let start = this.offset(range.startContainer, range.startOffset);
    let end = this.offset(range.endContainer, range.endOffset);
    while (start < end && /\s/u.test(this.points[start])) start += 1;
    while (end > start && /\s/u.test(this.points[end - 1])) end -= 1;
    return start < end ? { start, end } : null;
  }

  offset(node, at) {
    if (node.nodeType === Node.TEXT_NODE) {
      return Number(node.parentElement.dataset.start) + Array.from(node.data.slice(0, at)).length;
    }
    const next = node.childNodes[at];
    const piece = next?.nodeType === Node.ELEMENT_NODE && (next.matches("[data-start]") ? next : next.querySelector("[data-start]"));
    if (piece) return Number(piece.dataset.start);
    const before = [...this.box.querySelectorAll("[data-start]")].filter(
      (each) => node.compareDocumentPosition(each) & (Node.DOCUMENT_POSITION_PRECEDING | Node.DOCUMENT_POSITION_CONTAINED_BY));
    const last = before.at(-1);
    return last ? Number(last.dataset.start) + Array.from(last.textContent).length : 0;
  }

  select({ start, end }) {
    const from = this.place(start, false), to = this.place(end, true);
    if (from && to) getSelection().setBaseAndExtent(from.node, from.at, to.node, to.at);
    from?.node.parentElement.scrollIntoView({ block: "nearest" });
  }

  place(offset, asEnd) {
    for (const piece of this.box.querySelectorAll("[data-start]")) {
      const start = Number(piece.dataset.start), points = Array.from(piece.textContent);
      if (asEnd ? start < offset && offset <= start + points.length : start <= offset && offset < start + points.length) {
        return { node: piece.firstChild, at: points.slice(0, offset - start).join("").length };
      }
    }
    return null;
  }

  said({ start, end }) {
    return this.points.slice(start, end).join("");
  }

  /* Moves the selection a word on or back; with `extend`, its end alone. */
  moveWord(by, extend) {
    const now = this.selection();
    if (!now) return;
    const first = this.words.findIndex((word) => word.end > now.start);
    const last = this.words.findLastIndex((word) => word.start < now.end);
    const clamp = (at) => Math.min(this.words.length - 1, Math.max(0, at));
    if (extend) this.select({ start: now.start, end: this.words[Math.max(first, clamp(last + by))].end });
    else this.select(this.words[clamp(by > 0 ? last + 1 : first - 1)]);
  }

  /* What may fill a field, the nearest to `value` first. */
  candidates(field, value) {
    const label = LABELS[field];
    const names = this.paper.mentions.filter((mention) => !label || mention.label === label);
    const far = (span) => (span.start >= value.end ? span.start - value.end : value.start - span.end);
    return names.sort((a, b) => far(a) - far(b));
  }

  /* Numbers that no claim has yet, in order. */
  freeNumbers() {
    const taken = this.paper.claims.map(({ claim }) => claim.value);
    return this.words.filter((word) => /\p{Nd}/u.test(this.said(word))
      && !taken.some((value) => word.start < value.end && value.start < word.end));
  }
}

function wordsOf(text) {
  const points = [];  // UTF-16 index -> code points before it
  let count = 0;
  for (const point of text) {
    for (let unit = 0; unit < point.length; unit += 1) points.push(count);
    count += 1;
  }
  points.push(count);
  return [...text.matchAll(WORD)].map((match) => ({ start: points[match.index], end: points[match.index + match[0].length] }));
}
