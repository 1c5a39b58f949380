// [data-copy="#id"]: copies the text or value of that element; data-copied is what the button says then.
// Where the browser does not let a page write to the clipboard, the text is selected for the person to copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
  } catch {
    source.focus();
    source.select?.();
    return;
  }
  if (!button.dataset.copied) return;
  const label = button.querySelector("[data-label]") ?? button;
  button.dataset.before ??= label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => {
    label.textContent = button.dataset.before;
  }, 2500);
});
