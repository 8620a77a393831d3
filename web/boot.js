// Starts GraphiQL on the register that serves this page. `EXAMPLES` comes from examples.js, which build/graphiql.rs writes.
'use strict';

const endpoint = new URL('graphql', document.baseURI);

/** Everything that GraphiQL sends goes through here: what comes back is one answer, or a stream of them. */
async function fetcher(request, { headers, documentAST } = {}) {
  const subscribes = operationOf(documentAST, request.operationName) === 'subscription';
  const stop = new AbortController();
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      accept: subscribes ? 'text/event-stream' : 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(request),
    signal: stop.signal,
  });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    return stream(response.body, stop);
  }
  if (type.includes('json')) {
    return response.json();
  }
  return { errors: [{ message: `${response.status} ${response.statusText}: ${await response.text()}` }] };
}

/** Whether the operation is a query, a mutation or a subscription. */
function operationOf(document, name) {
  const operations = (document?.definitions ?? []).filter((definition) => definition.kind === 'OperationDefinition');
  return (operations.find((operation) => operation.name?.value === name) ?? operations[0])?.operation;
}

/** The answers of an event stream; giving up on them closes the connection. */
function stream(body, stop) {
  const answers = read(body, stop.signal);
  const iterator = {
    next: () => answers.next(),
    return: () => {
      stop.abort();
      return answers.return();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* read(body, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop();
      for (const event of events) {
        const lines = event.split(/\r?\n/);
        const field = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
        if (field('event')[0] === 'complete') return;
        const data = field('data').join('\n');
        if (data) yield JSON.parse(data);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * What GraphiQL keeps its tabs under, without headers and answers, as `shouldPersistHeaders` has it; and
 * what stands in the active one, by which it is found.
 */
const TABS = ['tabState', 'query', 'variables'].map((name) => `graphiql:${name}`);

/** The storage of the window; nothing where the browser denies it. */
function ofTheWindow() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/**
 * Storage that ends with the page, but for the tabs, which are there again after a reload and end with the
 * window. No header and no answer is kept in the browser.
 */
function memory() {
  const items = new Map();
  const kept = ofTheWindow();
  for (const key of TABS) {
    const value = kept?.getItem(key) ?? null;
    if (value !== null) items.set(key, value);
  }
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      items.set(key, String(value));
      if (TABS.includes(key)) kept?.setItem(key, String(value));
    },
    removeItem: (key) => {
      items.delete(key);
      kept?.removeItem(key);
    },
    clear: () => {
      items.clear();
      for (const key of TABS) kept?.removeItem(key);
    },
    get length() {
      return items.size;
    },
  };
}

/** Opens the documentation as soon as there is a button for it. The property for it leaves the pane hidden. */
function openDocumentation(page) {
  const observer = new MutationObserver(() => {
    const button = page.querySelector('button[aria-label="Show Documentation Explorer"]');
    if (button) {
      observer.disconnect();
      button.click();
    }
  });
  observer.observe(page, { childList: true, subtree: true });
}

const storage = memory();
// The widths of the documentation and of the query, as shares of what stands to their right.
storage.setItem('graphiql:docExplorerFlex', '0.3');
storage.setItem('graphiql:editorFlex', '1.5');

// A page of the site leads here with its question, behind the `#`, which is not sent to the server.
const given = new URLSearchParams(window.location.hash.slice(1));
const asked = given.get('query');
const tabs = EXAMPLES.map((query) => ({ query }));

const properties = {
  fetcher,
  storage,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  defaultTabs: asked ? [{ query: asked, variables: given.get('variables') ?? '' }, ...tabs] : tabs,
  defaultQuery: '',
  defaultEditorToolsVisibility: false,
};

/** Fetches the list of the query in the tab as a table, and hands it to the browser as a file. What is wrong is shown as an answer. */
async function download({ queryEditor, variableEditor, headerEditor, responseEditor }, { media, name }) {
  const json = (editor) => (editor?.getValue().trim() ? JSON.parse(editor.getValue()) : {});
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { accept: media, 'content-type': 'application/json', ...json(headerEditor) },
      body: JSON.stringify({ query: queryEditor.getValue(), variables: json(variableEditor) }),
    });
    if (!response.ok) {
      responseEditor.setValue(JSON.stringify(await response.json(), null, 2));
      return;
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    responseEditor.setValue(JSON.stringify({ errors: [{ message: String(error) }] }, null, 2));
  }
}

const TABLES = [
  { label: 'CSV', media: 'text/csv', name: 'jejaring.csv' },
  { label: 'NDJSON', media: 'application/x-ndjson', name: 'jejaring.ndjson' },
  { label: 'XLSX', media: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', name: 'jejaring.xlsx' },
];

/** The headers that were written last, in whichever tab: a tab without any begins with them. */
let headers = '';

/** A button for each kind of table. XLSX takes all lists of the query, a sheet for each. */
function Downloads() {
  const editors = GraphiQL.React.useEditorContext();
  const { queryEditor, variableEditor, headerEditor } = editors;
  React.useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor]) {
      // Long lines are folded and not hidden.
      editor?.setOption('lineWrapping', true);
    }
  }, [queryEditor, variableEditor, headerEditor]);
  React.useEffect(() => {
    if (!headerEditor) return undefined;
    const remember = (editor, { origin }) => {
      if (origin !== 'setValue') headers = editor.getValue();
    };
    headerEditor.on('change', remember);
    return () => headerEditor.off('change', remember);
  }, [headerEditor]);
  React.useEffect(() => {
    if (headerEditor && headers && !headerEditor.getValue().trim()) headerEditor.setValue(headers);
  }, [headerEditor, editors.activeTabIndex]);
  const button = (table) =>
    React.createElement(
      GraphiQL.React.ToolbarButton,
      { key: table.label, label: `Download ${table.label === 'XLSX' ? 'the lists' : 'the list'} of this query as ${table.label}`, onClick: () => download(editors, table) },
      React.createElement('span', { className: 'download' }, `↓ ${table.label}`),
    );
  return TABLES.map(button);
}

const page = document.getElementById('graphiql');
if (window.innerWidth >= 1100) openDocumentation(page);
ReactDOM.createRoot(page).render(
  React.createElement(
    GraphiQL,
    properties,
    React.createElement(GraphiQL.Logo, null, 'Jejaring'),
    React.createElement(GraphiQL.Toolbar, null, ({ prettify, copy, merge }) => [
      React.cloneElement(prettify, { key: 'prettify' }),
      React.cloneElement(merge, { key: 'merge' }),
      React.cloneElement(copy, { key: 'copy' }),
      React.createElement(Downloads, { key: 'downloads' }),
    ]),
  ),
);
