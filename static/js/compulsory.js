// [data-when="name=value name=*"]: beside the label of a field that a choice makes compulsory; says [data-then] as soon
// as one of them is made, and makes the field's controls `required`.
const isChosen = (form, pair) => {
  const place = pair.indexOf("=");
  const [name, value] = [pair.slice(0, place), pair.slice(place + 1)];
  return [...form.elements].some((control) => {
    if (control.name !== name || (["checkbox", "radio"].includes(control.type) && !control.checked)) return false;
    return value === "*" ? control.value.trim() !== "" : control.value === value;
  });
};

const show = (root) => {
  root.querySelectorAll("[data-when]").forEach((mark) => {
    const form = mark.closest("form");
    const field = mark.closest(".field");
    mark.dataset.else ??= mark.textContent;
    const due = mark.dataset.when.split(" ").some((pair) => isChosen(form, pair));
    mark.textContent = due ? mark.dataset.then : mark.dataset.else;
    mark.toggleAttribute("data-due", due);
    field.querySelectorAll("input:not([type=radio], [type=checkbox]), textarea, select").forEach((control) => {
      control.required = due;
    });
  });
};

["change", "input"].forEach((kind) =>
  document.addEventListener(kind, (event) => {
    if (event.target.form) show(event.target.form);
  }),
);
window.addEventListener("pageshow", () => show(document));
document.addEventListener("htmx:afterSettle", (event) => show(event.target));
