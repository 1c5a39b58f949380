// A form that comes back has forgotten its files: with one chosen, what is compulsory and empty is asked for before it is
// sent. Without a file the page says all that is wrong at once.
const isMissing = (control) => control.type !== "file" && control.validity?.valueMissing && control.checkVisibility();

document.addEventListener(
  "submit",
  (event) => {
    const controls = [...event.target.elements];
    if (!controls.some((control) => control.type === "file" && control.files.length)) return;
    const missing = controls.find(isMissing);
    if (!missing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    missing.reportValidity();
  },
  true,
);
