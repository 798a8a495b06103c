"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("js");
  const told = document.getElementById("told");
  const drawing = document.querySelector(".drawing");
  const buttons = all(".routes button");
  const edges = all(".drawing .edge");
  const nodes = all(".drawing .node");
  let pinned = null;

  const explain = (number) => {
    const article = document.getElementById("edge-" + number);
    if (!told || !article) return;
    const copy = article.cloneNode(true);
    copy.removeAttribute("id");
    told.replaceChildren(copy);
    told.hidden = false;
  };
  const hide = () => {
    if (!told) return;
    told.replaceChildren();
    told.hidden = true;
  };
  // Shows some edges and what they touch, and dims the others; nothing shows everything.
  const show = (numbers) => {
    if (!drawing) return;
    drawing.classList.toggle("some", numbers !== null);
    const touched = new Set();
    for (const edge of edges) {
      const on = numbers !== null && numbers.has(edge.dataset.edge);
      edge.classList.toggle("on", on);
      if (on) touched.add(edge.dataset.from).add(edge.dataset.to);
    }
    for (const node of nodes) node.classList.toggle("on", touched.has(node.dataset.node));
  };
  const route = () => {
    const pressed = buttons.filter((button) => button.getAttribute("aria-pressed") === "true");
    show(pressed.length === 0 ? null : new Set(pressed.flatMap((button) => button.dataset.edges.split(" "))));
  };
  const release = () => {
    pinned = null;
    hide();
    route();
  };

  for (const edge of edges) {
    const number = edge.dataset.edge;
    // What needs several things is told by the edge behind them.
    if (!document.getElementById("edge-" + number)) continue;
    edge.addEventListener("mouseenter", () => pinned === null && explain(number));
    edge.addEventListener("mouseleave", () => pinned === null && hide());
    edge.addEventListener("focus", () => explain(number));
    edge.addEventListener("click", (event) => {
      event.preventDefault();
      if (pinned === number) return release();
      pinned = number;
      explain(number);
      edge.classList.add("on");
      for (const other of edges) if (other !== edge && !drawing.classList.contains("some")) other.classList.remove("on");
    });
  }
  for (const node of nodes) {
    node.addEventListener("mouseenter", () => {
      const own = node.dataset.node;
      const near = edges.filter((edge) => edge.dataset.from === own || edge.dataset.to === own);
      if (near.length > 0) show(new Set(near.map((edge) => edge.dataset.edge)));
    });
    node.addEventListener("mouseleave", route);
  }
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") === "true";
      for (const other of buttons) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(!pressed));
      route();
    });
  }
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") release();
  });

  const search = document.getElementById("search");
  if (search) {
    const articles = all("article.told").map((element) => ({ element, text: element.textContent.toLowerCase() }));
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const { element, text } of articles) {
        element.hidden = !words.every((word) => text.includes(word));
        if (!element.hidden) count += 1;
      }
      document.getElementById("shown").textContent = words.length === 0 ? "" : count + " of " + articles.length;
    });
  }
})();
