// input[type=file][data-max-mb]: a file too large is refused before it is sent; the sentence comes with the field.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-max-mb]")) return;
  const limit = Number(input.dataset.maxMb) * 1024 * 1024;
  const large = [...input.files].some((file) => file.size > limit);
  input.setCustomValidity(large ? (input.dataset.tooLarge ?? "…") : "");
  input.setAttribute("aria-invalid", String(large));
  if (large) input.reportValidity();
});

document.addEventListener(
  "submit",
  (event) => {
    const refused = [...event.target.querySelectorAll("input[type=file][data-max-mb]")].find((input) => input.validity.customError);
    if (!refused) return;
    event.preventDefault();
    refused.reportValidity();
  },
  true,
);
