// form[data-auto-submit]: a filter chosen with the pointer applies at once; from the keyboard the button does it,
// so that walking through a list of choices does not load a page at every step.
let byPointer = false;

document.addEventListener("pointerdown", () => {
  byPointer = true;
});
document.addEventListener("keydown", () => {
  byPointer = false;
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && byPointer && event.target.matches("select:not([multiple]), input[type=checkbox], input[type=radio]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-auto-submit]")) return;
  event.target.querySelectorAll("input[name], select[name]").forEach((control) => {
    control.disabled = control.value === "" && !control.multiple;
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-auto-submit] [name]:disabled").forEach((control) => {
    control.disabled = false;
  });
});
