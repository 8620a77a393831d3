import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CreateTokenDocument, OwnTokensDocument, RevokeTokenDocument } from '../gql/graphql';
import { useAction, useQuery } from '../lib/hooks';
import { language, moment, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Dialog, Section } from '../parts/basics';
import { Form, Refused, TextField } from '../parts/form';
import { Secret } from '../parts/secret';
import { tell } from '../parts/toast';
import { RemindersByMail } from './reminders-mail';

/** What is due, as a calendar to subscribe to. Whoever has its address can read it. */
export function Reminders(): JSX.Element | null {
  const rights = useRights();
  const { data } = useQuery(OwnTokensDocument, {});
  const revoke = useAction(RevokeTokenDocument);
  const [making, setMaking] = useState(false);
  const calendars = (data?.viewer?.tokens.nodes ?? []).filter(
    ({ scopes, revokedAt }) => scopes.includes('CALENDAR') && !revokedAt,
  );
  if (!rights.administers) return null;
  return (
    <Section title={t('reminders.title')}>
      <p class="quiet">{t('reminders.lead')}</p>
      <ul class="plain">
        {calendars.map((token) => (
          <li key={token.id}>
            {token.name} <code>{token.prefix}…</code>{' '}
            <small>
              {token.lastUsedAt && t('account.used', { at: moment(token.lastUsedAt) })}
            </small>{' '}
            <button
              type="button"
              class="link"
              aria-label={t('account.revokeOf', { name: token.name })}
              onClick={async () => {
                if (await revoke.run({ tokenId: token.id })) tell(t('reminders.revoked'));
              }}
            >
              {t('account.revoke')}
            </button>
          </li>
        ))}
      </ul>
      <Refused errors={revoke.errors} failure={revoke.failure} />
      <p class="buttons">
        <button type="button" onClick={() => setMaking(true)}>
          {t('reminders.make')}
        </button>
      </p>
      {making && <NewCalendar onClose={() => setMaking(false)} />}
      <RemindersByMail />
    </Section>
  );
}

function NewCalendar({ onClose }: { onClose(): void }): JSX.Element {
  const action = useAction(CreateTokenDocument);
  const [name, setName] = useState(t('reminders.name'));
  const [until, setUntil] = useState('');
  const [address, setAddress] = useState<string | null>(null);
  return (
    <Dialog title={t('reminders.make')} onClose={onClose}>
      {address ? (
        <>
          <p>{t('reminders.subscribe')}</p>
          <Secret secret={address} onClose={onClose} />
        </>
      ) : (
        <Form
          submit={t('reminders.make')}
          busy={action.busy}
          disabled={name.trim() === ''}
          errors={action.errors}
          failure={action.failure}
          onSubmit={async () => {
            const payload = await action.run({
              name: name.trim(),
              scopes: ['CALENDAR'],
              expiresAt: until ? `${until}T23:59:59Z` : undefined,
            });
            if (!payload?.secret) return;
            const path = `/calendar/mine/${payload.secret}.ics?language=${language.get()}`;
            setAddress(location.origin + path);
          }}
        >
          <p>{t('reminders.hint')}</p>
          <TextField path="name" label={t('account.purpose')} value={name} onValue={setName} />
          <TextField
            path="expiresAt"
            label={t('reminders.until')}
            type="date"
            value={until}
            onValue={setUntil}
          />
        </Form>
      )}
    </Dialog>
  );
}
