// A request of htmx that fails is told by the toast in template#unanswered, until one is answered. [data-asks-again] asks
// again by itself ("again" in its hx-trigger), with growing pauses, and tells of its first failure alone.
const FIRST = 2_000;
const LONGEST = 60_000;
const pauses = new WeakMap();

const takeAway = () => document.querySelector("#messages [data-unanswered]")?.remove();

const tell = () => {
  takeAway();
  document.querySelector("#messages").append(document.querySelector("#unanswered").content.cloneNode(true));
};

["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((failure) =>
  document.addEventListener(failure, ({ detail: { elt: asker } }) => {
    const pause = pauses.get(asker) ?? FIRST;
    if (!pauses.has(asker)) tell();
    if (!asker.matches("[data-asks-again]")) return;
    pauses.set(asker, Math.min(pause * 2, LONGEST));
    setTimeout(() => window.htmx.trigger(asker, "again"), pause);
  }),
);
document.addEventListener("htmx:afterSwap", takeAway);
