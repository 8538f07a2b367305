// Copyright (c) the safeguards contributors.
// Licensed under the MIT License.
// Finds, sorts and opens the rows of a page. All that is chosen stands in the address, after `#`: a view, then
// `key=value` pairs; or the id of one row. Text reaches the page by textContent alone.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("safeguards-data").textContent);
  const { columns, views, atOnce } = data.show;
  const stateOf = new Map(data.states.map((state, rank) => [state.id, { ...state, rank }]));
  const viewOf = new Map(views.map((view) => [view.id, view]));
  const sections = new Map([...document.querySelectorAll("section[data-v]")].map((one) => [one.dataset.v, one]));
  const filterKeys = [...new Set(views.flatMap((view) => view.keys))];
  const table = byId("list");
  const first = [...table.tBodies];
  const number = (value) => value.toLocaleString("en-US");
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  // ---- text ----

  const unseen = new RegExp(
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f" +
      "\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb\\ufdd0-\\ufdef\\ufffe\\uffff\\u{d800}-\\u{dfff}\\u{e0000}-\\u{e0fff}]",
    "gu",
  );
  const visible = (text) =>
    text.replace(unseen, (found) => {
      const code = found.codePointAt(0);
      const digits = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
      return `\\${digits[0]}${code.toString(16).padStart(digits[1], "0")}`;
    });
  const put = (element, text) => {
    element.textContent = visible(text);
  };

  // ---- rows ----

  const names = data.columns;
  const texts = (cell) => {
    const parts = data.texts[cell[0]];
    let text = parts[0];
    for (let index = 1; index < parts.length; index += 1) text += data.strings[cell[index]] + parts[index];
    return text;
  };
  const unpack = (line) => {
    const row = {};
    let at = 0;
    for (const name of names.plain) row[name] = line[at++];
    for (const name of names.strings) row[name] = data.strings[line[at++]];
    for (const name of names.texts) row[name] = texts(line[at++]);
    row.object = row.kind && row.name ? `${row.kind}/${row.name}` : row.kind || row.name || "";
    row.where = row.file && row.line ? `${row.file}:${row.line}` : row.file || "";
    row.rank = stateOf.get(row.state).rank;
    return row;
  };
  const known = new Map();
  let unpacked = null;
  const all = () => {
    if (!unpacked) {
      unpacked = data.rows.map(unpack);
      for (const row of unpacked) known.set(row.id, row);
    }
    return unpacked;
  };
  const shown = (row, key) => (row[key] === null || row[key] === undefined ? "" : String(row[key]));
  const haystack = (row) => {
    if (row.words === undefined) {
      const guide = data.policies[row.policy];
      const said = [stateOf.get(row.state).label, guide ? guide.title : "", row.object, row.where];
      for (const name of [...names.strings, ...names.texts]) said.push(row[name]);
      row.words = said.join("\n").toLowerCase();
    }
    return row.words;
  };

  // ---- the address ----

  const nothing = () => ({ view: views[0].id, q: "", states: [], flags: [], sort: "", gsort: "", only: {} });
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const read = (hash) => {
    const [head, ...pairs] = hash.replace(/^#/, "").split("&");
    if (!viewOf.has(head)) return null;
    const chosen = { ...nothing(), view: head };
    for (const pair of pairs) {
      const cut = pair.indexOf("=");
      const key = cut < 0 ? pair : pair.slice(0, cut);
      const value = cut < 0 ? "" : decoded(pair.slice(cut + 1));
      if (key === "q" || key === "sort" || key === "gsort") chosen[key] = value;
      else if (key === "state") chosen.states = value.split(",").filter((one) => stateOf.has(one));
      else if (key === "flag") chosen.flags = value.split(",").filter((one) => data.flags.some((flag) => flag.id === one));
      else if (filterKeys.includes(key)) chosen.only[key] = value;
    }
    return chosen;
  };
  const write = (chosen) => {
    const pairs = Object.entries(chosen.only);
    if (chosen.states.length) pairs.push(["state", chosen.states.join(",")]);
    if (chosen.flags.length) pairs.push(["flag", chosen.flags.join(",")]);
    for (const key of ["q", "sort", "gsort"]) if (chosen[key]) pairs.push([key, chosen[key]]);
    return `#${chosen.view}${pairs.map(([key, value]) => `&${key}=${encodeURIComponent(value)}`).join("")}`;
  };

  let chosen = nothing();
  let matching = null;
  let drawn = 0;
  let isAsWritten = true;

  // Typing replaces the address, all else adds one, so that "back" undoes a choice and not a letter.
  const go = (next, typing = false) => {
    chosen = next;
    const address = write(next);
    try {
      if (address !== location.hash) history[typing ? "replaceState" : "pushState"](null, "", address);
    } catch {
      // A page in a frame without an address of its own works without it.
    }
    show();
  };

  // ---- which rows ----

  const hasFlags = (row, flags) => !flags.length || flags.every((flag) => ` ${row.flags} `.includes(` ${flag} `));
  const select = () => {
    const words = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
    const only = Object.entries(chosen.only);
    const counts = new Map();
    const found = [];
    for (const row of all()) {
      if (only.length && !only.every(([key, value]) => shown(row, key) === value)) continue;
      if (words.length) {
        const text = haystack(row);
        if (!words.every((word) => text.includes(word))) continue;
      }
      const inState = !chosen.states.length || chosen.states.includes(row.state);
      if (hasFlags(row, chosen.flags)) counts.set(row.state, (counts.get(row.state) || 0) + 1);
      if (inState && row.flags)
        for (const flag of row.flags.split(" ")) counts.set(`flag:${flag}`, (counts.get(`flag:${flag}`) || 0) + 1);
      if (inState && hasFlags(row, chosen.flags)) found.push(row);
    }
    return { rows: sorted(found), counts };
  };
  const sorted = (rows) => {
    const descending = chosen.sort.startsWith("-");
    const key = descending ? chosen.sort.slice(1) : chosen.sort;
    const column = columns.find((one) => one.key === key);
    if (!column) {
      const { keys } = viewOf.get(chosen.view);
      return rows.sort((a, b) => {
        let order = a.rank - b.rank;
        for (let at = 0; !order && at < keys.length; at += 1) order = compare(shown(a, keys[at]), shown(b, keys[at]));
        return order;
      });
    }
    const value = (row) => {
      if (key === "state") return row.rank;
      return column.is_numeric ? (row[key] ?? -1) : shown(row, key === "where" ? "file" : key);
    };
    rows.sort((a, b) => {
      const order = compare(value(a), value(b)) || (key === "where" ? a.line - b.line : 0);
      return descending ? -order : order;
    });
    return rows;
  };

  // ---- drawing ----

  const rowTemplate = byId("row-template").content.firstElementChild;
  const wayTemplate = byId("way-template").content.firstElementChild;
  const fields = (element) => [...element.querySelectorAll("[data-f]")].map((one) => [one, one.dataset.f]);
  const mark = (element, state) => {
    element.textContent = state.label;
    element.className = `st ${state.tone}`;
  };
  const copyable = (element) => {
    for (const code of element.querySelectorAll(".code")) {
      if (code.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.dataset.c = "";
      code.append(button);
    }
  };
  const rowElement = (row) => {
    const body = rowTemplate.cloneNode(true);
    body.id = row.id;
    const [line, opened] = body.rows;
    for (const [element, key] of fields(line)) {
      if (key === "state") mark(element, stateOf.get(row.state));
      else put(element, shown(row, key) || "-");
      if ((key === "name" || key === "object") && /^(\.\.\/){0,3}[\w%-][\w%.\/-]*\.html$/.test(row.page || "")) {
        const link = document.createElement("a");
        link.href = row.page;
        link.append(...element.childNodes);
        element.append(link);
      }
    }
    put(opened.querySelector("summary"), row.message);
    return body;
  };
  const waysOf = (row) => {
    const guide = data.policies[row.policy];
    const lines = (row.commands || "").split("\n");
    const own = [];
    for (let at = 0; at + 1 < lines.length; at += 2) own.push([lines[at], lines[at + 1]]);
    return [...(guide ? guide.ways : []), ...((guide && data.namespaces[row.namespace]) || []), ...own];
  };
  const placeOf = (row) => {
    const where = row.where && row.line && row.column ? `${row.where}:${row.column}` : row.where;
    return [where, row.object, row.namespace ? `namespace ${row.namespace}` : ""].filter(Boolean).join(", ");
  };
  const detailOf = (row) => {
    const guide = data.policies[row.policy];
    const details = { ...row, place: placeOf(row) };
    if (!guide) return details;
    const implied = row.implied ? "[Implied by gatekeeper-expand-workloads] " : "";
    const said = row.message && !row.silent ? guide.prefix + implied + row.message : "";
    const { title, why: meaning, fix, docs } = guide;
    return { ...details, title, meaning, said, fix, docs, patch: row.patch || guide.patch };
  };
  // What an opened row shows is put in when it is opened.
  const fill = (body) => {
    let more = body.querySelector(".more");
    if (more.dataset.b === "brief") {
      const whole = rowTemplate.querySelector(".more").cloneNode(true);
      more.replaceWith(whole);
      more = whole;
    }
    copyable(more);
    if (!more.querySelector("[data-f]")) return;
    const row = known.get(body.id);
    const details = detailOf(row);
    for (const [element, key] of fields(more)) {
      element.removeAttribute("data-f");
      if (key === "ways") {
        const ways = waysOf(row);
        if (!ways.length) element.closest("[data-b]").remove();
        for (const [what, command] of ways) {
          const way = wayTemplate.cloneNode(true);
          for (const [part, name] of fields(way)) {
            part.removeAttribute("data-f");
            put(part, name === "what" ? what : command);
          }
          element.append(way);
        }
      } else if (key === "link") element.href = `#${row.id}`;
      else if (key === "docs") {
        if (/^https:\/\//.test(details.docs || "")) element.href = details.docs;
        else element.remove();
      } else if (details[key]) put(element, shown(details, key));
      else element.closest("[data-b]").remove();
    }
    copyable(more);
  };
  const draw = (to) => {
    const pieces = document.createDocumentFragment();
    for (const row of matching.rows.slice(drawn, to)) pieces.append(rowElement(row));
    table.append(pieces);
    drawn = Math.min(to, matching.rows.length);
    tell();
  };
  const redraw = () => {
    isAsWritten = false;
    for (const body of [...table.tBodies]) body.remove();
    drawn = 0;
    draw(atOnce);
  };
  const tell = () => {
    const total = matching.rows.length;
    const isPart = total < data.rows.length;
    const noun = `${isPart ? "matching " : ""}${data.noun[total === 1 ? 0 : 1]}`;
    const count = drawn < total ? `${number(drawn)} of ${number(total)}` : number(total);
    byId("shown").textContent = `${count} ${noun} shown${isPart ? `, of ${number(data.rows.length)} in all` : ""}.`;
    byId("more-line").hidden = drawn >= total;
    byId("more").textContent = `Show ${number(Math.min(atOnce, total - drawn))} more`;
  };
  const isPlain = () => !chosen.q && !chosen.states.length && !chosen.flags.length && !chosen.sort && !Object.keys(chosen.only).length;

  const show = () => {
    matching = select();
    // The rows that came with the page are those of the first view, and are drawn already.
    if (isAsWritten && isPlain() && chosen.view === views[0].id) {
      drawn = first.length;
      tell();
    } else {
      redraw();
    }
    for (const [id, section] of sections) section.hidden = id !== chosen.view;
    for (const link of document.querySelectorAll("a[data-v]")) {
      const here = link.dataset.v === chosen.view;
      link.href = write({ ...chosen, view: link.dataset.v, gsort: "" });
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const search = byId("search");
    if (search.value !== chosen.q) search.value = chosen.q;
    for (const chip of document.querySelectorAll("button[data-s]")) {
      const id = chip.dataset.s;
      const on = id.startsWith("flag:") ? chosen.flags.includes(id.slice(5)) : chosen.states.includes(id);
      chip.setAttribute("aria-pressed", String(on));
      chip.querySelector(".count").textContent = number(matching.counts.get(id) || 0);
    }
    headSorts(table, chosen.sort);
    showFilters();
    showGroups();
  };
  const showFilters = () => {
    const filters = byId("filters");
    filters.replaceChildren();
    for (const [key, value] of Object.entries(chosen.only)) {
      const button = document.createElement("button");
      button.type = "button";
      put(button, `${key}: ${value || "(none)"} \u00d7`);
      button.setAttribute("aria-label", visible(`Remove the filter ${key}: ${value || "(none)"}`));
      button.addEventListener("click", () => {
        const only = { ...chosen.only };
        delete only[key];
        go({ ...chosen, only });
      });
      filters.append(button);
    }
    if (isPlain()) return;
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Clear all";
    clear.addEventListener("click", () => {
      go({ ...nothing(), view: chosen.view, gsort: chosen.gsort });
      byId("search").focus();
    });
    filters.append(clear);
  };

  // ---- groups ----

  const groupCache = new Map();
  const groupsOf = (view) => {
    if (groupCache.has(view.id)) return groupCache.get(view.id);
    const found = new Map();
    for (const row of all()) {
      const values = view.keys.map((key) => shown(row, key));
      const key = values.join("\0");
      let group = found.get(key);
      if (!group) {
        group = { values: Object.fromEntries(view.keys.map((name, at) => [name, values[at]])), counts: {}, total: 0 };
        const guide = data.policies[group.values.policy];
        group.values.title = guide ? guide.title : "";
        group.key = values;
        found.set(key, group);
      }
      group.counts[row.state] = (group.counts[row.state] || 0) + 1;
      group.total += 1;
    }
    const ranks = data.states.map((state) => state.id);
    const groups = [...found.values()].sort((a, b) => {
      let order = 0;
      for (let at = 0; !order && at < ranks.length; at += 1) order = (b.counts[ranks[at]] || 0) - (a.counts[ranks[at]] || 0);
      for (let at = 0; !order && at < a.key.length; at += 1) order = compare(a.key[at], b.key[at]);
      return order;
    });
    groupCache.set(view.id, groups);
    return groups;
  };
  const groupElement = (template, view, group) => {
    const line = template.cloneNode(true);
    fields(line).forEach(([element, key], at) => {
      element.removeAttribute("data-f");
      put(element, group.values[key] || (at ? "" : view.nothing));
    });
    for (const link of line.querySelectorAll("[data-n]")) {
      const state = link.dataset.n;
      const count = state ? group.counts[state] || 0 : group.total;
      link.removeAttribute("data-n");
      if (!count) {
        link.parentElement.classList.add("z");
        link.replaceWith("0");
        continue;
      }
      const only = Object.fromEntries(view.keys.map((key) => [key, group.values[key]]));
      link.href = write({ ...nothing(), view: view.id, only, states: state ? [state] : [] });
      link.textContent = number(count);
    }
    return line;
  };
  const showGroups = () => {
    const view = viewOf.get(chosen.view);
    const section = sections.get(view.id);
    headSorts(section.querySelector("table"), chosen.gsort);
    if (section.dataset.s === chosen.gsort || (!chosen.gsort && section.dataset.s === undefined && groupsOf(view).length <= atOnce))
      return;
    section.dataset.s = chosen.gsort;
    const descending = chosen.gsort.startsWith("-");
    const key = descending ? chosen.gsort.slice(1) : chosen.gsort;
    const groups = [...groupsOf(view)];
    if (key) {
      const value = (group) => {
        if (key === "n-") return group.total;
        return key.startsWith("n-") ? group.counts[key.slice(2)] || 0 : group.values[key] || "";
      };
      groups.sort((a, b) => (descending ? -1 : 1) * compare(value(a), value(b)));
    }
    const body = section.querySelector("tbody");
    const template = section.querySelector("template").content.firstElementChild;
    const after = section.querySelector(".after");
    const said = section.querySelector(".shown");
    let count = 0;
    const add = () => {
      body.append(...groups.slice(count, count + atOnce).map((group) => groupElement(template, view, group)));
      count = Math.min(count + atOnce, groups.length);
      after.hidden = count >= groups.length;
      if (said) said.textContent = `${number(count)} of ${number(groups.length)} shown.`;
    };
    body.replaceChildren();
    after.querySelector("button").onclick = add;
    add();
  };

  // ---- heads ----

  const headSorts = (of, sort) => {
    for (const head of of.tHead.rows[0].cells) {
      const key = head.dataset.k;
      const order = sort === key ? "ascending" : sort === `-${key}` ? "descending" : "none";
      head.setAttribute("aria-sort", order);
    }
  };
  const makeHeads = (of, member) => {
    for (const head of of.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      const key = head.dataset.k;
      button.addEventListener("click", () => {
        // Numbers are looked at from the largest.
        const [one, other] = head.classList.contains("n") ? [`-${key}`, key] : [key, `-${key}`];
        go({ ...chosen, [member]: chosen[member] === one ? other : one });
      });
      head.replaceChildren(button);
    }
  };

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
