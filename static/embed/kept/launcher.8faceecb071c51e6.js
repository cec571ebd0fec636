/* <cocreate-launcher>: a button in the corner of anybody's page, and behind it a brand's ideas, what
   became of them, and a way to post one. docs/embed.md says how to use it. Until somebody presses it,
   nothing is asked for. */

const SITE = new URL(import.meta.url).origin;
const PARTS = { "cocreate.eff0a2dba97007d3.js": "sha384-In69VEemMlMSZpRQvnvc1k4vy1BxqDnT6N9cXOxNQoX0sR2/9B5ojyQ+RWYMDL9W", "card.a184b32bf6684cb0.js": "sha384-fucMqoHEM2x1fpeJFpPJPtEbPUVpBOLNUAHX4JUZrKxLPE+inWDEfnbqpZlUBJpZ" };
const WHOLE = matchMedia("(max-width: 30em), (max-height: 26em)"); // the card is the whole screen
const PASSED_ON = ["key", "brand", "challenge", "sort", "limit", "session-url", "token"];
const ATTRIBUTES = [...PASSED_ON, "lang", "label", "accent"];

const WORDS = {
  en: {
    open: "Your ideas", close: "Close", wait: "One moment…", failed: "This cannot be shown just now.",
    again: "Try again", there: "To the ideas",
  },
  fr: {
    open: "Vos idées", close: "Fermer", wait: "Un instant…", failed: "Ceci ne peut pas être affiché pour le moment.",
    again: "Réessayer", there: "Vers les idées",
  },
};

const BULB = "M15 14c.2-1 .7-1.7 1.5-2.5 1-.9 1.5-2.2 1.5-3.5A6 6 0 0 0 6 8c0 1 .2 2.2 1.5 3.5.7.7 1.3 1.5 1.5 2.5M9 18h6M10 22h4";
const CROSS = "M18 6 6 18M6 6l12 12";

const STYLE = `
:host { display: block; position: fixed; z-index: 2147483000; inset-block-end: max(1rem, env(safe-area-inset-bottom)); inset-inline: auto 1rem; color-scheme: inherit; }
:host([side=start]) { inset-inline: 1rem auto; }
:host([hidden]) { display: none; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
:host([theme=auto]) { color-scheme: light dark; }
.own {
  --light: #c2351b; --dark: #ff8d75; --a: var(--cocreate-accent, var(--light)); --on: var(--cocreate-on-accent, #fff);
  --t: var(--cocreate-text, #1c1e29); --b: var(--cocreate-surface, #fff); --l: var(--cocreate-line, #84827e);
  font: var(--cocreate-font, inherit); line-height: 1.45; text-align: start; color: var(--t);
}
@supports (color: light-dark(red, red)) {
  .own {
    --a: var(--cocreate-accent, light-dark(var(--light), var(--dark))); --on: var(--cocreate-on-accent, light-dark(#fff, #14110f));
    --t: var(--cocreate-text, light-dark(#1c1e29, #efeeea)); --b: var(--cocreate-surface, light-dark(#fff, #1c1f27));
    --l: var(--cocreate-line, light-dark(#84827e, #75787f));
  }
}
:host([theme]) .own { padding: 0; background: none; }
button { font: inherit; color: inherit; cursor: pointer; }
.open { display: inline-flex; align-items: center; gap: .5em; min-block-size: 3em; padding: .5em 1.15em; border: 1px solid transparent; border-radius: var(--cocreate-radius, 99em); background: var(--a); color: var(--on); font-weight: 650; line-height: 1.2; box-shadow: 0 .3em 1.2em rgb(0 0 0 / .25); }
.open:hover { text-decoration: underline; text-underline-offset: .2em; }
svg { inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.card { position: absolute; inset-block-end: calc(100% + .75rem); inset-inline: auto 0; display: flex; flex-direction: column; box-sizing: border-box; inline-size: 400px; max-inline-size: calc(100vw - 2rem); block-size: 600px; max-block-size: calc(100dvh - 6rem); overflow: hidden; border: 1px solid color-mix(in srgb, var(--l) 55%, transparent); border-radius: 1em; background: var(--b); box-shadow: 0 .75em 3em rgb(0 0 0 / .28); }
:host([side=start]) .card { inset-inline: 0 auto; }
.card[hidden] { display: none; }
.top { display: flex; gap: 1em; align-items: center; padding: .7em .7em .35em 1.15em; }
.top > div { flex: 1; min-inline-size: 0; font-size: 1.2em; font-weight: 700; line-height: 1.25; overflow-wrap: anywhere; }
.top button { display: inline-flex; align-items: center; justify-content: center; inline-size: 2.75em; block-size: 2.75em; padding: 0; border: 0; border-radius: 99em; background: none; }
.top button:hover { background: color-mix(in srgb, currentColor 12%, transparent); }
.body { flex: 1; min-block-size: 0; display: flex; flex-direction: column; }
.body > p, .trouble { margin: .6em 1.15em; }
.trouble { display: grid; gap: .8em; justify-items: start; }
.trouble button { min-block-size: 2.5em; padding: .35em .9em; border: 1.5px solid var(--l); border-radius: var(--cocreate-radius, 99em); background: none; }
.trouble a, ::slotted(a) { color: var(--a); }
:is(button, input, [tabindex]):focus-visible { outline: 2.5px solid var(--a); outline-offset: 2px; }
.card:focus-visible { outline-offset: -4px; }
@media (max-width: 30em), (max-height: 26em) {
  .card, :host([side=start]) .card { position: fixed; inset: 0; inline-size: auto; max-inline-size: none; block-size: auto; max-block-size: none; border: 0; border-radius: 0; padding-block: env(safe-area-inset-top) env(safe-area-inset-bottom); }
  .open[aria-expanded=true] { visibility: hidden; }
}
@media (prefers-reduced-motion: no-preference) {
  .card { animation: rise .16s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(.75em); } }
}
@media print { :host { display: none; } }`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);


