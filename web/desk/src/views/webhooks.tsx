import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  CloseWebhookDocument,
  CreateWebhookDocument,
  PauseWebhookDocument,
  PingWebhookDocument,
  ResumeWebhookDocument,
  WebhookListDocument,
  type EventType,
  type WebhookListQuery,
} from '../gql/graphql';
import { useAction, useQuery } from '../lib/hooks';
import { label, moment, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Page, Pill, Section, State } from '../parts/basics';
import { Check, Form, Refused, TextField } from '../parts/form';
import { tell } from '../parts/toast';

type Endpoint = WebhookListQuery['webhookEndpoints']['nodes'][number];

/** What people want to hear of most; none chosen is all. */
const TYPES: EventType[] = [
  'BATCH_ANNOUNCED', 'BATCH_RESCHEDULED', 'BATCH_POSTPONED', 'BATCH_CANCELLED', 'BATCH_CONFIRMED',
  'DELEGATION_INVITED', 'DELEGATION_ATTENDED', 'ACTION_PLAN_SUBMITTED', 'FINDING_OPENED',
];

/** Where the account has events sent to. */
export function Webhooks(): JSX.Element {
  const rights = useRights();
  const asked = useQuery(WebhookListDocument, {});
  const list = asked.data?.webhookEndpoints;
  return (
    <Page title={t('nav.webhooks')} lead={t('webhooks.lead')}>
      {rights.administers ? <NewEndpoint /> : <p class="notice">{t('webhooks.scope')}</p>}
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('webhooks.none')}
      />
      {list?.nodes.map((endpoint) => <EndpointCard key={endpoint.id} endpoint={endpoint} />)}
    </Page>
  );
}

function NewEndpoint(): JSX.Element {
  const action = useAction(CreateWebhookDocument);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<EventType[]>([]);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Section title={t('webhook.new')}>
      {secret && (
        <p class="notice">
          {t('account.secret')} <code class="secret">{secret}</code>
        </p>
      )}
      <Form
        submit={t('webhook.create')}
        busy={action.busy}
        disabled={name.trim() === '' || url.trim() === ''}
        errors={action.errors}
        failure={action.failure}
        onSubmit={async () => {
          const payload = await action.run({
            name: name.trim(),
            url: url.trim(),
            filter: types.length > 0 ? { types } : undefined,
          });
          if (!payload) return;
          setSecret(payload.secret ?? null);
          setName('');
          setUrl('');
        }}
      >
        <div class="pair">
          <TextField path="name" label={t('webhook.name')} value={name} onValue={setName} />
          <TextField path="url" label={t('webhook.url')} type="url" value={url} onValue={setUrl} />
        </div>
        <fieldset>
          <legend>{t('webhook.types')}</legend>
          {TYPES.map((type) => (
            <Check
              key={type}
              label={label('event', type)}
              checked={types.includes(type)}
              onChecked={(checked) => {
                const rest = types.filter((other) => other !== type);
                setTypes(checked ? [...rest, type] : rest);
              }}
            />
          ))}
        </fieldset>
      </Form>
    </Section>
  );
}

function EndpointCard({ endpoint }: { endpoint: Endpoint }): JSX.Element {
  const pause = useAction(PauseWebhookDocument);
  const resume = useAction(ResumeWebhookDocument);
  const ping = useAction(PingWebhookDocument);
  const close = useAction(CloseWebhookDocument);
  const at = { endpointId: endpoint.id };
  const rests = endpoint.state === 'PAUSED' || endpoint.state === 'DISABLED';
  return (
    <Section title={endpoint.name}>
      <p>
        <Pill kind="webhookState" value={endpoint.state} /> <code>{endpoint.url}</code>
      </p>
      {endpoint.failingSince && (
        <p class="notice">{t('webhook.failing', { at: moment(endpoint.failingSince) })}</p>
      )}
      <h3>{t('webhook.deliveries')}</h3>
      <State empty={endpoint.deliveries.nodes.length === 0 && t('webhook.noDeliveries')} />
      <ul class="plain">
        {endpoint.deliveries.nodes.map((delivery) => (
          <li key={delivery.id}>
            <Pill kind="deliveryState" value={delivery.state} /> {delivery.name}{' '}
            <small>
              {moment(delivery.occurredAt)} · {t('webhook.tries', { count: delivery.tries })}
              {delivery.attempts.at(-1)?.status ? ` · ${delivery.attempts.at(-1)?.status}` : ''}
            </small>
          </li>
        ))}
      </ul>
      {[pause, resume, ping, close].map((action, place) => (
        <Refused key={place} errors={action.errors} failure={action.failure} />
      ))}
      {endpoint.state !== 'CLOSED' && (
        <p class="buttons">
          <button
            type="button"
            onClick={async () => {
              if (await ping.run(at)) tell(t('webhook.pinged'));
            }}
          >
            {t('webhook.ping')}
          </button>
          <button
            type="button"
            onClick={async () => {
              if (await (rests ? resume : pause).run(at)) tell(t('saved'));
            }}
          >
            {rests ? t('webhook.resume') : t('webhook.pause')}
          </button>
          <button
            type="button"
            class="danger"
            onClick={async () => {
              if (await close.run(at)) tell(t('saved'));
            }}
          >
            {t('webhook.close')}
          </button>
        </p>
      )}
    </Section>
  );
}
