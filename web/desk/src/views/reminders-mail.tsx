import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  OwnRemindersDocument,
  SetRemindersDocument,
  StopRemindersDocument,
  type Language,
} from '../gql/graphql';
import { useAction, useQuery } from '../lib/hooks';
import { language, moment, t } from '../lib/i18n';
import { Dialog } from '../parts/basics';
import { Form, Refused, SelectField, TextField } from '../parts/form';
import { tell } from '../parts/toast';

/** What is due, by mail: whether, where to, and the end of it. */
export function RemindersByMail(): JSX.Element | null {
  const { data } = useQuery(OwnRemindersDocument, {});
  const stop = useAction(StopRemindersDocument);
  const [asking, setAsking] = useState(false);
  if (!data?.serviceConfig.remindersByMail) return null;
  const own = data.viewerReminders;
  return (
    <>
      <h3>{t('reminders.mail')}</h3>
      <p class="quiet">{t('reminders.mailLead')}</p>
      {own && (
        <p>
          {own.address}{' '}
          <small>
            {own.confirmedAt
              ? t('reminders.confirmed', { at: moment(own.confirmedAt) })
              : t('reminders.unconfirmed')}
          </small>{' '}
          <button
            type="button"
            class="link"
            onClick={async () => {
              if (await stop.run({})) tell(t('reminders.stopped'));
            }}
          >
            {t('reminders.stop')}
          </button>
        </p>
      )}
      <Refused errors={stop.errors} failure={stop.failure} />
      <p class="buttons">
        <button type="button" onClick={() => setAsking(true)}>
          {t(own ? 'reminders.other' : 'reminders.start')}
        </button>
      </p>
      {asking && <NewAddress onClose={() => setAsking(false)} />}
    </>
  );
}

function NewAddress({ onClose }: { onClose(): void }): JSX.Element {
  const action = useAction(SetRemindersDocument);
  const [address, setAddress] = useState('');
  const [spoken, setSpoken] = useState<Language>(language.get() === 'id' ? 'ID' : 'EN');
  return (
    <Dialog title={t('reminders.mail')} onClose={onClose}>
      <Form
        submit={t('reminders.start')}
        busy={action.busy}
        disabled={address.trim() === ''}
        errors={action.errors}
        failure={action.failure}
        onSubmit={async () => {
          if (!(await action.run({ address: address.trim(), language: spoken }))) return;
          tell(t('reminders.asked'));
          onClose();
        }}
      >
        <p>{t('reminders.mailHint')}</p>
        <TextField
          path="address"
          label={t('reminders.address')}
          type="email"
          autocomplete="email"
          value={address}
          onValue={setAddress}
        />
        <SelectField
          path="language"
          label={t('reminders.language')}
          value={spoken}
          onValue={(value) => setSpoken(value as Language)}
          choices={[
            { value: 'EN', label: 'English' },
            { value: 'ID', label: 'Bahasa Indonesia' },
          ]}
        />
      </Form>
    </Dialog>
  );
}
