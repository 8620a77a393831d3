import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  CreateTokenDocument,
  GrantRoleDocument,
  type GrantRole,
  type TokenScope,
} from '../gql/graphql';
import { useCountries } from '../lib/all';
import { useAction } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { Dialog } from '../parts/basics';
import { Check, Form, SelectField, TextField } from '../parts/form';
import { PickInstitution, type Picked } from '../parts/pick';
import { Secret } from '../parts/secret';
import { tell } from '../parts/toast';
import type { Account } from './accounts';

const ROLES: GrantRole[] = ['OFFICER', 'FOCAL_POINT', 'CURATOR', 'AUDITOR', 'ADMINISTRATOR'];
// A calendar is made at the first view, where its address is shown.
const SCOPES: TokenScope[] = ['READ', 'WRITE', 'ADMINISTER'];
const DAY = 86_400_000;

interface GiveProps {
  account: Account;
  onClose(): void;
}

/** Grants a role. */
export function GiveRole({ account, onClose }: GiveProps): JSX.Element {
  const countries = useCountries();
  const action = useAction(GrantRoleDocument);
  const [role, setRole] = useState('OFFICER');
  const [institution, setInstitution] = useState<Picked | null>(null);
  const [country, setCountry] = useState('');
  return (
    <Dialog title={t('account.giveRole')} onClose={onClose}>
      <Form
        submit={t('account.giveRole')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        onSubmit={async () => {
          const payload = await action.run({
            accountId: account.id,
            role: role as GrantRole,
            institutionId: role === 'OFFICER' ? institution?.id : undefined,
            country: role === 'FOCAL_POINT' ? country || undefined : undefined,
          });
          if (!payload) return;
          tell(t('saved'));
          onClose();
        }}
      >
        <SelectField
          path="role"
          label={t('account.role')}
          value={role}
          onValue={setRole}
          choices={ROLES.map((value) => ({ value, label: label('grant', value) }))}
        />
        {role === 'OFFICER' && (
          <PickInstitution
            path="institutionId"
            label={t('account.institution')}
            value={institution}
            onValue={setInstitution}
          />
        )}
        {role === 'FOCAL_POINT' && (
          <SelectField
            path="country"
            label={t('account.country')}
            value={country}
            onValue={setCountry}
            choices={[
              { value: '', label: t('claims.chooseCountry') },
              ...countries.map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
        )}
        <p class="told">{t('told.grant')}</p>
      </Form>
    </Dialog>
  );
}

/** Makes a token; its secret is shown this once, and kept nowhere by the desk. */
export function GiveToken({ account, onClose }: GiveProps): JSX.Element {
  const action = useAction(CreateTokenDocument);
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<TokenScope[]>(['READ', 'WRITE']);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog title={t('account.giveToken')} onClose={onClose}>
      {secret ? (
        <Secret secret={secret} onClose={onClose} />
      ) : (
        <Form
          submit={t('account.giveToken')}
          busy={action.busy}
          disabled={name.trim() === ''}
          errors={action.errors}
          failure={action.failure}
          onSubmit={async () => {
            const count = Number(days);
            const until = new Date(Date.now() + count * DAY).toISOString();
            const payload = await action.run({
              accountId: account.id,
              name: name.trim(),
              scopes,
              expiresAt: count > 0 ? until : undefined,
            });
            setSecret(payload?.secret ?? null);
          }}
        >
          <TextField path="name" label={t('account.purpose')} value={name} onValue={setName} />
          <TextField
            path="expiresAt"
            label={t('account.days')}
            hint={t('account.daysHint')}
            type="number"
            min={0}
            value={days}
            onValue={setDays}
          />
          <div role="group" aria-label={t('account.scopes')}>
            {SCOPES.map((scope) => (
              <Check
                key={scope}
                label={label('scope', scope)}
                checked={scopes.includes(scope)}
                onChecked={(checked) => {
                  const rest = scopes.filter((other) => other !== scope);
                  setScopes(checked ? [...rest, scope] : rest);
                }}
              />
            ))}
          </div>
        </Form>
      )}
    </Dialog>
  );
}
