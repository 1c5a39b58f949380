// [data-dismiss]: a button, hidden without scripts, that takes its message away.
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
