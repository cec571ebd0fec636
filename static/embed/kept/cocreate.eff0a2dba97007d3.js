/* <cocreate-vote> and <cocreate-board>: a brand's ideas, and the vote on them, on anybody's page.
   docs/embed.md says how to use them. Nothing is kept on the reader's machine, no cookie is sent,
   nobody but the site that this file comes from is asked, and what people wrote is only ever text. */


const SITE = new URL(import.meta.url).origin;
const API = `${SITE}/api/v1/`;
const PATIENCE = 15_000; // milliseconds; whoever waits longer is told that nothing is known
const STALE_AFTER = 30_000;
const FOLDED_AFTER = 1_500; // a vote cast in the other window is counted by then
const MOST_LISTED = 50, MOST_READ = 100;

const WORDS = {
  en: {
    support: "Support", supported: "Supported", against: "against", give: "Give", votes: "Vote",
    for: "{n} for", no: "{n} against", points: ["{n} point", "{n} points"], newWindow: "opens a new window",
    in: "Your vote is in.", out: "Your vote is withdrawn.", left: "Left here: {left} of {limit}.",
    pending: "Your vote waits: your mailbox votes, or voted until lately, through another account.",
    held: "Your vote is being looked at before it counts.",
    kept: "The vote that you cast yourself stands.",
    hidden: "Counts are hidden until the end of the round", closed: "Voting is closed",
    team: "Only the brand’s team votes here.", here: "Please vote on the site itself.",
    offline: "No connection. We do not know whether your vote arrived; we look as soon as we can.",
    failed: "This cannot be shown just now.", tryAgain: "Try again", more: "Show more",
    none: "No ideas yet.", post: "Post the first one", all: "All ideas of {name}",
    talk: ["{n} comment", "{n} comments"],
  },
  fr: {
    support: "Soutenir", supported: "Soutenue", against: "contre", give: "Donner", votes: "Voter",
    for: "{n} pour", no: "{n} contre", points: ["{n} point", "{n} points"], newWindow: "ouvre une nouvelle fenêtre",
    in: "Votre vote est enregistré.", out: "Votre vote est retiré.",
    left: "Il vous en reste ici : {left} sur {limit}.",
    pending: "Votre vote attend : votre boîte aux lettres vote, ou votait encore récemment, par un autre compte.",
    held: "Votre vote est en cours de vérification avant d’être compté.",
    kept: "Le vote que vous avez exprimé vous-même reste.",
    hidden: "Les résultats sont cachés jusqu’à la fin de l’étape", closed: "Le vote est clos",
    team: "Seule l’équipe de la marque vote ici.", here: "Votez sur le site lui-même, s’il vous plaît.",
    offline: "Pas de connexion. Nous ignorons si votre vote est arrivé ; nous regardons dès que possible.",
    failed: "Ceci ne peut pas être affiché pour le moment.", tryAgain: "Réessayer",
    more: "Afficher plus", none: "Pas encore d’idée.", post: "Proposer la première",
    all: "Toutes les idées de {name}", talk: ["{n} commentaire", "{n} commentaires"],
  },
};

const ICONS = { up: "m18 15-6-6-6 6", down: "m6 9 6 6 6-6", check: "M20 6 9 17l-5-5" };

