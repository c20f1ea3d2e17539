// The letters of the charts in the colour of the theme: what is drawn on a canvas knows no stylesheet.
"use strict";

(() => {
  const page = document.documentElement;

  function ink() {
    Chart.defaults.color = getComputedStyle(page).getPropertyValue("--tb-chart-ink").trim();
    Object.values(Chart.instances).forEach((chart) => chart.update());
  }

  window.addEventListener("load", ink);
  new MutationObserver(ink).observe(page, { attributeFilter: ["class"] });
})();
