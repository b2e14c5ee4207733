// The desk works without this script; it adds the keys, keeps the cited words in view and follows the index's progress.
"use strict";

const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key.toLowerCase() === event.key.toLowerCase());
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea")) wanted.focus();
  else wanted.click();
});

// A verdict is sent once, however often its key is pressed.
document.querySelectorAll("form[method=post]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });

document.querySelectorAll(".text").forEach((box) => {
  const mark = box.querySelector("mark");
  if (mark) box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 3;
});

document.querySelectorAll("[data-back]").forEach((link) => {
  if (document.referrer.startsWith(location.origin) && history.length > 1) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.back();
    });
  }
});

const panel = document.querySelector("[data-running]");
if (panel) {
  const follow = async () => {
    const answer = await fetch(panel.dataset.progress, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    if (!now.running) {
      location.replace(location.pathname + location.search);
      return;
    }
    panel.querySelector(".words").textContent = now.words;
    const bar = panel.querySelector("progress");
    if (now.total) {
      bar.max = now.total;
      bar.value = now.done;
    }
    setTimeout(follow, 700);
  };
  setTimeout(follow, 400);
}
