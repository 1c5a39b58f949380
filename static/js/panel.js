// [data-panel]: a piece of a page opened beside it; Escape or its [data-close-panel] closes it and gives the focus back.
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
  const panel = event.target.closest("[data-close-panel]")?.closest("[data-panel]");
  if (panel) close(panel);
});
document.addEventListener("keydown", (event) => {
  const panel = document.querySelector("[data-panel]:not(:empty)");
  if (event.key === "Escape" && panel && !document.querySelector("details[data-menu][open]")) close(panel);
});
