// form[data-guard]: whoever leaves with unsaved text is asked first. Secrets and plain choices are not worth the question.
// A form shown again because it could not be saved still holds what was typed.
const TEXT = "textarea, input[type=text], input:not([type])";
const isWritten = (form) => [...form.querySelectorAll(TEXT)].some(({ value }) => value.trim());
const shownAgain = [...document.querySelectorAll("form[data-guard]:has(.error-summary)")].filter(isWritten);
const typed = new Set([...shownAgain, ...document.querySelectorAll('form[data-guard="unsaved"]')]);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form && event.target.matches(TEXT)) typed.add(form);
});

// A submission that was called off (a question answered with no, a file too large) has sent nothing.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) typed.delete(event.target);
});

window.addEventListener("beforeunload", (event) => {
  if ([...typed].some((form) => form.isConnected)) event.preventDefault();
});
