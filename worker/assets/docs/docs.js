/** The reference page: an index of the endpoints beside Swagger UI, both made from the API's own document. */

const METHODS = ['get', 'post', 'put', 'delete'];

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** Endpoints of the document by tag, in the document's order. */
function endpointsByTag(document_) {
  const groups = new Map((document_.tags ?? []).map(({ name }) => [name, []]));
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? 'Other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ method, path, tag, id: operation.operationId, summary: operation.summary });
    }
  }
  return groups;
}

/** Opens an endpoint in Swagger UI and brings it into view. */
function open(ui, { tag, id }) {
  ui.layoutActions.show(['operations-tag', tag], true);
  ui.layoutActions.show(['operations', tag, id], true);
  history.replaceState(null, '', `#/${encodeURIComponent(tag)}/${id}`);
  // Swagger UI renders the opened endpoint in the next frame.
  requestAnimationFrame(() => document.getElementById(`operations-${tag}-${id}`)?.scrollIntoView({ block: 'start' }));
}

function endpointLink(ui, endpoint) {
  const link = element('a');
  link.href = `#/${encodeURIComponent(endpoint.tag)}/${endpoint.id}`;
  link.title = `${endpoint.method.toUpperCase()} ${endpoint.path}`;
  link.append(element('b', `method ${endpoint.method}`, endpoint.method), element('span', '', endpoint.summary));
  link.addEventListener('click', (event) => {
    event.preventDefault();
    showMenu(false);
    open(ui, endpoint);
  });
  const item = element('li');
  item.append(link);
  return item;
}

function foldable(className, title, isOpen, ...content) {
  const details = element('details', className);
  details.open = isOpen;
  details.append(element('summary', '', title), ...content);
  return details;
}

function linkList(ui, endpoints) {
  const list = element('ul');
  list.append(...endpoints.map((endpoint) => endpointLink(ui, endpoint)));
  return list;
}

/** More endpoints than this under one tag are folded by what they are about: a list of forty is no index. */
const MAX_FLAT = 12;

function endpointsByNoun(endpoints) {
  // `/v1/campaigns/{id}` → campaigns
  return Map.groupBy(endpoints, ({ path }) => path.split('/')[2]);
}

function renderIndex(ui, document_) {
  const index = document.getElementById('index');
  for (const [tag, endpoints] of endpointsByTag(document_)) {
    const content =
      endpoints.length <= MAX_FLAT
        ? [linkList(ui, endpoints)]
        : [...endpointsByNoun(endpoints)].map(([noun, some]) =>
            foldable('noun', `${noun[0].toUpperCase()}${noun.slice(1)}`, false, linkList(ui, some)),
          );
    index.append(foldable('tag', tag, true, ...content));
  }
}

/** On a narrow screen the index lies over the page, and leaves it when an endpoint was chosen. */
function showMenu(isShown) {
  document.documentElement.classList.toggle('menu-open', isShown);
  document.getElementById('menu').setAttribute('aria-expanded', String(isShown));
}

const DEMO_KEYS =
  '\n\n**On this machine** the keys of the demo are in `.hyperedge/demo.json`, where `npm start` put them: press *Authorize* and paste one.';

/** The document as the page shows it: titled as what it is, and on a local run with the way to the demo's keys. */
function asShown(document_) {
  const isLocal = ['localhost', '127.0.0.1'].includes(location.hostname);
  const { version, description } = document_.info;
  return {
    ...document_,
    info: {
      title: 'API reference',
      version: `Version ${version}`,
      description: description + (isLocal ? DEMO_KEYS : ''),
    },
  };
}

function switchTheme() {
  const dark = document.documentElement.classList.toggle('dark-mode');
  localStorage.setItem('hyperedge-docs-theme', dark ? 'dark' : 'light');
}

async function start() {
  document.getElementById('theme').addEventListener('click', switchTheme);
  const menu = document.getElementById('menu');
  menu.addEventListener('click', () => showMenu(menu.getAttribute('aria-expanded') === 'false'));
  addEventListener('keydown', ({ key }) => key === 'Escape' && showMenu(false));
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  const document_ = await response.json();
  const ui = SwaggerUIBundle({
    spec: asShown(document_),
    domNode: document.getElementById('reference'),
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    displayRequestDuration: true,
    tryItOutEnabled: false,
    // Nothing leaves this origin: no validator badge, no stored keys.
    validatorUrl: null,
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
  });
  renderIndex(ui, document_);
}

start().catch((error) => {
  document
    .getElementById('reference')
    .replaceChildren(
      element('p', 'waiting', `The API's description could not be read (${error.message}). Is the runtime up?`),
    );
});
