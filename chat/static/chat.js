// The chat: conversations kept in this browser, one question at a time, the answer as it comes.
// The server makes all HTML; this script keeps the plain turns (chat/turns.py) and puts the pieces in their places.
"use strict";

const KEY = "wence.conversations";
const MOST = 60; // conversations kept
const STALL = 120000; // milliseconds without a word from the server
const LANG = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");

// ---------------------------------------------------------------- what is kept: [{id, title, named, when, turns}]

let memory = null; // where the browser keeps nothing

function readAll() {
  if (memory) return memory;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter((one) => one && typeof one.id === "string" && Array.isArray(one.turns))
      .map((one) => ({ ...one, turns: one.turns.filter((turn) => typeof turn?.question === "string") }));
  } catch {
    return [];
  }
}

function writeAll(all) {
  all.sort((a, b) => b.when - a.when);
  let kept = all.slice(0, MOST);
  if (memory) { memory = kept; return; }
  for (;;) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch (error) {
      if (error.name !== "QuotaExceededError" || kept.length < 2) { memory = kept; return; }
      kept = kept.slice(0, -1); // the oldest makes room
    }
  }
}

function change(id, edit) {
  const all = readAll();
  const one = all.find((other) => other.id === id);
  if (one) { edit(one); writeAll(all); }
}

// ---------------------------------------------------------------- the page's state

let current = null; // the id of the conversation shown; null for a new one
let running = null; // {turn, ticket, stream, timer, said}
let within = null; // {id, title}: only this article is asked
let opening = null; // the conversation whose kept turns the server is making into HTML

const box = byId("question");
const turns = byId("turns");
const conversation = () => readAll().find((one) => one.id === current);

function showList() {
  const items = readAll().map((one) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.title;
    button.title = one.title;
    if (one.id === current) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => { open(one.id); closeDrawer(); });
    item.append(button);
    return item;
  });
  byId("list").replaceChildren(...items);
  const one = conversation();
  byId("title").textContent = one ? one.title : say("untitled");
  document.title = one ? `${one.title} · ${document.title.split(" · ").pop()}` : document.title.split(" · ").pop();
  byId("menu").hidden = !one;
  byId("menu").open = false;
  byId("welcome").hidden = Boolean(turns.children.length);
}

async function open(id) {
  if (running) stop();
  current = readAll().some((one) => one.id === id) ? id : null;
  sessionStorage.setItem("wence.current", current ?? "");
  turns.replaceChildren();
  const one = conversation();
  opening = one;
  if (one?.turns.length) {
    const html = await post("render", form({ title: one.title, turns: one.turns })).then((r) => r.text(), () => "");
    if (opening !== one) return; // another one was opened meanwhile
    if (html) turns.insertAdjacentHTML("afterbegin", html); // before what was asked meanwhile
    else showPlain(one);
  }
  showList();
  if (turns.lastElementChild) turns.lastElementChild.scrollIntoView();
}

function showPlain(one) { // the server cannot be reached: the kept words, without their sources
  turns.prepend(...one.turns.map((kept) => {
    const turn = pending(kept.question, kept.within?.title);
    turn.querySelector(".answer").textContent = (kept.said ?? []).map((s) => s.text).join("");
    problem(turn, kept.problem || kept.note || "");
    return turn;
  }));
}

const post = (address, body) => fetch(address, { method: "POST", body }).then((response) => {
  if (!response.ok) throw new Error(response.status);
  return response;
});

function form(value) {
  const data = new FormData();
  data.append("conversation", JSON.stringify(value));
  return data;
}

// ---------------------------------------------------------------- asking

function pending(question, title) {
  const turn = byId("pending").content.firstElementChild.cloneNode(true);
  turn.querySelector(".asked").textContent = question;
  if (title) {
    turn.querySelector(".only").hidden = false;
    turn.querySelector(".only").textContent = say("asked_within", { title: titleMarks(title) });
  }
  return turn;
}

function problem(turn, words) {
  const line = document.createElement("p");
  line.className = "note problem";
  line.textContent = words;
  const again = document.createElement("button");
  again.type = "button";
  again.dataset.do = "retry";
  again.textContent = say("retry");
  const actions = document.createElement("p");
  actions.className = "actions";
  actions.append(again);
  turn.querySelector(".end").replaceChildren(line, actions);
}

