// Copyright (c) the safeguards contributors.
// Licensed under the MIT License.
// The third part of the script that page-rows.js begins: what people do on the page.

  // ---- a row by its id ----

  const reveal = (id) => {
    all();
    if (!known.has(id)) return false;
    chosen = { ...nothing(), view: chosen.view };
    show();
    let body = byId(id);
    if (!body) {
      // Far down among thousands: it comes first, so that not all before it must be drawn.
      const row = known.get(id);
      matching.rows = [row, ...matching.rows.filter((one) => one !== row)];
      redraw();
      body = byId(id);
    }
    body.querySelector("details").open = true;
    fill(body);
    for (const one of document.querySelectorAll("tbody.here")) one.classList.remove("here");
    body.classList.add("here");
    body.scrollIntoView({ block: "start" });
    // The browser's own way to a fragment takes the focus away again.
    setTimeout(() => body.querySelector("summary").focus({ preventScroll: true }), 0);
    return true;
  };
  const follow = (scrolls) => {
    const id = decoded(location.hash.slice(1));
    if (/^f-[0-9a-f]+(-\d+)?$/.test(id) && reveal(id)) return;
    const next = read(location.hash) || (location.hash.length > 1 ? null : nothing());
    if (!next) return;
    chosen = next;
    show();
    if (scrolls) {
      byId("list-title").focus({ preventScroll: true });
      byId("rows").scrollIntoView({ block: "start" });
    }
  };

  // ---- files ----

  const saved = () => matching.rows.map((row) => {
    const kept = {};
    for (const name of [...names.plain, ...names.strings, ...names.texts]) kept[name] = row[name];
    return kept;
  });
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const csvCell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    // A spreadsheet takes text that begins so for a formula.
    if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const asCsv = (rows) => {
    const header = [...names.plain, ...names.strings, ...names.texts];
    return [header, ...rows.map((row) => header.map((name) => row[name]))]
      .map((line) => line.map(csvCell).join(","))
      .join("\r\n")
      .concat("\r\n");
  };
  const fileName = (ending) => `safeguards-${data.page}.${ending}`;

  const copy = async (button) => {
    const source = button.parentElement.querySelector("code");
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  };

  // ---- print ----

  let closed = [];
  let buttons = [];
  const beforePrint = () => {
    // A head with controls in it is not repeated on every sheet.
    buttons = [...document.querySelectorAll("thead button")].map((button) => [button.parentElement, button]);
    for (const [head, button] of buttons) head.replaceChildren(button.textContent);
    if (matching && drawn < matching.rows.length) draw(matching.rows.length);
    closed = [];
    for (const details of document.querySelectorAll("details")) {
      if (table.contains(details)) fill(details.closest("tbody"));
      if (!details.open) {
        closed.push(details);
        details.open = true;
      }
    }
  };
  const afterPrint = () => {
    for (const details of closed) details.open = false;
    for (const [head, button] of buttons) head.replaceChildren(button);
  };

  // ---- start ----

  document.documentElement.classList.add("js");
  for (const section of sections.values()) makeHeads(section.querySelector("table"), "gsort");
  makeHeads(table, "sort");
  byId("tools").hidden = false;
  for (const section of document.querySelectorAll("main > section:not(#rows)")) copyable(section);
  byId("search").addEventListener("input", (event) => go({ ...chosen, q: event.target.value }, true));
  for (const chip of document.querySelectorAll("button[data-s]"))
    chip.addEventListener("click", () => {
      const flag = chip.dataset.s.startsWith("flag:");
      const id = flag ? chip.dataset.s.slice(5) : chip.dataset.s;
      const had = flag ? chosen.flags : chosen.states;
      const has = had.includes(id) ? had.filter((one) => one !== id) : [...had, id];
      go({ ...chosen, [flag ? "flags" : "states"]: has });
    });
  byId("more").addEventListener("click", () => {
    const last = table.tBodies[table.tBodies.length - 1];
    draw(drawn + atOnce);
    last.nextElementSibling?.querySelector("summary").focus();
  });
  byId("save-csv").addEventListener("click", () => save(fileName("csv"), "text/csv", asCsv(saved())));
  byId("save-json").addEventListener("click", () =>
    save(fileName("json"), "application/json", `${JSON.stringify(saved(), null, 1)}\n`),
  );
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-c]");
    if (button) copy(button);
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hash = link.getAttribute("href");
    if (!read(hash) && !/^#f-/.test(hash)) return;
    event.preventDefault();
    try {
      if (hash !== location.hash) history.pushState(null, "", hash);
    } catch {
      location.hash = hash;
    }
    follow(!link.dataset.v);
  });
  table.addEventListener("toggle", (event) => fill(event.target.closest("tbody")), true);
  addEventListener("popstate", () => follow(false));
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  chosen = read(location.hash) || nothing();
  show();
  if (location.hash.length > 1) follow(false);
  // So that the first letter in the search field finds its words ready.
  setTimeout(() => all().forEach(haystack), 0);
})();
