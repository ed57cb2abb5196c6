(() => {
  const form = document.getElementById("filters");
  const body = document.querySelector("tbody");
  const rows = [...body.rows].map(readRow);
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const articles = [...document.querySelectorAll("article")];
  const texts = new Map(articles.map((each) => [each, each.querySelector(".text").textContent.toLowerCase()]));
  const wide = matchMedia("(min-width: 901px)");
  const LEGEND = 46;  // px that stay above an article in its pane
  let current = null;
  let pinned = false;  // chosen by click or key, so that the mouse passing over others changes nothing

  /* A table row with all that it is filtered and sorted by. */
  function readRow(tr, order) {
    const names = (cell) => [...tr.querySelectorAll(cell)].map((each) => each.textContent.trim()).filter(Boolean);
    const number = tr.id.slice(1);
    return {
      tr, order, number,
      article: document.getElementById(`l${number}`).closest("article"),
      kind: tr.dataset.kind, role: tr.dataset.role, worst: tr.dataset.worst, review: tr.dataset.review,
      sure: Number(tr.dataset.sure), value: Number(tr.dataset.low),
      metric: names("td.metric"), method: names("td.method > span"), dataset: names("td.dataset > span"),
      text: tr.textContent.toLowerCase(),
    };
  }

  const fitsFinding = {
    "": () => true, error: (worst) => worst === "error", warning: (worst) => worst === "error" || worst === "warning",
    some: (worst) => worst !== "", none: (worst) => worst === "",
  };

  function filter() {
    const wanted = Object.fromEntries(new FormData(form));
    const search = wanted.search.trim().toLowerCase();
    const least = Number(wanted.least);
    const named = (names, part) => !part || names.some((name) => name.toLowerCase().includes(part.trim().toLowerCase()));
    let shown = 0;
    const withClaims = new Set();
    for (const row of rows) {
      const fits = (!wanted.kind || row.kind === wanted.kind) && (!wanted.role || row.role === wanted.role)
        && named(row.metric, wanted.metric) && named(row.method, wanted.method) && named(row.dataset, wanted.dataset)
        && row.sure >= least && fitsFinding[wanted.finding || ""](row.worst)
        && (!wanted.review || (wanted.review === "none" ? !row.review : row.review === wanted.review))
        && (!search || row.text.includes(search) || texts.get(row.article).includes(search));
      row.tr.hidden = !fits;
      shown += fits;
      if (fits) withClaims.add(row.article);
    }
    const ofClaims = ["kind", "role", "metric", "method", "dataset", "finding", "review"].some((name) => wanted[name]) || least > 0;
    let papers = 0;
    for (const article of articles) {
      const fits = withClaims.has(article) || (!ofClaims && texts.get(article).includes(search));
      article.hidden = !fits;
      papers += fits;
    }
    document.getElementById("count").value = `${counted(shown, "claim")} in ${counted(papers, "paper")}`;
    document.getElementById("least").value = least.toFixed(2);
    document.querySelector(".nothing").hidden = shown > 0;
    for (const button of document.querySelectorAll("[data-set]")) {
      button.setAttribute("aria-pressed", form.elements[button.dataset.set].value === button.dataset.to);
    }
    document.body.classList.toggle("no-names", !wanted.marks);
    markFound(search);
  }

  function counted(number, what) {
    return `${number} ${what}${number === 1 ? "" : "s"}`;
  }

  /* The words searched for, where the browser can paint them without touching the text. */
  function markFound(search) {
    if (!globalThis.CSS?.highlights) return;
    CSS.highlights.delete("found");
    if (search.length < 2) return;
    const ranges = [];
    for (const article of articles) {
      if (article.hidden) continue;
      const walker = document.createTreeWalker(article.querySelector(".text"), NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + search.length)) {
          ranges.push(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + search.length }));
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function sortBy(key) {
    const head = document.querySelector(`thead th.${key}`);
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const th of document.querySelectorAll("thead th")) th.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const of = { amount: (r) => r.value, sure: (r) => r.sure, paper: (r) => r.order };
    const keyOf = of[key] || ((row) => row[key].join(", ").toLowerCase());
    const sign = up ? 1 : -1;
    rows.sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      if (x === "" || y === "") return (x === "") - (y === "") || a.order - b.order;
      return (x < y ? -sign : x > y ? sign : 0) || a.order - b.order;
    });
    body.append(...rows.map((row) => row.tr));
  }

  function unlight() {
    if (!current) return;
    current.tr.classList.remove("on");
    document.getElementById(`l${current.number}`).classList.remove("on");
    letGo(current.article.querySelector(".text"));
    current = null;
    pinned = false;
  }

  /* Lights up a claim in table and text. `scroll`: "text" or "table", the side that comes to show it. */
  function light(row, scroll) {
    if (row !== current) {
      unlight();
      current = row;
      row.tr.classList.add("on");
      document.getElementById(`l${row.number}`).classList.add("on");
      if (scroll === "text" && wide.matches) row.article.parentElement.scrollTop = row.article.offsetTop - LEGEND;
      lightUp(row.article.querySelector(".text"), row.number);
    }
    if (scroll === "text") into(document.getElementById(`c${row.number}`));
    if (scroll === "table" && wide.matches) into(row.tr);
  }

  function into(element) {
    if (wide.matches) element.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const shown = rows.filter((row) => !row.tr.hidden);
    if (!shown.length) return;
    const at = shown.indexOf(current);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    light(next, "text");
    pinned = true;
    into(next.tr);
    next.tr.querySelector("a").focus({ preventScroll: !wide.matches });
  }

  function claimAt(target) {
    const number = target.closest("[data-v]")?.dataset.v.split(" ")[0] || target.closest("li[id^=l]")?.id.slice(1)
      || target.closest("tbody tr")?.id.slice(1);
    return byNumber.get(number);
  }

  document.querySelector("main").addEventListener("mouseover", (event) => {
    const row = claimAt(event.target);
    if (row && !pinned) light(row, "");
  });
  document.querySelector("main").addEventListener("focusin", (event) => {
    const row = claimAt(event.target);
    if (!row) return;
    light(row, event.target.closest("tbody") ? "text" : "");
    pinned = true;
  });
  document.querySelector("main").addEventListener("click", (event) => {
    const row = claimAt(event.target);
    if (!row) return;
    const inTable = event.target.closest("tbody");
    event.preventDefault();
    if (row.tr.hidden) form.reset();
    light(row, inTable ? "text" : "table");
    pinned = true;
    const goal = inTable ? document.getElementById(`c${row.number}`) : row.tr.querySelector("a");
    if (event.target.closest("a")) goal.focus({ preventScroll: wide.matches });
    else if (inTable && !wide.matches) goal.scrollIntoView({ block: "center" });
    try { history.replaceState(null, "", `#c${row.number}`); } catch { /* not every place lets a page do so */ }
  });
  document.querySelector("thead").addEventListener("click", (event) => {
    const button = event.target.closest("[data-sort]");
    if (button) sortBy(button.dataset.sort);
  });
  document.querySelector(".charts").addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    if (!button) return;
    const field = form.elements[button.dataset.set];
    field.value = field.value === button.dataset.to ? "" : button.dataset.to;
    filter();
  });
  document.querySelector("[data-clear]").addEventListener("click", () => form.reset());
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.activeElement.blur();
  });
  form.addEventListener("reset", () => setTimeout(filter));

  const keys = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    "/": () => form.elements.search.focus(),
    "?": () => document.getElementById("help").showModal(),
    m: () => { form.elements.marks.click(); },
    Escape: () => (current ? unlight() : form.reset()),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (typing && event.key === "Escape") event.target.blur();
    const act = !typing && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.getElementById("keys").addEventListener("click", keys["?"]);
  themeButton(document.getElementById("theme"));

  const bar = new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${form.offsetHeight}px`));
  bar.observe(form);
  addEventListener("resize", () => current && lightUp(current.article.querySelector(".text"), current.number));
  filter();
  const asked = byNumber.get(location.hash.slice(2));
  if (asked) { light(asked, "text"); into(asked.tr); }
})();
