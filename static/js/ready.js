// Says to the style sheet that scripts run; on a phone a row of tabs begins where the current one can be read.
document.documentElement.dataset.js = "";
document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
  const row = tab.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft += tab.getBoundingClientRect().left + tab.offsetWidth / 2 - row.getBoundingClientRect().left - row.clientWidth / 2;
});
