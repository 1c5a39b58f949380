// form[data-guard]: whoever leaves with unsaved text is asked first. Secrets and plain choices are not worth the question.
const typed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form && event.target.matches("textarea, input[type=text], input:not([type])")) typed.add(form);
});

// A submission that was called off (a question answered with no, a file too large) has sent nothing.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) typed.delete(event.target);
});

window.addEventListener("beforeunload", (event) => {
  if ([...typed].some((form) => form.isConnected)) event.preventDefault();
});
