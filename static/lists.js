// Where the screen is narrow, a list shows its headings beside its values: those begin like every other heading.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-label]").forEach((cell) => {
    const heading = cell.dataset.label;
    cell.dataset.label = heading.charAt(0).toUpperCase() + heading.slice(1);
  });
});
