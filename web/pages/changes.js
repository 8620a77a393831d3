// Shows each change of the register as it happens, above what the page had when it was made.
'use strict';

const list = document.getElementById('log');
const { address, batches, words } = list.dataset;
const labels = JSON.parse(words);
const MOST = 50;

const query = `subscription {
  events { event { type occurredAt batch { key title label programme { title } } } }
}`;

/** An event as a line of the list; nothing in it is read as HTML. */
function line({ type, occurredAt, batch }) {
  const item = document.createElement('li');
  if (batch) {
    const link = document.createElement('a');
    link.href = `${batches}/${encodeURIComponent(batch.key)}`;
    link.textContent = batch.title ?? [batch.programme.title, batch.label].filter(Boolean).join(', ');
    item.append(link, ' ');
  }
  const what = document.createElement('small');
  const time = new Date(occurredAt).toLocaleTimeString(document.documentElement.lang);
  what.textContent = `${labels[type] ?? type.toLowerCase().replaceAll('_', ' ')}, ${time}`;
  item.append(what);
  return item;
}

const follow = new EventSource(`${address}?query=${encodeURIComponent(query)}`);
follow.addEventListener('next', ({ data }) => {
  const event = JSON.parse(data).data?.events.event;
  if (!event) return;
  list.hidden = false;
  list.prepend(line(event));
  while (list.children.length > MOST) list.lastElementChild.remove();
});
