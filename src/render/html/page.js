"use strict";
// Only what needs a script: search, filters, and arrow keys in the matrix. It writes no markup.
(() => {
  const form = document.getElementById("filters");
  const search = document.getElementById("search");
  const selects = Array.from(form.querySelectorAll("select"));
  const status = document.getElementById("count");
  const entries = Array.from(document.querySelectorAll("#list > details"));
  const texts = new Map();

  const text = (entry) => {
    if (!texts.has(entry)) texts.set(entry, entry.textContent.toLowerCase());
    return texts.get(entry);
  };

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = selects.filter((select) => select.value !== "");
    let shown = 0;
    for (const entry of entries) {
      const fits =
        chosen.every((select) => entry.dataset[select.dataset.by] === select.value) &&
        words.every((word) => text(entry).includes(word));
      entry.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    const number = (value) => value.toLocaleString("en");
    status.textContent = `${number(shown)} of ${number(entries.length)} exchanges shown`;
  };

  const clear = () => {
    search.value = "";
    for (const select of selects) select.value = "";
  };

  const choose = (name, value) => {
    for (const select of selects) if (select.dataset.by === name) select.value = value;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    apply();
  });
  form.hidden = false;
  apply();

  // A link to an exchange opens it, whatever the filters hide.
  const reveal = () => {
    const entry = document.getElementById(location.hash.slice(1));
    if (!entry || entry.parentElement.id !== "list") return;
    if (entry.hidden) {
      clear();
      apply();
    }
    entry.open = true;
    entry.scrollIntoView();
    entry.querySelector("summary").focus();
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  // A cell of the matrix shows its exchanges. A link to where one is already changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash === location.hash) reveal();
    const cell = event.target.closest("table.heat a");
    if (!cell) return;
    event.preventDefault();
    clear();
    choose("operation", cell.dataset.operation);
    choose("cause", cell.dataset.cause);
    apply();
    document.getElementById("exchanges").scrollIntoView();
    search.focus({ preventScroll: true });
  });

  // One stop of the tab key a matrix; the arrow keys move in it.
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  for (const table of document.querySelectorAll("table.heat")) {
    const rows = Array.from(table.tBodies[0].rows, (row) => Array.from(row.cells, (cell) => cell.querySelector("a")));
    const links = rows.flat().filter(Boolean);
    links.forEach((link, index) => (link.tabIndex = index === 0 ? 0 : -1));
    table.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      let row = rows.findIndex((cells) => cells.includes(event.target));
      if (!step || row < 0) return;
      event.preventDefault();
      let column = rows[row].indexOf(event.target);
      do {
        row += step[0];
        column += step[1];
      } while (rows[row] && column in rows[row] && !rows[row][column]);
      const next = rows[row] && rows[row][column];
      if (!next) return;
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }
})();
