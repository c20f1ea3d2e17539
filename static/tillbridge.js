// Follows syncs that are under way: asks how far they are, and shows the new figures when they have ended.
"use strict";

(() => {
  const EVERY = 1500; // milliseconds

  async function follow(bar) {
    let answer;
    try {
      const response = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) return; // signed out meanwhile
      answer = await response.json();
    } catch {
      setTimeout(follow, EVERY * 4, bar); // away for a moment
      return;
    }
    if (!answer.live) {
      window.location.reload();
      return;
    }
    show(bar, answer);
    setTimeout(follow, EVERY, bar);
  }

  function show(bar, answer) {
    const meter = bar.querySelector("progress");
    if (answer.percent === null) meter.removeAttribute("value");
    else meter.value = answer.percent;
    bar.querySelector("[data-text]").textContent = answer.text;
  }

  document.querySelectorAll("[data-progress]").forEach((bar) => setTimeout(follow, EVERY, bar));
})();
