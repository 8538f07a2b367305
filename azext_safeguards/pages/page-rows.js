// Copyright (c) the safeguards contributors.
// Licensed under the MIT License.
// Finds, sorts and opens the rows of a page. All that is chosen stands in the address, after `#`: a view, then
// `key=value` pairs; or the id of one row. Text reaches the page by textContent alone.
// This is the first part of the script, which knows the rows and the address; frame.py puts the parts together.
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