const STYLE = `
:host { display: block; color-scheme: inherit; }
:host([hidden]) { display: none; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
:host([theme=auto]) { color-scheme: light dark; }
.own {
  --light: #c2351b; --dark: #ff8d75; --a: var(--cocreate-accent, var(--light)); --on: var(--cocreate-on-accent, #fff);
  --t: var(--cocreate-text, #1c1e29); --s: var(--cocreate-soft, #575963);
  --b: var(--cocreate-surface, #fff); --l: var(--cocreate-line, #84827e); --w: #a11d2c;
  font: var(--cocreate-font, inherit); color: var(--t); line-height: 1.45;
}
@supports (color: light-dark(red, red)) {
  .own {
    --a: var(--cocreate-accent, light-dark(var(--light), var(--dark))); --on: var(--cocreate-on-accent, light-dark(#fff, #14110f));
    --t: var(--cocreate-text, light-dark(#1c1e29, #efeeea)); --s: var(--cocreate-soft, light-dark(#575963, #bab7b1));
    --b: var(--cocreate-surface, light-dark(#fff, #1c1f27)); --l: var(--cocreate-line, light-dark(#84827e, #75787f));
    --w: light-dark(#a11d2c, #ffb3b0);
  }
}
:host([theme]) .own { padding: 1em; border-radius: .75em; background: var(--b); }
.own *, .own *::before { box-sizing: border-box; margin: 0; padding: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: .5em; min-block-size: 2.5em; min-inline-size: 2.5em;
  padding: .35em .9em; border: 1.5px solid var(--a); border-radius: var(--cocreate-radius, 99em); background: var(--b);
  color: var(--a); font: inherit; font-weight: 650; line-height: 1.2; text-decoration: none; cursor: pointer;
}
.button:hover { text-decoration: underline; text-underline-offset: .2em; }
.button:focus-visible, a:focus-visible { outline: 2.5px solid var(--a); outline-offset: 2px; }
.button[aria-pressed=true] { background: var(--a); color: var(--on); }
.against { border-color: var(--l); color: var(--s); }
.against[aria-pressed=true] { background: var(--t); border-color: var(--t); color: var(--b); }
.quiet { border-color: var(--l); color: var(--t); font-weight: 550; }
.n { font-variant-numeric: tabular-nums; color: var(--t); }
[aria-pressed=true] .n { color: inherit; }
svg { inline-size: 1.15em; block-size: 1.15em; flex: none; fill: none; stroke: currentColor; stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
.said { font-size: .875em; color: var(--s); min-block-size: 0; margin-block-start: .4em; }
.said:empty { display: none; }
.wrong { color: var(--w); font-weight: 550; }
.away { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft { color: var(--s); font-size: .875em; }
.head { font-size: 1.3em; font-weight: 650; line-height: 1.25; overflow-wrap: anywhere; }
.list { list-style: none; }
.list > li { display: grid; grid-template-columns: minmax(0, 1fr); gap: .6em 1em; padding-block: 1em; border-block-end: 1px solid color-mix(in srgb, var(--l) 40%, transparent); }
.idea { display: flex; gap: .9em; align-items: flex-start; min-inline-size: 0; }
.idea > div { flex: 1; min-inline-size: 0; display: grid; gap: .25em; }
.idea img { inline-size: 5em; block-size: 5em; object-fit: cover; border-radius: .5em; flex: none; }
.title { font-size: 1.06em; font-weight: 620; line-height: 1.3; overflow-wrap: anywhere; }
.title a { color: inherit; text-decoration: none; }
.title a:hover { text-decoration: underline; }
.foot { margin-block-start: 1em; }
.foot a:not(.button), .soft a { color: inherit; }
.board { container-type: inline-size; min-block-size: 12em; }
@container (min-width: 34em) {
  .list > li { grid-template-columns: minmax(0, 1fr) auto; align-items: center; }
  .list .said { max-inline-size: 18em; }
}
@media (forced-colors: active) {
  .button[aria-pressed=true] { forced-color-adjust: none; background: Highlight; color: HighlightText; border-color: Highlight; }
}`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);


class Refusal extends Error {
  constructor(code, message = "", status = 0) {
    super(message);
    Object.assign(this, { code, status });
  }
}

