// Keeps the example of a document's number in step with the prefix that is being typed.
"use strict";

document.querySelectorAll("[data-number-url]").forEach((box) => {
  const field = document.getElementById(box.dataset.numberField);
  if (!field) return;
  let latest = 0;
  field.addEventListener("input", async () => {
    const mine = ++latest;
    const answer = await fetch(`${box.dataset.numberUrl}?prefix=${encodeURIComponent(field.value)}`);
    if (!answer.ok || mine !== latest) return;
    const number = await answer.json();
    box.querySelector("output").textContent = number.example;
    box.querySelector(".tb-shortened").hidden = !number.is_shortened;
  });
});
