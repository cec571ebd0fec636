/* What stands on the card of <cocreate-launcher>: a board, what became of ideas, and the beginning of
   one. launcher.js fetches it when the card is opened first, and gives it the elements. */

const MOST_TOLD = 8, LONGEST_TITLE = 300;

const WORDS = {
  en: {
    tabs: ["Ideas", "What became of them", "Your idea"], wait: "One moment…",
    nothing: "No idea has been taken up yet. What the brand decides stands here, in its own words.",
    whole: "The whole road map", title: "Your idea in a few words",
    how: "Begin with a title; you write the rest on the site of {name}, in a new window.",
    which: "Which question is it for?", go: "Go on", shut: "No question takes ideas just now.",
  },
  fr: {
    tabs: ["Idées", "Leur suite", "Votre idée"], wait: "Un instant…",
    nothing: "Aucune idée n’a encore été retenue. Ce que la marque décide sera ici, avec ses propres mots.",
    whole: "Toute la feuille de route", title: "Votre idée en quelques mots",
    how: "Commencez par un titre ; vous écrivez le reste sur le site de {name}, dans une nouvelle fenêtre.",
    which: "Pour quelle question ?", go: "Continuer", shut: "Aucune question n’accueille d’idées en ce moment.",
  },
};

const STYLE = `
.tabs { display: flex; gap: .25em; padding-inline: .65em; border-block-end: 1px solid color-mix(in srgb, var(--l) 45%, transparent); }
.tabs button { flex: none; min-block-size: 2.9em; padding: .4em .5em; border: solid transparent; border-width: 3px 0; background: none; color: var(--s); font-size: .9em; font-weight: 600; line-height: 1.2; }
.tabs button:nth-child(2) { flex: 0 1 auto; }
.tabs [aria-selected=true] { border-block-end-color: var(--a); color: var(--t); }
.tabs button:hover { color: var(--t); }
.panel { flex: 1; min-block-size: 0; overflow: auto; overscroll-behavior: contain; padding: .9em 1.15em 1.2em; }
.panel[hidden] { display: none; }
:is(.tabs button, .panel):focus-visible { outline-offset: -4px; }
.panel .trouble { margin: 0; }
.alone::part(heading) { display: none; }
.alone::part(list), .told { margin-block-start: -1em; }
.told > li { gap: .35em; }
.chip { padding: .1em .6em; border: 1px solid var(--l); border-radius: 99em; color: var(--t); font-weight: 600; overflow-wrap: anywhere; }
.words { padding-inline-start: .7em; border-inline-start: 3px solid var(--a); font-size: .94em; overflow-wrap: anywhere; }
.form { display: grid; gap: 1em; justify-items: start; }
.form > * { inline-size: 100%; }
.form > .go { inline-size: auto; padding-inline: 1.4em; background: var(--a); color: var(--on); }
.form :is(label, legend) { font-weight: 600; overflow-wrap: anywhere; }
.form > label { display: grid; gap: .35em; }
.form > label input { min-block-size: 2.75em; padding: .45em .7em; border: 1px solid var(--l); border-radius: min(.5em, var(--cocreate-radius, .5em)); background: var(--b); color: var(--t); font: inherit; font-weight: 400; }
.form fieldset { border: 0; min-inline-size: 0; }
.form fieldset label { display: flex; gap: .6em; padding-block: .45em; font-weight: 400; cursor: pointer; }
.form [type=radio] { flex: none; inline-size: 1.15em; block-size: 1.15em; margin-block-start: .15em; accent-color: var(--a); }
@media (forced-colors: active) {
  .tabs [aria-selected=false] { border-color: Canvas; }
  .tabs [aria-selected=true] { border-color: Canvas Canvas Highlight; }
}`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

// Onto the card of the launcher; its board, which has no attributes yet but for its words.
export function lay(launcher, core) {
  const name = "cocreate-launcher-board";
  if (!customElements.get(name)) customElements.define(name, boardOf(core));
  return new Card(launcher, core).board;
}

// The board tells its card what it was told, so that nothing is asked twice.
const boardOf = ({ CocreateBoard }) => class extends CocreateBoard {
  show(found) {
    super.show(found);
    this.card.know(found);
  }

  fail(error) {
    super.fail(error);
    this.card.launcher.fail();
  }
};

class Card {
  constructor(launcher, core) {
    const { h } = core, { language } = launcher, w = WORDS[language];
    const board = h("cocreate-launcher-board", { lang: language, level: 3 });
    if (!launcher.hasAttribute("challenge")) { // its heading stands on the card
      board.className = "alone";
      board.setAttribute("level", 2);
    }
    Object.assign(this, { launcher, core, w, board, language });
    board.card = this;
    this.tabs = w.tabs.map((name, place) => h("button", { id: `tab${place}`, type: "button", role: "tab", part: "tab", "aria-controls": `panel${place}`, onclick: () => this.choose(place) }, name));
    this.panels = this.tabs.map((_, place) => h("div", { id: `panel${place}`, class: "panel", role: "tabpanel", part: "panel", tabindex: 0, "aria-labelledby": `tab${place}` }));
    this.panels[0].append(board);
    this.list = h("div", { class: "tabs", role: "tablist", "aria-label": launcher.heading.textContent, onkeydown: (event) => this.move(event) }, ...this.tabs);
    launcher.shadowRoot.adoptedStyleSheets.push(sheet);
    launcher.body.replaceChildren(this.list, ...this.panels);
    this.choose(0);
  }