async function ask(question, only = within) {
  question = question.trim();
  if (!question || running) return;
  if (!conversation()) {
    current = newId();
    sessionStorage.setItem("wence.current", current);
    const all = readAll();
    all.push({ id: current, title: question.slice(0, 30), named: false, when: Date.now(), turns: [] });
    writeAll(all);
  }
  const before = conversation().turns.filter((turn) => turn.status && turn.status !== "error");
  const past = before.slice(-6).map((turn) => [turn.question, turn.said.map((s) => s.text).join("") + (turn.note ?? "")]);
  const turn = pending(question, only?.title);
  turns.append(turn);
  running = { turn, question, only, ticket: newId(), id: current, said: 0, stream: null, timer: null };
  showList();
  busy(true);
  turn.scrollIntoView();
  const mine = running;
  listen(mine);
  try {
    const data = [question, past, only?.id ?? "", mine.ticket, current, LANG];
    const response = await fetch("gradio_api/call/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data }),
    });
    if (!response.ok) throw new Error(response.status);
    const { event_id: event } = await response.json();
    if (running !== mine) return;
    mine.stream = new EventSource(`gradio_api/call/ask/${event}`);
    let seen = 0;
    mine.stream.addEventListener("generating", (message) => {
      if (running !== mine) return;
      listen(mine);
      for (const piece of JSON.parse(message.data)[0]) { receive(mine, piece); seen += 1; }
    });
    mine.stream.addEventListener("complete", () => { if (running === mine) lose(mine); });
    mine.stream.addEventListener("heartbeat", () => listen(mine));
    mine.stream.addEventListener("error", () => { if (running === mine) lose(mine); });
  } catch {
    if (running === mine) lose(mine);
  }
}

function listen(mine) { // a server that says nothing for long is lost
  clearTimeout(mine.timer);
  mine.timer = setTimeout(() => { if (running === mine) lose(mine); }, STALL);
}

function receive(mine, piece) {
  const end = mine.turn.querySelector(".end");
  if (piece.status) {
    const line = end.querySelector(".working");
    if (line) line.textContent = piece.status;
  } else if (piece.html) {
    mine.turn.querySelector(".answer").insertAdjacentHTML("beforeend", piece.html); // escaped by the server
  } else if (piece.turn) {
    end.innerHTML = piece.end;
    finish(mine, piece.turn);
  }
}

function finish(mine, record) {
  mine.stream?.close();
  clearTimeout(mine.timer);
  running = null;
  change(mine.id, (one) => { one.turns.push(record); one.when = Date.now(); });
  busy(false);
  showList();
  const words = [...record.said.map((said) => said.text), record.problem || record.note,
    record.choices.map((choice) => choice.label).join("；")].join("");
  byId("announcer").textContent = say("announced", { text: words });
}

function lose(mine) {
  mine.stream?.close();
  clearTimeout(mine.timer);
  running = null;
  fetch("stop", { method: "POST", body: mine.ticket }).catch(() => {});
  problem(mine.turn, say("lost"));
  const kept = { question: mine.question, within: mine.only && { article_id: mine.only.id, title: mine.only.title, kind: "news" },
    said: [], status: null, note: "", choices: [], nearest: [], problem: say("lost"), answer_id: "", rating: "" };
  change(mine.id, (one) => { one.turns.push(kept); one.when = Date.now(); });
  busy(false);
  byId("announcer").textContent = say("lost");
}

function stop() {
  if (running) fetch("stop", { method: "POST", body: running.ticket }).catch(() => {});
}

function busy(is) {
  byId("send").hidden = is;
  byId("stop").hidden = !is;
  byId("composer").classList.toggle("busy", is);
  if (is) byId("announcer").textContent = "";
}

