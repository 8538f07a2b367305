// Copyright (c) the safeguards contributors.
// Licensed under the MIT License.
// The second part of the script that page-rows.js begins: the page as it is drawn.

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
