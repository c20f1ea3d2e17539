// The letters of the charts in the colour of the theme: what is drawn on a canvas knows no stylesheet.
"use strict";

(() => {
  const page = document.documentElement;

  function ink() {
    const colour = getComputedStyle(page).getPropertyValue("--tb-chart-ink").trim();
    for (const chart of Object.values(Chart.instances)) {
      const { scales, plugins } = chart.options;
      for (const lettered of [scales.x.ticks, scales.y.ticks, plugins.legend.labels]) lettered.color = colour;
      chart.update();
    }
  }

  window.addEventListener("load", ink);
  new MutationObserver(ink).observe(page, { attributeFilter: ["class"] });
})();