window.addEventListener("pagehide", () => { if (running) navigator.sendBeacon("stop", running.ticket); });

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running || !box.value.trim()) { box.focus(); return; } // what is typed meanwhile stays
  const question = box.value;
  box.value = "";
  grow();
  if (narrow.matches) box.blur(); // the keyboard of a phone gives way to the answer
  ask(question);
});
byId("stop").addEventListener("click", () => { stop(); box.focus(); });
// The Enter that ends the choice of a Chinese character sends nothing. It comes while composing, or (Safari) right after;
// its keyCode tells nothing: Chrome with some input methods says 229 of every Enter that follows.
const AFTER_CHOICE = 50; // milliseconds
let composing = false;
let chosenAt = -Infinity;
let lineWanted = false; // Shift+Enter
const justChosen = (event) => event.timeStamp - chosenAt < AFTER_CHOICE;
box.addEventListener("compositionstart", () => { composing = true; });
box.addEventListener("compositionend", (event) => { composing = false; chosenAt = event.timeStamp; });
box.addEventListener("blur", () => { composing = false; });
box.addEventListener("keydown", (event) => {
  lineWanted = event.key === "Enter" && event.shiftKey;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || composing) return;
  event.preventDefault();
  if (!event.repeat && !justChosen(event)) byId("composer").requestSubmit();
});
box.addEventListener("beforeinput", (event) => { // keyboards that name no key, or whose Enter cannot be prevented
  if (!["insertLineBreak", "insertParagraph"].includes(event.inputType) || lineWanted || event.isComposing) return;
  event.preventDefault();
  if (!justChosen(event)) byId("composer").requestSubmit();
});

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`;
}
box.addEventListener("input", grow);

byId("welcome").addEventListener("click", (event) => {
  const example = event.target.closest(".example");
  if (example) ask(example.textContent);
});

// ---------------------------------------------------------------- one article only

function only(article) {
  within = article;
  byId("within").hidden = !article;
  if (article) byId("within-title").textContent = say("within", { title: titleMarks(article.title) });
}

byId("within-off").addEventListener("click", () => { only(null); box.focus(); });
byId("source-ask").addEventListener("click", (event) => {
  const link = event.currentTarget;
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  only({ id: link.dataset.within, title: link.dataset.title });
  const turn = opened.from.closest(".turn");
  if (turn?.querySelector(".refusal") && !box.value) { // what was refused is ready to be asked of this article
    box.value = turn.querySelector(".question > p:last-child").textContent;
  }
  opened.from = box;
  closeSource();
});

// ---------------------------------------------------------------- what stands under an answer

turns.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  const turn = button.closest(".turn");
  const place = [...turns.children].indexOf(turn);
  const act = { copy: () => copy(button.dataset.text, say("copied")), share: () => share(button.dataset.id),
    good: () => rate(button, place, true, ""), bad: () => askReason(button, place), retry: () => retry(turn, place),
    choose: () => { ask(button.dataset.question, null); box.focus({ preventScroll: true }); } };
  act[button.dataset.do]();
});

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch { // no clipboard outside https: the old way
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    toast(document.execCommand("copy") ? done : say("cannot_copy"));
    area.remove();
  }
}

async function share(id) {
  const address = new URL(`a/${encodeURIComponent(id)}`, document.baseURI).href;
  if (navigator.share && narrow.matches) {
    try { await navigator.share({ url: address }); } catch { /* the citizen changed their mind */ }
  } else {
    copy(address, say("shared"));
  }
}

async function rate(button, place, good, reason) {
  try {
    await fetch("rate", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id: button.dataset.id, good, reason }) }).then((r) => { if (!r.ok) throw new Error(r.status); });
  } catch {
    toast(say("not_sent"));
    return;
  }
  for (const thumb of button.parentElement.querySelectorAll("[aria-pressed]")) {
    thumb.setAttribute("aria-pressed", String(thumb === button));
  }
  change(current, (one) => { if (one.turns[place]) one.turns[place].rating = good ? "good" : "bad"; });
  toast(say("thanks"));
}

function askReason(button, place) {
  const dialog = byId("reason-dialog");
  dialog.querySelector("form").reset();
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "send") return;
    const chosen = dialog.querySelector("input[name=reason]:checked")?.value ?? "";
    rate(button, place, false, [chosen, byId("reason-more").value.trim()].filter(Boolean).join("："));
  };
  dialog.showModal();
}

function retry(turn, place) {
  if (running) return;
  const kept = conversation()?.turns[place];
  const question = turn.querySelector(".question > p:last-child").textContent;
  change(current, (one) => one.turns.splice(place, 1));
  turn.remove();
  const article = kept?.within;
  ask(question, article ? { id: article.article_id, title: article.title } : null);
}

// ---------------------------------------------------------------- conversations

function fresh() {
  open(null);
  only(null);
  closeDrawer();
  box.focus();
}

byId("new").addEventListener("click", fresh);

byId("rename").addEventListener("click", () => {
  const dialog = byId("rename-dialog");
  const name = byId("rename-name");
  byId("menu").open = false;
  name.value = conversation().title;
  dialog.returnValue = "";
  dialog.onclose = () => {
    const title = name.value.trim();
    if (dialog.returnValue !== "save" || !title) return;
    change(current, (one) => { one.title = title; one.named = true; });
    showList();
  };
  dialog.showModal();
  name.select();
});

byId("delete").addEventListener("click", () => {
  const gone = conversation();
  if (running) stop();
  writeAll(readAll().filter((one) => one.id !== gone.id));
  fresh();
  toast(say("deleted"), () => {
    writeAll([...readAll(), gone]);
    open(gone.id);
  });
});

for (const taking of document.querySelectorAll("form.take")) {
  taking.addEventListener("submit", () => {
    const { title, turns: kept } = conversation();
    taking.elements.conversation.value = JSON.stringify({ title, turns: kept });
    byId("menu").open = false;
  });
}

// On a narrow screen the conversations come in from the side.
function closeDrawer() {
  document.body.classList.remove("with-drawer");
  byId("drawer").setAttribute("aria-expanded", "false");
}

byId("drawer").addEventListener("click", () => {
  const is = document.body.classList.toggle("with-drawer");
  byId("drawer").setAttribute("aria-expanded", String(is));
  if (is) byId("new").focus();
});
document.addEventListener("click", (event) => {
  if (document.body.classList.contains("with-drawer") && !event.target.closest("#conversations, #drawer")) closeDrawer();
  if (byId("menu").open && !event.target.closest("#menu")) byId("menu").open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.open) return;
  if (byId("menu").open) { byId("menu").open = false; byId("menu").querySelector("summary").focus(); }
  if (document.body.classList.contains("with-drawer")) { closeDrawer(); byId("drawer").focus(); }
});

window.addEventListener("storage", (event) => { if (event.key === KEY && !running) showList(); });

const chosen = byId("within").dataset;
if (chosen.id) only({ id: chosen.id, title: chosen.title });
if (!narrow.matches) box.focus();
open(chosen.id ? null : sessionStorage.getItem("wence.current") || null);
