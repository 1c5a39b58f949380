// [data-dismiss]: a button, hidden without scripts, that takes its message away.
// #messages[data-arrived]: one came while the page was being read.
const showDismissers = (root) => {
  root.querySelectorAll("[data-dismiss][hidden]").forEach((button) => {
    button.hidden = false;
  });
};

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast").remove();
});

document.addEventListener("htmx:afterSettle", () => showDismissers(document));
document.addEventListener("htmx:oobAfterSwap", () => showDismissers(document));
showDismissers(document);

const messages = document.getElementById("messages");
const noteArrivals = (changes) => {
  if (changes.some(({ addedNodes }) => addedNodes.length)) messages.dataset.arrived = "";
};
if (messages) new MutationObserver(noteArrivals).observe(messages, { childList: true });
