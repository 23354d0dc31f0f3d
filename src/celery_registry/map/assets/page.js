"use strict";
// Text of the program comes to the page through `text` alone, which makes text and never markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const tasks = data.tasks;
  const byId = (id) => document.getElementById(id);
  // As in the terminal: what does not print is shown by its number, so nothing turns a line around.
  const plain = (text) =>
    String(text).replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (c) => (c === "\n" ? c : `\\u{${c.codePointAt(0).toString(16)}}`));

  function make(tag, ...children) {
    const element = document.createElement(tag);
    for (const child of children) element.append(typeof child === "string" ? document.createTextNode(plain(child)) : child);
    return element;
  }
  function classed(name, element) {
    element.className = name;
    return element;
  }
  const ordered = (order) => classed(order.split(" ")[0], make("strong", order));
  const changed = (changes) =>
    make("ul", ...changes.map((c) => make("li", ordered(c.order), ` ${c.title}`, ...c.reasons.flatMap((reason) => [make("br"), reason]), make("br"), classed("quiet", make("span", c.remedy)))));
  const code = (text) => make("bdi", make("code", text));
  const count = (number, one, many) => `${number || "no"} ${number === 1 ? one : many}`;

  // -- places --------------------------------------------------------------------------------------------------------

  function place(path, line) {
    const shown = code(`${path}:${line}`);
    const inside = path !== "" && !path.startsWith("/") && !/^[A-Za-z]:/.test(path);
    if (!data.source_url || !inside) return shown;
    const encoded = (data.root + path).split("/").map(encodeURIComponent).join("/");
    const link = make("a", shown);
    link.href = data.source_url.replaceAll("{path}", () => encoded).replaceAll("{line}", () => String(line));
    link.rel = "noreferrer";
    return link;
  }

  // -- the running workers, where they were asked ------------------------------------------------------------------

  const fleet = data.fleet ?? null;
  const lacking = new Set(fleet?.unregistered ?? []);
  const unheard = new Set(fleet?.unconsumed ?? []);
  const holding = new Map();
  for (const worker of fleet?.workers ?? [])
    for (const name of worker.tasks ?? []) {
      if (!holding.has(name)) holding.set(name, []);
      holding.get(name).push(worker.name);
    }

  // -- what each task is found by ------------------------------------------------------------------------------------

  const owner = (task) => task.service ?? task.implementations[0].module ?? "";
  // So many dotted parts of a module that a graph of them can still be read.
  const PARTS = 40;
  const cut = (name, depth) => name.split(".").slice(0, depth).join(".");
  let depth = 8;
  while (depth > 1 && new Set(tasks.map((task) => task.service ?? cut(owner(task), depth))).size > PARTS) depth -= 1;
  const partOf = (task) => task.service ?? cut(owner(task), depth);
  const parts = tasks.map(partOf);
  const texts = tasks.map((task) =>
    [task.name, task.signature, task.docstring ?? "", task.queue ?? "", ...task.implementations.map((row) => row.target ?? ""), ...task.properties.map((row) => row.name), ...task.aliases.map((row) => row.name)]
      .join("\n")
      .toLowerCase(),
  );
  const number = new Map(tasks.map((task, index) => [task.name, index]));

  // -- the list ------------------------------------------------------------------------------------------------------

  const list = byId("tasks");
  function addressOf(task) {
    try {
      return `#task=${encodeURIComponent(task.name)}`;
    } catch {
      return `#number=${number.get(task.name)}`; // half a character has no address
    }
  }
  // More rows than this are not made until somebody asks for them.
  const LISTED = 200;
  const rows = [];
  function rowOf(index) {
    rows[index] ??= makeRow(tasks[index]);
    return rows[index];
  }
  function makeRow(task) {
    const marks = [count(task.callers.length, "caller", "callers")];
    if (task.schedules.length) marks.push(count(task.schedules.length, "schedule", "schedules"));
    if (task.aliases.length) marks.push(count(task.aliases.length, "old name", "old names"));
    if (task.queue) marks.push(`queue ${task.queue}`);
    if (task.service) marks.push(`service ${task.service}`);
    const said = make("small", marks.join(", "));
    if (task.findings.length) said.append(", ", classed("bad", make("span", count(task.findings.length, "finding", "findings"))));
    if (task.change) said.append(", ", ordered(task.change.order));
    if (lacking.has(task.name)) said.append(", ", classed("bad", make("span", "on no worker")));
    const link = make("a", make("bdi", task.name), said);
    link.href = addressOf(task);
    return make("li", link);
  }
  const everything = make("button");
  everything.type = "button";
  everything.addEventListener("click", () => fill(shown.length));
  function fill(limit) {
    list.replaceChildren(...shown.slice(0, limit).map(rowOf));
    everything.textContent = `List all ${shown.length}`;
    if (shown.length > limit) list.after(everything);
    else everything.remove();
  }
  window.addEventListener("beforeprint", () => fill(shown.length));

  function offer(id, values) {
    for (const value of [...new Set(values)].sort()) {
      const option = make("option", value);
      option.value = value;
      byId(id).append(option);
    }
  }
  offer("queue", tasks.map((task) => task.queue).filter(Boolean));
  offer("part", parts.filter(Boolean));
  offer("code", tasks.flatMap((task) => task.findings.map((finding) => finding.code)));

  offer("change", tasks.map((task) => task.change?.order).filter(Boolean));
  for (const element of document.querySelectorAll("#change, label[for=change]")) element.hidden = data.base === null;
  document.querySelector("#calls option[value=lacking]").hidden = fleet === null;

  const calls = {
    uncalled: (task) => !task.callers.some((caller) => caller.kind !== "retry") && !task.schedules.length && !task.aliases.length,
    unchecked: (task) => task.callers.some((caller) => !caller.checked),
    scheduled: (task) => task.schedules.length > 0,
    lacking: (task) => lacking.has(task.name),
  };
  let shown = tasks.map((_, index) => index);
  let chosen = null;

  function filter() {
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [queue, part, finding, call, change] = ["queue", "part", "code", "calls", "change"].map((id) => byId(id).value);
    shown = [];
    tasks.forEach((task, index) => {
      const fits =
        words.every((word) => texts[index].includes(word)) &&
        (!queue || task.queue === queue) &&
        (!part || parts[index] === part) &&
        (!finding || task.findings.some((each) => each.code === finding)) &&
        (!change || task.change?.order === change) &&
        (!call || calls[call](task));
      if (fits) shown.push(index);
    });
    fill(LISTED);
    byId("count").textContent = shown.length === tasks.length ? count(tasks.length, "task", "tasks") : `${shown.length} of ${count(tasks.length, "task", "tasks")}`;
    drawSoon();
  }
  byId("filters").addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const row = event.target.closest("li");
    const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (next) {
      event.preventDefault();
      next.firstChild.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      byId("text").focus();
    }
  });

  // -- one task ------------------------------------------------------------------------------------------------------

  function table(heads, lines) {
    const body = make("tbody");
    const more = make("button");
    const LINES = 200;
    const add = (upTo) => {
      for (let at = body.childElementCount; at < Math.min(upTo, lines.length); at += 1)
        body.append(make("tr", ...lines[at]().map((cell) => make("td", cell))));
    };
    add(LINES);
    const head = make("tr", ...heads.map((text) => make("th", text)));
    for (const cell of head.children) cell.scope = "col";
    const whole = make("div", make("table", make("thead", head), body));
    if (lines.length > LINES) {
      more.textContent = `Show all ${lines.length}`;
      more.type = "button";
      more.addEventListener("click", () => {
        add(lines.length);
        more.remove();
      });
      whole.append(more);
    }
    return whole;
  }
  function linked(index) {
    const link = make("a", make("bdi", tasks[index].name));
    link.href = addressOf(tasks[index]);
    return link;
  }
  const method = (caller) => (caller.method ?? "call") + (caller.by_name && caller.method !== "send_task" ? " by name" : "");
  const flow = (row) => (row.type === null ? row.how : `${row.how}: ${row.type}`);
  const how = (caller) =>
    make("span", method(caller), ...caller.after.flatMap((row) => [make("br"), "after ", number.has(row.task) ? linked(number.get(row.task)) : code(row.task), ` (${flow(row)})`]));
  const verdict = (caller) =>
    caller.checked ? classed("good", make("span", "checked")) : classed("bad", make("span", `not checked: ${caller.reason}`));

  function facts(task) {
    const rows = make("dl");
    const say = (label, ...value) => rows.append(make("dt", label), make("dd", ...value));
    for (const row of task.implementations) {
      if (task.elsewhere) {
        say("contract", place(row.path, row.line));
        continue;
      }
      say("runs", code(row.target ?? "unknown"), " ", place(row.path, row.line));
      say("registered", `${row.how} `, place(row.registered.path, row.registered.line));
    }
    for (const row of task.properties) say("declared", code(`${row.name}: ${row.annotation || "no annotation"}`), " ", place(row.path, row.line));
    if (task.service) say("service", task.service);
    if (task.hidden) say("parameters", `cannot be read: ${task.hidden}`);
    say("queue", task.queue ?? "not said where it is registered", unheard.has(task.queue) ? classed("bad", make("span", ": no worker that answered consumes it")) : "");
    if (fleet?.workers.length) {
      const workers = holding.get(task.name) ?? [];
      say("workers", lacking.has(task.name) ? classed("bad", make("span", "no worker that answered has it")) : workers.join(", ") || "unknown");
      for (const worker of fleet.workers) {
        if (worker.missing.includes(task.name)) say("missing", classed("bad", make("span", `${worker.name} consumes its queue and does not have it`)));
        if (worker.different.includes(task.name)) say("different", classed("bad", make("span", `${worker.name} has it with another signature`)));
      }
    }
    say("serializer", task.serializer === null ? "the application's" : task.serializer === "?" ? "the text does not tell" : task.serializer);
    if (task.ignores_result) say("result", "ignored");
    for (const [name, value] of Object.entries(task.options)) say("option", code(`${name} = ${value}`));
    for (const row of task.routes) say("route", code(`${row.setting}: ${row.pattern}`), " ", place(row.path, row.line));
    say("digest", code(task.digest));
    return rows;
  }

  function show(index) {
    const detail = byId("detail");
    const task = tasks[index];
    if (task === undefined) {
      detail.replaceChildren();
      return;
    }
    const title = make("h2", make("bdi", task.name));
    const parts = [title, classed("signature", make("p", make("bdi", task.name + task.signature)))];
    if (task.docstring) parts.push(make("pre", make("bdi", task.docstring.trim())));
    parts.push(facts(task));
    if (task.findings.length) {
      const items = task.findings.map((each) => make("li", classed("bad", make("strong", each.code)), ` ${each.sentence} `, place(each.path, each.line), make("br"), classed("quiet", make("span", each.hint))));
      parts.push(make("h3", "Findings"), make("ul", ...items));
    }
    if (task.change) parts.push(make("h3", `Changed since ${data.base}`), changed(task.change.changes));
    const checked = task.callers.filter((caller) => caller.checked).length;
    parts.push(make("h3", `Called by: ${count(task.callers.length, "caller", "callers")}, ${checked} checked`));
    if (task.callers.length)
      parts.push(
        table(["Place", "How", "In", "Checked"], task.callers.map((c) => () => [place(c.path, c.line), how(c), code(c.inside ? `${c.module}.${c.inside}` : c.module), verdict(c)])),
      );
    if (task.schedules.length)
      parts.push(make("h3", "Schedules"), table(["Entry", "When", "Place"], task.schedules.map((row) => () => [code(row.key), make("span", code(row.timing?.text ?? "unknown"), zone(row)), row.holder === "nobody" ? make("span", madeAt(row), ", not in the application") : madeAt(row)])));
    if (task.aliases.length)
      parts.push(make("h3", "Old names"), table(["Name", "Kept until", "Arguments", "Place"], task.aliases.map((row) => () => [code(row.name), row.expires ?? "not said", row.adapted ? "others, which are adapted" : "the same", place(row.path, row.line)])));
    const callees = (outgoing.get(boxOf.get(index)) ?? []).map((edge) => [numberOf.get(edge[1]), edge[2]]);
    if (callees.length) parts.push(make("h3", "Calls"), table(["Task", "How"], callees.map(([callee, words]) => () => [linked(callee), words])));
    const steps = task.why.map((step) => (step.path === undefined ? make("li", step.text) : make("li", `${step.text} `, place(step.path, step.line))));
    parts.push(make("details", make("summary", "How this was found"), make("ol", ...steps)));
    detail.replaceChildren(...parts);
  }

  function follow(focus) {
    const hash = location.hash;
    let index = null;
    try {
      if (hash.startsWith("#task=")) index = number.get(decodeURIComponent(hash.slice(6))) ?? null;
      if (hash.startsWith("#number=")) index = Number(hash.slice(8));
    } catch {
      index = null;
    }
    if (hash !== "" && index === null) return;
    if (chosen !== null) rowOf(chosen).firstChild.removeAttribute("aria-current");
    chosen = tasks[index] === undefined ? null : index;
    show(chosen);
    if (chosen !== null) {
      rowOf(chosen).firstChild.setAttribute("aria-current", "true");
      document.title = `${plain(tasks[chosen].name)} – ${byId("tasks-title").textContent}`;
      if (focus) byId("detail").focus({ preventScroll: true });
    }
    drawSoon();
  }
  window.addEventListener("hashchange", () => follow(true));

  // -- the graph -----------------------------------------------------------------------------------------------------

  const boxes = data.graph.boxes; // [sort, text, module of a file]
  const edges = data.graph.edges; // [from, to, words]
  const boxOf = new Map();
  const numberOf = new Map();
  boxes.forEach((box, at) => {
    if (box[0] === "task") {
      boxOf.set(number.get(box[1]), at);
      numberOf.set(at, number.get(box[1]));
    }
  });
  const incoming = new Map();
  const outgoing = new Map();
  for (const edge of edges) {
    if (!incoming.has(edge[1])) incoming.set(edge[1], []);
    incoming.get(edge[1]).push(edge);
    if (!outgoing.has(edge[0])) outgoing.set(edge[0], []);
    outgoing.get(edge[0]).push(edge);
  }
  // More boxes than this nobody can read at once.
  const BOXES = 60;
  let graph = null;
  let waiting = 0;

  function drawSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 120);
  }

  function neighbours(index) {
    const at = boxOf.get(index);
    const all = [...(incoming.get(at) ?? []), ...(outgoing.get(at) ?? [])];
    const some = all.slice(0, BOXES);
    return { edges: some, boxes: [at, ...some.flatMap((edge) => [edge[0], edge[1]])], left: all.length - some.length };
  }

  function together() {
    const drawn = new Set(shown.map((index) => boxOf.get(index)));
    const some = [];
    for (const at of [...drawn]) for (const edge of incoming.get(at) ?? []) some.push(edge);
    for (const edge of some) drawn.add(edge[0]);
    return { edges: some, boxes: [...drawn], left: 0 };
  }

  function grouped() {
    const wanted = new Set(shown.map((index) => boxOf.get(index)));
    const groupOf = (at) => {
      const [sort, , module] = boxes[at];
      if (sort === "beat" || sort === "alias") return sort;
      return sort === "task" ? parts[numberOf.get(at)] : cut(module ?? "", depth);
    };
    const nodes = new Map();
    const arrows = new Map();
    for (const at of wanted) nodes.set(groupOf(at), (nodes.get(groupOf(at)) ?? 0) + 1);
    for (const [from, to] of edges) {
      if (!wanted.has(to)) continue;
      const source = groupOf(from);
      if (!nodes.has(source)) nodes.set(source, 0);
      const key = JSON.stringify([source, groupOf(to)]);
      arrows.set(key, (arrows.get(key) ?? 0) + 1);
    }
    const elements = [];
    for (const [name, size] of nodes)
      elements.push({ data: { id: `g${name}`, label: plain(size ? `${name} (${count(size, "task", "tasks")})` : name), part: size ? name : null }, classes: size ? "part" : "file" });
    for (const [key, size] of arrows) {
      const [from, to] = JSON.parse(key);
      if (from !== to) elements.push({ data: { id: `e${key}`, source: `g${from}`, target: `g${to}`, label: String(size) } });
    }
    return { elements, size: nodes.size };
  }

  function elementsOf({ boxes: drawn, edges: arrows }) {
    const elements = [];
    const services = new Set();
    for (const at of new Set(drawn)) {
      const [sort, text] = boxes[at];
      const task = sort === "task" ? tasks[numberOf.get(at)] : null;
      const node = { data: { id: `n${at}`, label: plain(text), at }, classes: sort };
      if (task?.findings.length || task?.change?.order === "breaking" || (task && lacking.has(task.name))) node.classes += " bad";
      if (task && numberOf.get(at) === chosen) node.classes += " chosen";
      if (task?.service) {
        node.data.parent = `s${task.service}`;
        services.add(task.service);
      }
      elements.push(node);
    }
    for (const name of services) elements.unshift({ data: { id: `s${name}`, label: plain(name) }, classes: "service" });
    for (const [from, to, words] of arrows) elements.push({ data: { id: `e${from} ${to}`, source: `n${from}`, target: `n${to}`, label: plain(words) } });
    return elements;
  }

  function draw() {
    const said = byId("graph-said");
    let elements;
    if (chosen !== null) {
      const near = neighbours(chosen);
      elements = elementsOf(near);
      said.textContent = plain(`${tasks[chosen].name}, what calls it and what it calls${near.left ? `; ${near.left} more are in the tables below` : ""}.`);
    } else {
      const all = shown.length <= BOXES ? together() : null;
      if (all && all.boxes.length <= 2 * BOXES) {
        elements = elementsOf(all);
        said.textContent = `${count(shown.length, "task", "tasks")} and what calls them. Click a task to see it.`;
      } else {
        const groups = grouped();
        elements = groups.elements;
        said.textContent = `${count(shown.length, "task", "tasks")} by service or module. Click one to see its tasks.`;
      }
    }
    if (!graph) start();
    graph.elements().remove();
    graph.add(elements);
    graph.layout({ name: "breadthfirst", directed: true, direction: "rightward", spacingFactor: 1.1, padding: 20, animate: false, circle: false, grid: false, fit: true }).run();
    if (graph.zoom() > 1.2) {
      graph.zoom(1.2);
      graph.center();
    }
    byId("graph").dataset.drawn = String(Number(byId("graph").dataset.drawn ?? 0) + 1);
  }

  function styles() {
    const look = getComputedStyle(document.documentElement);
    const colour = (name) => look.getPropertyValue(`--${name}`).trim();
    return [
      { selector: "node", style: { label: "data(label)", color: colour("ink"), "font-size": 12, "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap", "text-max-width": 160, "text-overflow-wrap": "anywhere", "background-color": colour("task"), width: 26, height: 26 } },
      { selector: ".file", style: { shape: "rectangle", "background-color": colour("file") } },
      { selector: ".beat", style: { shape: "hexagon", "background-color": colour("beat") } },
      { selector: ".alias", style: { shape: "tag", "background-color": colour("file") } },
      { selector: ".part", style: { shape: "round-rectangle", width: 36 } },
      { selector: ".service", style: { "background-color": colour("soft"), "border-color": colour("line"), "border-width": 1, "text-valign": "top", shape: "round-rectangle" } },
      { selector: ".bad", style: { "border-width": 4, "border-color": colour("bad") } },
      { selector: ".chosen", style: { width: 36, height: 36, "font-weight": "bold" } },
      { selector: "edge", style: { width: 1.5, label: "data(label)", "font-size": 10, color: colour("quiet"), "text-background-color": colour("paper"), "text-background-opacity": 0.9, "text-background-padding": 2, "line-color": colour("line"), "target-arrow-color": colour("quiet"), "target-arrow-shape": "triangle", "curve-style": "bezier" } },
    ];
  }

  function start() {
    graph = cytoscape({ container: byId("graph"), style: styles(), minZoom: 0.05, maxZoom: 4 });
    graph.on("tap", "node", (event) => {
      const { at, part } = event.target.data();
      if (at !== undefined && numberOf.has(at)) location.hash = addressOf(tasks[numberOf.get(at)]);
      else if (part) {
        byId("part").value = part;
        filter();
      }
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(styles()));
    const nearer = (factor) => graph.zoom({ level: graph.zoom() * factor, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } });
    byId("closer").addEventListener("click", () => nearer(1.4));
    byId("farther").addEventListener("click", () => nearer(1 / 1.4));
    byId("whole").addEventListener("click", () => graph.fit(undefined, 20));
  }

  // -- the week ------------------------------------------------------------------------------------------------------

  const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  const upTo = (number) => Array.from({ length: number }, (_, at) => at);
  // So many entries in one minute that a worker notices.
  const HERD = 3;
  const two = (number) => String(number).padStart(2, "0");

  const madeAt = (entry) => (entry.path === null ? `in the ${entry.holder}` : place(entry.path, entry.line));
  const zone = (entry) => (entry.timing?.timezone ? `, time zone: ${entry.timing.timezone} ` : "");

  function entryLine(entry) {
    const index = number.get(entry.task);
    const rare = entry.timing?.crontab && (entry.timing.crontab.day_of_month || entry.timing.crontab.month_of_year);
    return make("li", code(entry.key), " ", index === undefined ? classed("quiet", make("span", "no task of this map")) : linked(index), " ", code(entry.timing?.text ?? "unknown"), zone(entry), rare ? " (not every week) " : " ", madeAt(entry));
  }

  // Which entries start in each minute that has any: day * 1440 + hour * 60 + minute -> entries.
  function starts(entries) {
    const found = new Map();
    for (const entry of entries) {
      const { minute, hour, day_of_week } = entry.timing.crontab;
      // Sunday is 0 for cron, and last here.
      for (const day of day_of_week ?? upTo(7))
        for (const h of hour ?? upTo(24))
          for (const m of minute ?? upTo(60)) {
            const at = ((day + 6) % 7) * 1440 + h * 60 + m;
            if (!found.has(at)) found.set(at, []);
            found.get(at).push(entry);
          }
    }
    return found;
  }

  function week() {
    if (!data.schedules.length) return;
    const parts = [make("h2", "Week")];
    const lost = data.schedules.filter((entry) => entry.holder === "nobody");
    const held = data.schedules.filter((entry) => entry.holder !== "nobody");
    const timed = held.filter((entry) => entry.timing?.crontab && !entry.timing.timezone);
    const zoned = held.filter((entry) => entry.timing?.crontab && entry.timing.timezone);
    const steady = held.filter((entry) => !entry.timing?.crontab && entry.timing?.seconds);
    const other = held.filter((entry) => !entry.timing?.crontab && !entry.timing?.seconds);
    const always = timed.filter((entry) => !entry.timing.crontab.minute && !entry.timing.crontab.hour);
    const chosenHour = make("div");
    chosenHour.setAttribute("aria-live", "polite");
    if (timed.length) {
      const minutes = starts(timed.filter((entry) => !always.includes(entry)));
      const hours = new Map();
      for (const [at, entries] of minutes) {
        const hour = Math.floor(at / 60);
        if (!hours.has(hour)) hours.set(hour, []);
        hours.get(hour).push([at % 60, entries]);
      }
      parts.push(classed("quiet", make("p", "Starts in each hour, in the time zone of the application. Choose an hour to see them.")));
      const head = make("tr", make("th", "Hour"), ...DAYS.map((day) => make("th", day)));
      for (const cell of head.children) cell.scope = "col";
      const body = make("tbody");
      for (const hour of upTo(24)) {
        const label = make("th", `${two(hour)}:00`);
        label.scope = "row";
        const line = make("tr", label);
        for (const day of upTo(7)) {
          const here = hours.get(day * 24 + hour) ?? [];
          const total = here.reduce((sum, [, entries]) => sum + entries.length, 0);
          const peak = Math.max(0, ...here.map(([, entries]) => entries.length));
          const cell = make("td");
          if (total) {
            const button = make("button", String(total));
            button.type = "button";
            button.setAttribute("aria-label", `${DAYS[day]} ${two(hour)}:00, ${count(total, "start", "starts")}`);
            button.addEventListener("click", () => {
              const lists = here.sort(([a], [b]) => a - b).map(([minute, entries]) => [make("h4", `${DAYS[day]} ${two(hour)}:${two(minute)}`), make("ul", ...entries.map(entryLine))]);
              chosenHour.replaceChildren(...lists.flat());
            });
            cell.append(button);
            cell.className = peak >= HERD ? "many" : total > 4 ? "some" : "few";
          }
          line.append(cell);
        }
        body.append(line);
      }
      parts.push(make("table", make("thead", head), body), chosenHour);
      const herds = new Map();
      for (const [at, entries] of [...minutes].sort(([a], [b]) => a - b)) {
        if (entries.length < HERD) continue;
        const key = `${two(Math.floor((at % 1440) / 60))}:${two(at % 60)}`;
        if (!herds.has(key)) herds.set(key, { days: [], entries: new Set() });
        herds.get(key).days.push(DAYS[Math.floor(at / 1440)]);
        for (const entry of entries) herds.get(key).entries.add(entry);
      }
      if (herds.size) {
        parts.push(make("h3", `Many at once: ${HERD} or more entries in one minute`));
        const largest = [...herds].sort(([, a], [, b]) => b.entries.size - a.entries.size);
        const lines = largest.map(([time, { days, entries }]) => () => {
          const names = make("ul", ...[...entries].map(entryLine));
          return [classed("bad", make("strong", time)), days.length === 7 ? "every day" : days.join(", "), String(entries.size), names];
        });
        parts.push(table(["Time", "Days", "Entries", "Which"], lines));
      }
    }
    if (always.length) parts.push(make("h3", "Every minute"), make("ul", ...always.map(entryLine)));
    if (steady.length) {
      steady.sort((a, b) => a.timing.seconds - b.timing.seconds);
      const rate = (entry) => (entry.timing.seconds <= 3600 ? `${Math.round(3600 / entry.timing.seconds)} an hour` : `${Math.round((604800 / entry.timing.seconds) * 10) / 10} a week`);
      parts.push(make("h3", "At intervals, counted from the start of beat"), make("ul", ...steady.map((entry) => { const line = entryLine(entry); line.append(`, ${rate(entry)}`); return line; })));
    }
    const listed = (title, entries) => entries.length && parts.push(make("h3", title), make("ul", ...entries.map(entryLine)));
    listed("In a time zone of their own", zoned);
    listed(data.schedules[0].holder === null ? "When, the text does not tell" : "At other times", other);
    listed("In the source, and not in the application", lost);
    byId("week").replaceChildren(...parts);
  }

  // -- the workers ---------------------------------------------------------------------------------------------------

  function workers() {
    if (!fleet) return;
    const parts = [make("h2", "Workers")];
    const bad = (text) => classed("bad", make("span", text));
    if (!fleet.workers.length) parts.push(make("p", "No worker answered when this page was made: nothing is known of them."));
    else {
      const states = (worker) => {
        if (worker.state === "unknown") return classed("quiet", make("span", `tasks not compared: ${worker.reason}`));
        if (worker.state === "same") return classed("good", make("span", "the same tasks"));
        const wrong = [...worker.missing.map((name) => `${name} is missing`), ...worker.different.map((name) => `${name} is different`)];
        return make("ul", ...wrong.map((text) => classed("bad", make("li", text))));
      };
      const tasksOf = (worker) => {
        if (worker.tasks === null) return "unknown";
        const names = worker.tasks.map((name) => make("li", number.has(name) ? linked(number.get(name)) : classed("quiet", make("bdi", name))));
        return make("details", make("summary", count(worker.tasks.length, "task", "tasks")), make("ul", ...names));
      };
      const lines = fleet.workers.map((worker) => () => [code(worker.name), states(worker), worker.queues === null ? "unknown" : worker.queues.join(", ") || "none", tasksOf(worker)]);
      parts.push(table(["Worker", "Compared with this code", "Queues", "Registered"], lines));
    }
    if (fleet.unregistered.length)
      parts.push(make("h3", "Tasks that no worker that answered has"), make("ul", ...fleet.unregistered.map((name) => classed("bad", make("li", linked(number.get(name)))))));
    if (fleet.unconsumed.length) parts.push(make("h3", "Queues that no worker that answered consumes"), make("ul", ...fleet.unconsumed.map((name) => make("li", bad(name)))));
    byId("workers").replaceChildren(...parts);
  }

  // -- the rest ------------------------------------------------------------------------------------------------------

  function rest() {
    const parts = [];
    if (data.findings.length)
      parts.push(make("h2", "Findings of no task"), make("ul", ...data.findings.map((each) => make("li", classed("bad", make("strong", each.code)), ` ${each.sentence} `, place(each.path, each.line)))));
    if (data.gone.length)
      parts.push(make("h2", `Tasks that only ${data.base} has`), make("ul", ...data.gone.map((row) => make("li", code(row.task), changed(row.changes)))));
    if (data.unseen.length) {
      const lines = data.unseen.flatMap((row) => row.places.map((each) => () => [place(each.path, each.line), row.reason]));
      parts.push(make("h2", "Calls of which nobody can tell the task"), table(["Place", "Why"], lines));
    }
    byId("rest").replaceChildren(...parts);
  }

  const made = tasks.reduce((sum, task) => sum + task.callers.length, 0);
  byId("summary").textContent = [
    count(tasks.length, "task", "tasks"),
    count(made, "caller", "callers"),
    count(data.schedules.length, "schedule", "schedules"),
    count(tasks.reduce((sum, task) => sum + task.findings.length, data.findings.length), "finding", "findings"),
  ].join(", ");
  filter();
  follow(false);
  // What is further down comes after the first picture.
  setTimeout(() => {
    workers();
    week();
    rest();
  });
})();