  move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // the browser's own, as the way back
    const { tabs, place } = this, { key } = event, last = tabs.length - 1;
    const step = { ArrowRight: 1, ArrowLeft: last }[key];
    const isTurned = getComputedStyle(this.list).direction === "rtl";
    const to = { Home: 0, End: last }[key] ?? (place + (isTurned ? tabs.length - step : step)) % tabs.length;
    if (!tabs[to]) return;
    event.preventDefault();
    this.choose(to);
    tabs[to].focus();
  }

  choose(chosen) {
    this.place = chosen;
    this.tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
      this.panels[place].hidden = place !== chosen;
    });
    this.read(chosen);
  }

  // As often as the board asks.
  know({ brand }) {
    const isFirst = !this.brand, { launcher } = this;
    this.brand = brand;
    launcher.wear(brand.accent);
    launcher.heading.textContent = brand.name;
    for (const one of [launcher.card, this.list]) one.setAttribute("aria-label", brand.name);
    if (isFirst) this.read(this.place);
  }

  async read(place) {
    const panel = this.panels[place];
    if (!place) return;
    if (!panel.firstChild) panel.append(this.core.h("p", { class: "soft", role: "status" }, this.w.wait));
    if (!this.brand) return; // know() comes back
    try {
      await (place === 1 ? this.tell(panel) : this.take(panel));
    } catch {
      panel.replaceChildren(this.launcher.trouble(() => (panel.focus(), this.read(place))));
    }
  }

  // What became of ideas, as the brand says it.
  async tell(panel) {
    const { board, brand, w, core: { h, link } } = this;
    const { results } = await board.ask(`brands/${brand.slug}/roadmap/`, { limit: MOST_TOLD });
    if (!results.length) return panel.replaceChildren(h("p", { class: "soft", part: "empty" }, w.nothing));
    panel.replaceChildren(
      h("ol", { class: "list told", part: "list", role: "list" }, ...results.map((one) => this.line(one))),
      h("p", { class: "foot", part: "foot" }, link(board, `${brand.url}roadmap/`, { part: "all" }, w.whole)),
    );
  }

  line({ idea, decided, words }) {
    const { board, brand, language, core: { h, link } } = this;
    const day = decided && h("time", { datetime: decided }, new Date(decided).toLocaleDateString(language, { dateStyle: "medium" }));
    const counted = idea.support !== null && board.say(board.w.for, { n: idea.support });
    return h("li", { part: "idea" },
      h("div", { class: "title", part: "title", role: "heading", "aria-level": 3, dir: "auto", lang: idea.language }, link(board, `${idea.url}#answers`, {}, idea.title)),
      h("p", { class: "row soft", part: "facts" }, h("span", { class: "chip", part: "status" }, idea.status.label), h("span", {}, day, day && counted && " · ", counted)),
      words && h("p", { class: "words", part: "words", dir: "auto", lang: brand.language }, words));
  }

  // A title, which the form of the site itself takes up: a page of another site posts nothing.
  async take(panel) {
    const { board, brand, language, launcher, w, core: { h, link, once } } = this;
    if (this.input) return; // with what was typed
    const { results } = await once(`brands/${brand.slug}/challenges/`, board.key, { lang: language });
    const wanted = launcher.getAttribute("challenge");
    const open = results.filter((one) => one.allows.includes("submit") && (!wanted || one.slug === wanted));
    if (!open.length) return panel.replaceChildren(h("p", { class: "soft", part: "empty" }, `${w.shut} `, link(board, brand.url, {}, brand.name)));
    let [chosen] = open;
    const go = link(board, "", { class: "button go", part: "button go" }, w.go);
    const aim = () => (go.href = `${brand.url}submit/?${new URLSearchParams({ challenge: chosen.slug, title: this.input.value.trim() })}`);
    const enter = (event) => event.key === "Enter" && !event.isComposing && go.click();
    this.input = h("input", { maxlength: LONGEST_TITLE, dir: "auto", autocomplete: "off", oninput: aim, onkeydown: enter });
    const choices = open.map((one) => h("label", { lang: one.language },
      h("input", { type: "radio", name: "question", onchange: () => ((chosen = one), aim()) }), h("span", { dir: "auto" }, one.title)));
    choices[0].firstChild.checked = true;
    panel.replaceChildren(h("div", { class: "form" },
      h("p", { class: "soft" }, board.say(w.how, brand)),
      open.length > 1 ? h("fieldset", {}, h("legend", {}, w.which), ...choices) : h("p", { class: "title", dir: "auto", lang: chosen.language }, chosen.title),
      h("label", {}, w.title, this.input), go));
    aim();
  }
}
