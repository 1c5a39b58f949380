// [data-actor-box="address"]: institutions are suggested while a name is written in it. The arrows go through them, Enter
// takes one, Escape closes. What is written without taking one is found by the server when the form is sent.
const PAUSE = 200;
const timers = new WeakMap();
const parts = (box) => ({
  input: box.querySelector("input[type=text]"),
  meant: box.querySelector("[data-meant]"),
  options: box.querySelector("[data-options]"),
  status: box.querySelector("[data-status]"),
});
const boxOf = (event) => event.target.closest?.("[data-actor-box]");
const listed = (options) => [...options.querySelectorAll("[role=option]")];

const close = (box) => {
  const { input, options } = parts(box);
  clearTimeout(timers.get(box));
  options.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const ask = (box) => {
  const { input, options } = parts(box);
  const address = `${box.dataset.actorBox}&q=${encodeURIComponent(input.value.trim())}`;
  window.htmx?.ajax("GET", address, { source: options, target: options, swap: "innerHTML" });
};

const mark = (box, option) => {
  const { input, options } = parts(box);
  listed(options).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
};

const take = (box, option) => {
  const { input, meant } = parts(box);
  let key = box.querySelector("[data-key][type=hidden]");
  if (!key) {
    const radio = box.querySelector("input[type=radio]");
    key = Object.assign(document.createElement("input"), { type: "hidden", name: radio.name });
    key.dataset.key = "";
    radio.closest("fieldset").replaceWith(key);
  }
  input.value = meant.value = option.dataset.name;
  key.value = option.dataset.key;
  close(box);
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("focusin", (event) => {
  const box = boxOf(event);
  if (!box || event.target !== parts(box).input) return;
  const { input } = parts(box);
  // Only while it is written in: a browser restores no field that says this always.
  input.setAttribute("autocomplete", "off");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  if (!input.value.trim()) ask(box);
});
document.addEventListener("focusout", (event) => {
  const box = boxOf(event);
  if (!box || box.contains(event.relatedTarget)) return;
  close(box);
  parts(box).input.removeAttribute("autocomplete");
});
window.addEventListener("beforeunload", () =>
  document.querySelectorAll("[data-actor-box]").forEach((box) => parts(box).input.removeAttribute("autocomplete")),
);
document.addEventListener("input", (event) => {
  const box = boxOf(event);
  if (!box || event.target !== parts(box).input) return;
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(ask, PAUSE, box));
});
document.addEventListener("htmx:afterSettle", (event) => {
  const options = event.target;
  const box = boxOf(event);
  if (!box || !options.matches("[data-options]")) return;
  const { input, meant, status } = parts(box);
  if (document.activeElement !== input || (meant.value && meant.value === input.value)) return;
  const list = options.querySelector("[role=listbox]");
  listed(options).forEach((option, number) => {
    option.id = `${input.id}_option${number}`;
    option.setAttribute("aria-selected", "false");
  });
  if (list) {
    list.id = `${input.id}_list`;
    input.setAttribute("aria-controls", list.id);
  }
  input.removeAttribute("aria-activedescendant");
  options.hidden = !options.textContent.trim();
  input.setAttribute("aria-expanded", String(Boolean(list)));
  status.textContent = options.querySelector("[data-said]")?.textContent ?? "";
});
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-options]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-actor-box] [role=option]");
  if (option) take(option.closest("[data-actor-box]"), option);
});
document.addEventListener("keydown", (event) => {
  const box = boxOf(event);
  if (!box || event.target !== parts(box).input || event.isComposing) return;
  const { options } = parts(box);
  const rows = options.hidden ? [] : listed(options);
  const place = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!rows.length) ask(box);
    else mark(box, rows.at((place + (event.key === "ArrowDown" ? 1 : place < 0 ? 0 : -1)) % rows.length));
  } else if (event.key === "Enter" && place >= 0) {
    event.preventDefault();
    take(box, rows[place]);
  } else if (event.key === "Escape" && !options.hidden) {
    event.preventDefault();
    close(box);
  } else if (event.key === "Tab" && place >= 0) {
    take(box, rows[place]);
  }
});
