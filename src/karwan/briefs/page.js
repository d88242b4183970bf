"use strict";
// Choosing an itinerary, sorting tables, opening parts. The page reads well without it.
(() => {
  const all = (root, what) => Array.from(root.querySelectorAll(what));

  for (const plan of all(document, ".plan")) {
    const marked = all(plan, "[data-way]");
    let kept = marked.find((e) => e.matches(".itinerary"))?.dataset.way;
    const show = (way) => {
      for (const e of marked) {
        const on = e.dataset.way === way;
        e.classList.toggle("on", on);
        if (e.matches("tr")) e.setAttribute("aria-selected", String(on));
        if (on && e.matches(".itinerary, .spot")) e.parentNode.append(e);
      }
    };
    for (const e of marked.filter((m) => m.matches("tr, .spot, .gateway"))) {
      const way = e.dataset.way;
      e.addEventListener("pointerenter", () => show(way));
      e.addEventListener("pointerleave", () => show(kept));
      e.addEventListener("focusin", () => show((kept = way)));
      e.addEventListener("click", () => show((kept = way)));
    }
    for (const [button, open] of [[".open-all", true], [".close-all", false]]) {
      plan.querySelector(button)?.addEventListener("click", () => {
        for (const part of all(plan, ".itinerary-part")) part.open = open;
      });
    }
    show(kept);
  }

  for (const table of all(document, "table.sortable")) {
    const heads = all(table, "thead th");
    const value = (row, i) => {
      const cell = row.cells[i];
      const text = cell.dataset.value ?? cell.textContent;
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    };
    heads.forEach((head, i) => {
      head.querySelector("button")?.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = Array.from(body.rows).sort((a, b) => {
          const [x, y] = [value(a, i), value(b, i)];
          const order = typeof x === "number" && typeof y === "number"
            ? x - y : String(x).localeCompare(String(y), "en");
          return down ? -order : order;
        });
        body.append(...rows);
      });
    });
  }

  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) if (e.matches("details")) e.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
