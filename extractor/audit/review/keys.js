/* Which key does what: the keys at first, a person's own, and the dialog that changes them. */

export const ACTIONS = [
  ["accept", "Accept", "v"], ["reject", "Reject", "x"], ["unsure", "Unsure", "u"], ["note", "Note", "n"],
  ["add", "Add claim", "a"], ["undo", "Undo", "z"], ["redo", "Redo", "y"], ["previous", "Previous", "k"], ["next", "Next", "j"],
  ["metric", "Metric", "1"], ["method", "Method", "2"], ["dataset", "Dataset", "3"], ["baseline", "Against", "4"],
  ["task", "Task", "5"], ["condition", "Condition", "6"], ["kind", "Kind", "7"], ["role", "Role", "8"],
  ["qualifier", "Qualifier", "9"], ["direction", "Direction", "0"], ["value", "Value", "e"],
  ["left", "Take the left", "["], ["right", "Take the right", "]"], ["search", "Search", "/"], ["help", "Keys", "?"],
];
export const NAMES = Object.fromEntries(ACTIONS.map(([action, name]) => [action, name]));
const FIRST = Object.fromEntries(ACTIONS.map(([action, , key]) => [action, key]));
const RESERVED = ["Enter", "Escape", "Tab", "Delete", "Backspace", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Shift", "Control", "Alt", "Meta", " "];

export class Keys {
  /* `save` gets the changed keys; `changed` is called when they are in force. */
  constructor(dialog, save, changed) {
    Object.assign(this, { dialog, save, changed, own: {}, waiting: null });
    dialog.addEventListener("keydown", (event) => this.pressed(event));
    dialog.addEventListener("close", () => { this.waiting = null; });
    dialog.querySelector("#keys-reset").addEventListener("click", () => this.use({}, true));
    dialog.querySelector(".map").addEventListener("click", (event) => {
      this.waiting = event.target.closest("button")?.dataset.action ?? null;
      this.draw();
    });
  }

  use(own, save = false) {
    this.own = own;
    if (save) this.save(own);
    this.changed();
    this.draw();
  }

  of(action) {
    return this.own[action] || FIRST[action];
  }

  action(key) {
    return ACTIONS.map(([action]) => action).find((action) => this.of(action) === key);
  }

  pressed(event) {
    if (!this.waiting || event.key === "Tab") return;
    event.preventDefault();
    const other = this.action(event.key);
    let problem = "";
    if (event.key === "Escape") this.waiting = null;
    else if (event.ctrlKey || event.metaKey || event.altKey || RESERVED.includes(event.key)) problem = `${event.key} has a meaning of its own; choose another key`;
    else if (other && other !== this.waiting) problem = `${event.key} is for ${NAMES[other]}; change that one first`;
    else {
      const action = this.waiting;
      this.waiting = null;
      this.use({ ...this.own, [action]: event.key }, true);
    }
    this.draw(problem);
  }

  draw(problem = "") {
    const buttons = ACTIONS.map(([action, name]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.action = action;
      button.append(name, " ", keycap(this.waiting === action ? "press a key" : this.of(action)));
      button.setAttribute("aria-pressed", this.waiting === action);
      return button;
    });
    const focused = this.dialog.querySelector(".map :focus")?.dataset.action;
    this.dialog.querySelector(".map").replaceChildren(...buttons);
    this.dialog.querySelector(`.map [data-action="${focused}"]`)?.focus();
    this.dialog.querySelector("#keys-problem").textContent = problem;
  }
}

export function keycap(key) {
  const cap = document.createElement("kbd");
  cap.textContent = key;
  return cap;
}
