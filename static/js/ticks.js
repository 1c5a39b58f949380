// [data-tick-all="name"]: one box ticks all boxes of that name on the page.
document.querySelectorAll("[data-tick-all]").forEach((label) => {
  const all = label.querySelector("input");
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${label.dataset.tickAll}"]`)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  label.hidden = boxes.length < 2;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", show));
  window.addEventListener("pageshow", show);
});
