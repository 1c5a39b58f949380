// [data-print]: prints the page. On paper a field is what was written in it, whole, however long.
const FIELDS = "input:not([type=checkbox], [type=radio], [type=hidden], [type=file], [type=password], [type=submit]), textarea, select";

const textOf = (field) =>
  field.selectedOptions ? [...field.selectedOptions].map((option) => (option.value ? option.text.trim() : "")).join(" · ") : field.value;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("main form").forEach((form) => {
    form.querySelectorAll(FIELDS).forEach((field) => {
      if (!field.checkVisibility()) return;
      const written = document.createElement("p");
      written.className = "written";
      written.dir = field.dir || "auto";
      written.textContent = textOf(field) || "–";
      field.after(written);
    });
  });
});
window.addEventListener("afterprint", () => document.querySelectorAll(".written").forEach((written) => written.remove()));
