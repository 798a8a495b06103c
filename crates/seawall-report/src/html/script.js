"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  document.documentElement.classList.add("js");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const off = new Set();
  const findings = all(".finding").map((element) => ({
    element,
    severity: element.dataset.severity,
    text: (element.parentElement.querySelector("header").textContent + " " + element.textContent).toLowerCase(),
  }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { element, severity, text } of findings) {
      const keep = !off.has(severity) && words.every((word) => text.includes(word));
      element.hidden = !keep;
      if (keep) count += 1;
    }
    for (const object of all(".object")) {
      object.hidden = !object.querySelector(".finding:not([hidden])");
    }
    shown.textContent = count === findings.length ? "" : count + " of " + findings.length + " shown";
  };
  for (const button of all(".filter button")) {
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!pressed));
      if (pressed) off.add(button.dataset.severity);
      else off.delete(button.dataset.severity);
      apply();
    });
  }
  search.addEventListener("input", apply);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const element of closed) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of closed) element.open = false;
  });
})();