async function ask(path, key, { bearer, method = "GET", query = {}, body, lang, fresh } = {}) {
  const headers = { "Accept-Language": lang };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (body) headers["Content-Type"] = "application/json";
  let response, said;
  try {
    response = await fetch(`${API}${path}?${new URLSearchParams({ ...query, key })}`, {
      method, headers, body: body && JSON.stringify(body), credentials: "omit", referrerPolicy: "strict-origin",
      cache: fresh ? "no-cache" : "default", signal: AbortSignal.timeout(PATIENCE),
    });
    said = await response.json();
  } catch {
    throw new Refusal(response && !response.ok ? "unavailable" : "offline", "", response?.status);
  }
  if (!response.ok) throw new Refusal(said.code, said.message, response.status);
  return said;
}

const asked = new Map();
function once(path, key, options) {
  const name = [path, key, options.lang].join(" ");
  if (!asked.has(name)) asked.set(name, ask(path, key, options).catch((error) => { asked.delete(name); throw error; }));
  return asked.get(name);
}

class Session {
  #held;

  constructor(key, jwt, url) {
    Object.assign(this, { key, jwt, url, problem: null });
  }

  bearer() {
    return (this.#held ??= this.#open().catch((error) => ((this.problem = error), null)));
  }

  async renew(old) {
    const held = this.#held;
    if ((await held) === old && this.#held === held) this.forget(); // else another element was faster
    return this.bearer();
  }

  forget() {
    this.#held = undefined;
    this.problem = null;
  }

  async use(request) {
    const bearer = await this.bearer();
    if (!bearer) return null;
    try {
      return await request(bearer);
    } catch (error) {
      if (error.status !== 401) throw error;
      const again = await this.renew(bearer);
      return again && request(again);
    }
  }

  async #open() {
    const jwt = this.jwt ?? (this.url ? await this.#ofHost() : null);
    this.jwt = null;
    if (!jwt) return null;
    return (await ask("widget/sessions/", this.key, { method: "POST", body: { token: jwt }, lang: "en" })).token;
  }

  async #ofHost() {
    const response = await fetch(this.url, { cache: "no-store", credentials: "same-origin", headers: { Accept: "application/json" } });
    if ([204, 401, 403].includes(response.status)) return null; // nobody is signed in there
    if (!response.ok) throw new Refusal("session", `${this.url}: ${response.status}`, response.status);
    return (await response.json()).token;
  }
}

const sessions = new Map();
function sessionOf(key, jwt, url) {
  if (!jwt && !url) return null;
  const name = [key, jwt, url].join(" ");
  if (!sessions.has(name)) sessions.set(name, new Session(key, jwt, url));
  return sessions.get(name);
}


function h(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const segment = (text) => encodeURIComponent(text).replaceAll(".", "");

const away = (...children) => h("span", { class: "away" }, ...children);

function link({ w }, href, more, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener", ...more }, ...children, away(` (${w.newWindow})`));
}

class Ballot {
  sending = false;
  presses = 0;
  wish;

  constructor(host, idea, rules) {
    Object.assign(this, { host, idea, rules });
    this.said = h("p", { class: "said", part: "message", role: "status", lang: host.language });
    this.place = h("div", { class: "row", part: "vote", role: "group" });
    this.root = h("div", {}, this.place, this.said);
    this.learn(idea, idea.my_vote);
    this.build();
  }

  learn({ support, oppose, points }, value) {
    this.known = { support, oppose, points, value: value ?? 0 };
  }

  get values() {
    const { mode, max_points: most } = this.rules;
    if (mode === "points") return Array.from({ length: most }, (_, place) => place + 1);
    return mode === "up_down" ? [1, -1] : [1];
  }

  get view() {
    const { value: was, ...counts } = this.known, value = this.wish ?? was;
    if (counts.support === null) return { ...counts, value };
    return {
      value,
      support: counts.support - (was > 0) + (value > 0),
      oppose: counts.oppose - (was < 0) + (value < 0),
      points: counts.points - was + value,
    };
  }

  build() {
    const { host, idea, rules } = this, { w } = host;
    this.place.setAttribute("aria-label", `${w.votes}: ${idea.title}`);
    this.buttons = rules.open ? this.values.map((value) => [value, this.control(value)]) : [];
    const aside = h("span", { class: "soft", part: "count" });
    this.aside = rules.open && rules.mode !== "points" && !idea.counts_hidden ? null : aside;
    const why = rules.open ? null : h("span", { class: "soft", part: "closed" }, rules.why === "team" ? w.team : w.closed);
    this.place.replaceChildren(...this.buttons.map(([, button]) => button), ...[this.aside, why].filter(Boolean));
    this.update();
  }

  control(value) {
    const { host, idea } = this;
    const kind = value < 0 ? "against" : this.rules.mode === "points" ? "point" : "up";
    const known = { class: `button ${kind}`, part: `button ${kind}` };
    const sign = h("span", { class: "row" }), count = h("span", { class: "n", part: "count" });
    const inside = [sign, idea.counts_hidden || kind === "point" ? null : count, away(` · ${idea.title}`)];
    if (host.session) {
      return h("button", { ...known, type: "button", onclick: () => this.press(value) }, ...inside);
    }
    const href = `${SITE}/i/${segment(idea.code)}/vote/?value=${value}`;
    return link(host, href, { ...known, rel: "noopener nofollow", onclick: () => host.expectReturn() }, ...inside);
  }

  update() {
    const { host, view } = this, { w } = host;
    for (const [value, button] of this.buttons) {
      const pressed = view.value === value, [sign, count] = button.children;
      if (host.session) button.setAttribute("aria-pressed", String(pressed));
      sign.replaceChildren(...this.sign(value, pressed));
      if (count.part.contains("count")) count.textContent = host.number(value < 0 ? view.oppose : view.support);
    }
    this.place.setAttribute("aria-busy", String(this.sending));
    if (this.aside) this.aside.textContent = this.counts(view);
  }

  sign(value, pressed) {
    const { w } = this.host;
    if (this.rules.mode === "points") return [away(`${w.give} `), String(value)];
    if (value < 0) return [icon(pressed ? "check" : "down"), away(w.against)];
    return [icon(pressed ? "check" : "up"), pressed ? w.supported : w.support];
  }

  counts({ support, oppose, points }) {
    const { host, rules } = this, { w } = host;
    if (this.idea.counts_hidden) return w.hidden;
    if (rules.mode === "points") return host.say(w.points, { n: points });
    const against = rules.mode === "up_down" ? ` · ${host.say(w.no, { n: oppose })}` : "";
    return host.say(w.for, { n: support }) + against;
  }

  renew(idea, rulesOf, presses) {
    if (!idea || this.sending || presses !== this.presses) return;
    const before = JSON.stringify([this.rules, this.idea.counts_hidden]);
    Object.assign(this, { idea, rules: rulesOf(idea) });
    this.learn(idea, idea.my_vote);
    if (JSON.stringify([this.rules, idea.counts_hidden]) === before) this.update();
    else this.build();
  }

  press(value) {
    this.presses += 1;
    this.wish = this.view.value === value ? 0 : value;
    this.tell("");
    this.update();
    if (!this.sending) this.send();
  }

  async send() {
    this.sending = true;
    try {
      while (this.wish !== undefined && this.wish !== this.known.value) await this.cast(this.wish);
    } catch (error) {
      this.refused(error);
    }
    this.sending = false;
    this.wish = undefined;
    this.update();
  }

  async cast(value) {
    const { host, idea } = this, { w } = host;
    const path = `ideas/${segment(idea.code)}/vote/`;
    const body = value ? { value } : undefined, method = value ? "PUT" : "DELETE";
    const answer = await host.session.use((bearer) => ask(path, host.key, { bearer, method, body, lang: host.language }));
    if (!answer) return this.leave();
    this.learn(answer, answer.value);
    if (this.wish === value) this.wish = undefined;
    const stands = this.known.value === value;
    const about = stands ? w[answer.state] ?? (value ? w.in : w.out) : w.kept;
    this.tell([about, answer.budget && host.say(w.left, answer.budget)].filter(Boolean).join(" "));
    host.emit("vote", answer);
  }

  leave() {
    this.wish = undefined;
    this.host.session = null;
    this.host.rebuild();
    this.tell(this.host.w.here);
    this.buttons[0]?.[1].focus();
  }

  refused(error) {
    const { host } = this, { w } = host;
    this.tell(error.code === "offline" ? w.offline : error.message || w.failed, true);
    if (error.code === "offline") host.expectReturn();
    host.emit("error", { idea: this.idea.code, code: error.code ?? "failed", message: this.said.textContent });
  }

  tell(text, wrong = false) {
    this.said.classList.toggle("wrong", wrong);
    this.said.textContent = text;
  }
}


const ATTRIBUTES = ["key", "idea", "brand", "challenge", "sort", "limit", "level", "lang", "session-url", "token"];
const alive = new Set();
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) near.unobserve(target), target.start();
}, { rootMargin: "300px" });

