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

function renderIndex(ui, document_) {
  const index = document.getElementById('index');
  for (const [tag, endpoints] of endpointsByTag(document_)) {
    index.append(element('h2', '', tag));
    const list = element('ul');
    for (const endpoint of endpoints) {
      const link = element('a');
      link.href = `#/${encodeURIComponent(tag)}/${endpoint.id}`;
      link.title = `${endpoint.method.toUpperCase()} ${endpoint.path}`;
      link.append(element('b', `method ${endpoint.method}`, endpoint.method), element('span', '', endpoint.summary));
      link.addEventListener('click', (event) => {
        event.preventDefault();
        open(ui, endpoint);
      });
      const item = element('li');
      item.append(link);
      list.append(item);
    }
    index.append(list);
  }
}

function switchTheme() {
  const dark = document.documentElement.classList.toggle('dark-mode');
  localStorage.setItem('hyperedge-docs-theme', dark ? 'dark' : 'light');
}

async function start() {
  document.getElementById('theme').addEventListener('click', switchTheme);
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  const document_ = await response.json();
  const ui = SwaggerUIBundle({
    spec: document_,
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
