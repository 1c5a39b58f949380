// [data-opens-panel="#id"]: the links [data-cell] in it open in that [data-panel], beside the page; Escape or its
// [data-close-panel] closes it and gives the focus back. With a modifier key a link stays a link.
let opener = null;

const close = (panel) => {
  panel.replaceChildren();
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
  opener = null;
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.target?.matches("[data-panel]")) return;
  opener?.setAttribute("aria-expanded", "false");
  opener = event.detail.elt;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches?.("[data-panel]")) return;
  event.target.querySelectorAll("[data-close-panel]").forEach((button) => {
    button.hidden = false;
  });
  opener?.setAttribute("aria-expanded", "true");
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-opens-panel] a[data-cell]");
  if (!link || !window.htmx || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { source: link, target: link.closest("[data-opens-panel]").dataset.opensPanel, swap: "innerHTML" });
});
document.addEventListener("click", (event) => {
  const panel = event.target.closest("[data-close-panel]")?.closest("[data-panel]");
  if (panel) close(panel);
});
document.addEventListener("keydown", (event) => {
  const panel = document.querySelector("[data-panel]:not(:empty)");
  if (event.key === "Escape" && panel && !document.querySelector("details[data-menu][open]")) close(panel);
});