class Embedded extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  #jwt;
  #run = 0;
  #changed = false;
  #readAt = 0;
  #expects = false;
  ballots = [];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.shadowRoot.append(h("slot"));
  }

  connectedCallback() {
    alive.add(this);
    near.observe(this);
  }

  disconnectedCallback() {
    alive.delete(this);
    near.unobserve(this);
    this.#run += 1;
  }

  attributeChangedCallback() {
    if (!this.#run || this.#changed) return; // not begun yet, or about to begin anew
    this.#changed = true;
    queueMicrotask(() => ((this.#changed = false), this.isConnected && this.start()));
  }

  get token() {
    return this.#jwt ?? this.getAttribute("token");
  }

  set token(jwt) {
    this.#jwt = jwt;
    this.attributeChangedCallback();
  }

  get sessionUrl() {
    return this.getAttribute("session-url");
  }

  set sessionUrl(url) {
    this.setAttribute("session-url", url);
  }

  refresh() {
    asked.clear();
    sessionOf(this.key, this.token, this.sessionUrl)?.forget();
    return this.start();
  }

  get key() {
    return this.getAttribute("key") ?? "";
  }

  async start() {
    const run = (this.#run += 1), isOver = () => run !== this.#run;
    const wanted = (this.closest("[lang]")?.lang || navigator.language).slice(0, 2).toLowerCase();
    this.language = wanted in WORDS ? wanted : "en";
    this.w = WORDS[this.language];
    this.session = sessionOf(this.key, this.token, this.sessionUrl);
    this.ballots = [];
    try {
      const found = await this.read();
      if (isOver()) return;
      this.show(found);
      this.#readAt = Date.now();
      this.emit("ready", found.detail);
      if (this.session) await this.identify(isOver);
    } catch (error) {
      if (!isOver()) this.fail(error);
    }
  }

  async identify(isOver) {
    const { session } = this, bearer = await session.bearer();
    if (isOver() || this.session !== session) return;
    if (bearer) return this.reread(false);
    this.session = null;
    this.rebuild();
    if (session.problem) this.complain(session.problem);
  }

  async reread(fresh = true) {
    const run = this.#run, before = new Map(this.ballots.map((ballot) => [ballot, ballot.presses]));
    try {
      if (fresh) asked.clear();
      const found = (await this.session?.use((bearer) => this.read({ bearer }))) ?? (await this.read({ fresh }));
      if (run !== this.#run) return;
      this.#readAt = Date.now();
      const ideas = new Map(found.ideas.map((idea) => [idea.code, idea]));
      for (const ballot of this.ballots) ballot.renew(ideas.get(ballot.idea.code), found.rulesOf, before.get(ballot));
    } catch {
    }
  }

  expectReturn() {
    this.#expects = true;
  }

  look() {
    if (!this.ballots.length || document.hidden) return;
    const expects = this.#expects;
    if (!expects && Date.now() - this.#readAt < STALE_AFTER) return;
    this.#expects = false;
    this.reread();
    if (expects) setTimeout(() => this.reread(), FOLDED_AFTER);
  }

  rebuild() {
    for (const ballot of this.ballots) ballot.build();
  }

  fail(error) {
    const { w } = this;
    const again = h("button", { class: "button quiet", type: "button", onclick: () => this.start() }, w.tryAgain);
    const own = this.own({}, "row", h("span", { class: "soft", part: "message", role: "status" }, w.failed), again);
    this.shadowRoot.replaceChildren(this.childNodes.length ? h("slot") : own);
    this.complain(error);
  }

  complain({ code = "failed", message = "" }) {
    this.emit("error", { idea: this.getAttribute("idea"), brand: this.getAttribute("brand"), code, message });
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`cocreate:${name}`, { bubbles: true, composed: true, detail }));
  }

  number(value) {
    return new Intl.NumberFormat(this.language).format(value ?? 0);
  }

  say(text, values) {
    const one = () => new Intl.PluralRules(this.language).select(values.n) === "one";
    const form = Array.isArray(text) ? text[one() ? 0 : 1] : text;
    return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? this.number(values[name]) : values[name]));
  }

  ask(path, query, how) {
    return ask(path, this.key, { ...how, query, lang: this.language });
  }

  frame(brand, challenges) {
    const rulesOf = (idea) => {
      const challenge = challenges.find((one) => one.slug === idea.challenge);
      const status = brand.statuses.find((one) => one.key === idea.status.key);
      const why = challenge?.who_votes === "team" ? "team" : "closed";
      const open = why !== "team" && Boolean(challenge?.allows.includes("vote")) && !status?.locks.includes("vote");
      return { mode: challenge?.mode ?? "up", max_points: challenge?.max_points ?? 1, open, why };
    };
    return { brand, challenges, rulesOf };
  }

  own({ accent }, name, ...children) {
    const own = h("div", { class: `own ${name}`, lang: this.language }, ...children);
    for (const mode in accent) own.style.setProperty(`--${mode}`, accent[mode]);
    return own;
  }
}

class CocreateVote extends Embedded {
  async read(how) {
    let idea = await this.ask(`ideas/${segment(this.getAttribute("idea") ?? "")}/`, {}, how);
    if (idea.merged_into) idea = await this.ask(`ideas/${idea.merged_into}/`, {}, how);
    const name = `brands/${idea.brand}/`, paths = [name, `${name}challenges/`];
    const [brand, { results: challenges }] = await Promise.all(paths.map((path) => once(path, this.key, { lang: this.language })));
    return { ...this.frame(brand, challenges), ideas: [idea], detail: { idea: idea.code, brand: idea.brand } };
  }

  show({ brand, ideas: [idea], rulesOf }) {
    this.ballots = [new Ballot(this, idea, rulesOf(idea))];
    this.shadowRoot.replaceChildren(this.own(brand, "vote", this.ballots[0].root));
  }
}

class CocreateBoard extends Embedded {
  async read(how) {
    const { brand, challenges, ideas } = await this.page({ limit: Math.min(Math.max(this.limit, this.ballots.length), MOST_READ) }, how);
    return { ...this.frame(brand, challenges), ideas: ideas.results, next: ideas.next, detail: { brand: this.slug } };
  }

  get slug() {
    return this.getAttribute("brand") ?? "";
  }

  get limit() {
    return Math.min(Math.max(Number.parseInt(this.getAttribute("limit")) || 5, 1), MOST_LISTED);
  }

  page(parameters, how) {
    for (const name of ["challenge", "sort"]) if (this.getAttribute(name)) parameters[name] = this.getAttribute(name);
    return this.ask(`brands/${segment(this.slug)}/board/`, parameters, how);
  }

  show(found) {
    const { brand, challenges, ideas, next } = found, { w } = this;
    const about = challenges.find((one) => one.slug === this.getAttribute("challenge"));
    const level = this.getAttribute("level") ?? "2", name = about?.title ?? brand.name;
    const head = h("div", { class: "head", part: "heading", role: "heading", "aria-level": level, dir: "auto", lang: about?.language ?? brand.language }, name);
    this.ballots = [];
    this.list = h("ol", { class: "list", part: "list", role: "list" }, ...ideas.map((idea) => this.line(idea, found)));
    this.foot = h("div", { class: "foot row", part: "foot" });
    const url = about?.url ?? brand.url;
    this.end(next, link(this, url, { part: "all" }, this.say(w.all, { name: brand.name })), found);
    this.shadowRoot.replaceChildren(this.own(brand, "board", head, ideas.length ? this.list : this.empty(brand, about), this.foot));
  }

  empty(brand, about) {
    const query = about ? `?challenge=${about.slug}` : "", { w } = this;
    const post = link(this, `${brand.url}submit/${query}`, {}, w.post);
    return h("p", { class: "foot soft", part: "empty" }, `${w.none} `, !about || about.allows.includes("submit") ? post : null);
  }

  line(idea, { brand, rulesOf }) {
    const ballot = new Ballot(this, idea, rulesOf(idea)), image = idea.images[0], { w } = this;
    const small = image?.sizes.find((one) => one.width >= 160) ?? image?.sizes[0];
    const level = Number(this.getAttribute("level") ?? 2) + 1;
    const status = idea.status.key !== brand.statuses[0]?.key && link(this, `${idea.url}#answers`, {}, idea.status.label);
    const facts = [status, idea.author?.name, idea.comments && this.say(w.talk, { n: idea.comments })].filter(Boolean);
    this.ballots.push(ballot);
    return h("li", { part: "idea" },
      h("div", { class: "idea" },
        small && h("img", { src: small.url, alt: image.alt, width: image.width, height: image.height, loading: "lazy", part: "picture" }),
        h("div", {},
          h("div", { class: "title", part: "title", role: "heading", "aria-level": level, dir: "auto", lang: idea.language }, link(this, idea.url, {}, idea.title)),
          facts.length ? h("p", { class: "soft", part: "facts" }, ...facts.flatMap((fact, place) => (place ? [" · ", fact] : [fact]))) : null)),
      ballot.root);
  }

  end(next, all, found) {
    const more = next && h("button", { class: "button quiet", type: "button", part: "more", onclick: () => this.more(next, all, found) }, this.w.more);
    this.foot.replaceChildren(...[more, all].filter(Boolean));
  }

  async more(cursor, all, found) {
    const [button] = this.foot.children, run = this.list;
    button.disabled = true;
    try {
      const { challenges, ideas: page } = await this.page({ limit: this.limit, cursor });
      if (run !== this.list) return;
      found.challenges.unshift(...challenges); // of the brand's other questions, too
      const shown = new Set(this.ballots.map((ballot) => ballot.idea.code)); // an order may move under the reader
      const lines = page.results.filter((idea) => !shown.has(idea.code)).map((idea) => this.line(idea, found));
      this.list.append(...lines);
      this.end(page.next, all, found);
      lines[0]?.querySelector("a").focus();
      if (this.session) this.reread(false);
    } catch (error) {
      button.disabled = false;
      this.complain(error);
    }
  }
}

const look = () => alive.forEach((element) => element.look());
addEventListener("focus", look);
addEventListener("online", look);
document.addEventListener("visibilitychange", look);

if (!customElements.get("cocreate-vote")) customElements.define("cocreate-vote", CocreateVote);
if (!customElements.get("cocreate-board")) customElements.define("cocreate-board", CocreateBoard);

export { CocreateBoard, h, link, once, sheet };
