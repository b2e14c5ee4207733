// On every page: larger text, and the panel in which a source opens beside what cites it. Without this script each
// link still leads to the article's own page.
"use strict";

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const byId = (id) => document.getElementById(id);
const say = (key, values = {}) => TEXTS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
// The marks of a title within a title become single ones, as rag.refusals.title_marks has it.
const titleMarks = (title) => `《${title.replaceAll("《", "〈").replaceAll("》", "〉")}》`;
const ROOT = document.body.dataset.root; // where the chat's own page is, from here
const narrow = window.matchMedia("(max-width: 900px)");

function toast(words, undo) {
  const place = byId("toast");
  place.replaceChildren(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("undo");
    button.addEventListener("click", () => { place.replaceChildren(); undo(); });
    place.append(" ", button);
  }
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => place.replaceChildren(), undo ? 10000 : 4000);
}

byId("big").addEventListener("click", () => {
  const big = document.documentElement.classList.toggle("big");
  byId("big").setAttribute("aria-pressed", String(big));
  document.cookie = `big=${big ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
});

byId("language").addEventListener("click", (event) => { // the same page, with what was searched in it
  event.preventDefault();
  const address = new URL(location.href);
  address.searchParams.set("lang", event.currentTarget.hreflang);
  location.href = address.href;
});

byId("print-now")?.addEventListener("click", () => window.print());

document.querySelector("[data-busy]")?.form.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-busy]");
  button.disabled = true;
  button.textContent = say("me_busy");
});

// ---------------------------------------------------------------- the source panel

const panel = byId("source");
const opened = { from: null, places: [], at: 0 }; // the link pressed, its neighbours, which of them is shown

function placesAround(link) {
  if (!link.dataset.source) return [link];
  const links = [...(link.closest("[data-turn]") ?? document).querySelectorAll("a[data-source]")];
  const numbered = new Map();
  for (const other of links) {
    if (other.dataset.source && !numbered.has(other.dataset.source)) numbered.set(other.dataset.source, other);
  }
  return [...numbered.values()].sort((a, b) => a.dataset.source - b.dataset.source);
}

function openSource(link) {
  opened.from = link;
  opened.places = placesAround(link);
  opened.at = opened.places.findIndex((other) => other.dataset.source === link.dataset.source);
  if (!panel.open) {
    if (narrow.matches) {
      panel.showModal();
      history.pushState({ ...history.state, source: true }, ""); // a phone's back button closes the sheet
    } else {
      panel.show();
    }
    document.body.classList.add("with-source");
  }
  showPlace();
}

async function showPlace() {
  const link = opened.places[opened.at];
  const count = opened.places.length;
  const numbered = Boolean(link.dataset.source);
  for (const place of document.querySelectorAll(".marker.open")) place.classList.remove("open");
  for (const place of document.querySelectorAll(`.marker[href="${CSS.escape(link.getAttribute("href"))}"]`)) {
    place.classList.add("open");
  }
  byId("source-place").textContent = numbered
    ? say("source_place", { number: link.dataset.source, count })
    : say("source_article");
  panel.querySelector(".steps").hidden = count < 2;
  byId("source-previous").disabled = opened.at === 0;
  byId("source-next").disabled = opened.at === count - 1;
  const body = byId("source-body");
  body.setAttribute("aria-busy", "true");
  const address = new URL(link.href);
  address.searchParams.set("part", "1");
  let html = null;
  try {
    const response = await fetch(address);
    if (response.ok) html = await response.text();
  } catch { /* shown below as gone */ }
  if (link !== opened.places[opened.at]) return; // another one was pressed meanwhile
  body.removeAttribute("aria-busy");
  if (html === null) {
    showKept(body, link);
  } else {
    body.innerHTML = html; // escaped by the server
    const article = body.querySelector("article");
    byId("source-ask").href = `${ROOT}?within=${encodeURIComponent(article.dataset.id)}`;
    byId("source-ask").dataset.within = article.dataset.id;
    byId("source-ask").dataset.title = article.dataset.title;
  }
  panel.querySelector("footer").hidden = html === null;
  const cited = byId("cited");
  if (cited) {
    cited.scrollIntoView({ block: "center" });
    cited.focus({ preventScroll: true });
  } else {
    body.scrollTop = 0;
    body.focus({ preventScroll: true });
  }
}

function showKept(body, link) {
  const title = document.createElement("h2");
  const note = document.createElement("p");
  const quote = document.createElement("blockquote");
  title.textContent = link.dataset.title;
  note.className = "note";
  note.textContent = say("gone");
  quote.textContent = link.dataset.quote ?? "";
  body.replaceChildren(title, note, quote);
}

function closeSource() {
  if (!panel.open) return;
  if (history.state?.source) history.back(); // popstate below does the rest
  else hideSource();
}

function hideSource() {
  panel.close();
  document.body.classList.remove("with-source");
  for (const place of document.querySelectorAll(".marker.open")) place.classList.remove("open");
  const link = opened.from?.isConnected ? opened.from : null;
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

window.addEventListener("popstate", () => { if (panel.open) hideSource(); });
byId("source-close").addEventListener("click", closeSource);
byId("source-previous").addEventListener("click", () => { opened.at -= 1; showPlace(); });
byId("source-next").addEventListener("click", () => { opened.at += 1; showPlace(); });
panel.addEventListener("cancel", (event) => { event.preventDefault(); closeSource(); });
panel.addEventListener("click", (event) => { if (event.target === panel) closeSource(); }); // the backdrop
document.addEventListener("keydown", (event) => {
  if (!panel.open || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") { event.preventDefault(); closeSource(); }
  if (!panel.contains(document.activeElement)) return;
  if (event.key === "ArrowLeft" && !byId("source-previous").disabled) { opened.at -= 1; showPlace(); }
  if (event.key === "ArrowRight" && !byId("source-next").disabled) { opened.at += 1; showPlace(); }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-source]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  hideTip();
  openSource(link);
});

// ---------------------------------------------------------------- the quote above a marker

const tip = document.createElement("div");
tip.id = "tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);

function showTip(marker) {
  tip.textContent = marker.dataset.quote;
  tip.hidden = false;
  const place = marker.getBoundingClientRect();
  const left = Math.min(Math.max(8, place.left - 24), window.innerWidth - tip.offsetWidth - 8);
  const above = place.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : place.bottom + 8}px`;
}

function hideTip() { tip.hidden = true; }

const markerOf = (event) => (event.target.closest ? event.target.closest(".marker[data-quote]") : null);
document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const marker = markerOf(event);
  if (marker) showTip(marker); else hideTip();
});
document.addEventListener("focusin", (event) => {
  const marker = markerOf(event);
  if (marker?.matches(":focus-visible")) showTip(marker); else hideTip();
});
document.addEventListener("scroll", hideTip, { passive: true, capture: true });