let parts, tries = 0;

function fetchedParts() {
  const again = tries ? `?${tries}` : "";
  parts ??= Promise.all(Object.entries(PARTS).map(([name, proof]) => fetched(new URL(name + again, import.meta.url).href, proof)));
  return parts.catch((error) => {
    parts = undefined;
    tries += 1;
    throw error;
  });
}

async function fetched(url, integrity) {
  const ahead = document.createElement("link");
  if (integrity && ahead.relList.supports("modulepreload")) {
    await new Promise((onload, onerror) => {
      Object.assign(ahead, { rel: "modulepreload", href: url, integrity, crossOrigin: "anonymous", onload, onerror });
      document.head.append(ahead);
    }).finally(() => ahead.remove());
  }
  return import(url);
}


function make(name, given, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key === "onclick") element.onclick = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function icon(d) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

class CocreateLauncher extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  #jwt;
  #changed = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.shadowRoot.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.close());
    this.shadowRoot.addEventListener("focusout", (event) => this.left(event));
  }

  connectedCallback() {
    for (const name of ["token", "sessionUrl"]) { // given before this script was here
      if (!Object.hasOwn(this, name)) continue;
      const given = this[name];
      delete this[name];
      this[name] = given;
    }
    if (!this.card) this.build();
  }

  attributeChangedCallback(_name, before, now) {
    if (before === now || !this.card || this.#changed) return; // not begun yet, or about to begin anew
    this.#changed = true;
    queueMicrotask(() => {
      const { isOpen } = this, hadFocus = this.shadowRoot.activeElement;
      this.#changed = false;
      this.build();
      if (isOpen) this.show();
      if (hadFocus) (isOpen ? this.card : this.button).focus();
    });
  }

  get token() {
    return this.#jwt ?? this.getAttribute("token");
  }

  set token(jwt) {
    this.#jwt = jwt;
    if (this.board) this.board.token = jwt;
  }

  get sessionUrl() {
    return this.getAttribute("session-url");
  }

  set sessionUrl(url) {
    this.setAttribute("session-url", url);
  }

  refresh() {
    return this.board?.refresh();
  }

  get isOpen() {
    return Boolean(this.card) && !this.card.hidden;
  }

  build() {
    const wanted = (this.closest("[lang]")?.lang || navigator.language).slice(0, 2).toLowerCase();
    this.language = wanted in WORDS ? wanted : "en";
    const w = (this.w = WORDS[this.language]), label = this.getAttribute("label") || w.open;
    this.board = null;
    this.button = make("button", {
      class: "open", part: "launcher", type: "button", "aria-expanded": false, "aria-haspopup": "dialog", "aria-controls": "card",
      onclick: () => (this.isOpen ? this.close() : this.open()),
    }, icon(BULB), label);
    this.heading = make("div", { role: "heading", "aria-level": 2, dir: "auto" }, label);
    const cross = make("button", { type: "button", part: "close", "aria-label": w.close, onclick: () => this.close() }, icon(CROSS));
    this.body = make("div", { class: "body" });
    this.card = make("div", { id: "card", class: "card", part: "card", role: "dialog", "aria-label": label, tabindex: -1, hidden: "" }, make("div", { class: "top" }, this.heading, cross), this.body);
    this.own = make("div", { class: "own", lang: this.language }, this.button, this.card);
    const [light, dark = light] = (this.getAttribute("accent") ?? "").split(" ");
    if (light) this.wear({ light, dark });
    this.shadowRoot.replaceChildren(this.own);
  }

  wear(accent) {
    for (const mode in accent) this.own.style.setProperty(`--${mode}`, accent[mode]);
  }

  open() {
    if (this.isOpen) return;
    if (!this.card) this.build();
    this.show();
    this.card.focus();
    this.emit("open");
  }

  close() {
    if (!this.isOpen) return;
    this.hide();
    this.button.focus();
  }

  show() {
    this.card.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    if (!this.board) this.fill();
  }

  hide() {
    this.card.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.emit("close");
  }

  left({ relatedTarget: to }) {
    if (to && WHOLE.matches && this.isOpen && !this.shadowRoot.contains(to) && !this.contains(to)) this.hide();
  }

  emit(name, more) {
    const detail = { brand: this.getAttribute("brand"), ...more };
    this.dispatchEvent(new CustomEvent(`cocreate:${name}`, { bubbles: true, composed: true, detail }));
  }

  async fill() {
    const { card, body, w } = this, hadFocus = body.contains(this.shadowRoot.activeElement);
    body.replaceChildren(make("p", { role: "status" }, w.wait));
    if (hadFocus) card.focus();
    try {
      const [core, { lay }] = await fetchedParts();
      if (card !== this.card) return; // it was built anew meanwhile
      this.shadowRoot.adoptedStyleSheets = [core.sheet, sheet];
      const board = (this.board = lay(this, core));
      for (const name of PASSED_ON) if (this.hasAttribute(name)) board.setAttribute(name, this.getAttribute(name));
      if (this.#jwt) board.token = this.#jwt;
    } catch (error) {
      this.emit("error", { code: "offline", message: error.message ?? "" });
      this.fail();
    }
  }

  fail() {
    const { body } = this, hadFocus = body.contains(this.shadowRoot.activeElement);
    const own = make("a", { href: `${SITE}/b/${encodeURIComponent(this.getAttribute("brand"))}/`, target: "_blank", rel: "noopener" }, this.w.there);
    this.board = null;
    body.replaceChildren(this.trouble(() => this.fill(), this.childNodes.length ? make("slot", {}) : own));
    if (hadFocus) this.card.focus();
  }

  trouble(onclick, ...instead) {
    const { w } = this;
    return make("div", { class: "trouble" }, make("span", { role: "status", part: "message" }, w.failed), ...instead, make("button", { type: "button", onclick }, w.again));
  }
}

if (!customElements.get("cocreate-launcher")) customElements.define("cocreate-launcher", CocreateLauncher);
