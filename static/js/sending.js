// A form with an input[data-once] is sent once: its button shows that it works, and pressed again meanwhile it sends nothing.
// The server acts once whatever happens; after a while, or when the page is shown again (Back), the button is free.
const PATIENCE = 15_000;
const waiting = new Map();

const release = (form) => {
  waiting.get(form)?.button?.removeAttribute("aria-busy");
  clearTimeout(waiting.get(form)?.timer);
  waiting.delete(form);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  // htmx sends its forms itself, and prevents the browser's way.
  if ((event.defaultPrevented && !form.hasAttribute("hx-post")) || !form.querySelector("input[data-once]")) return;
  if (waiting.has(form)) {
    event.preventDefault();
    return;
  }
  event.submitter?.setAttribute("aria-busy", "true");
  waiting.set(form, { button: event.submitter, timer: setTimeout(release, PATIENCE, form) });
});
document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form")));
window.addEventListener("pageshow", (event) => {
  if (event.persisted) [...waiting.keys()].forEach(release);
});
