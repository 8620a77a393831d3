import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  AccountListDocument,
  CloseAccountDocument,
  CreateAccountDocument,
  ReopenAccountDocument,
  RevokeGrantDocument,
  RevokeTokenDocument,
  type AccountListQuery,
} from '../gql/graphql';
import { useAction, useQuery } from '../lib/hooks';
import { label, moment, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { More, Page, Section, State } from '../parts/basics';
import { Form, Refused, TextField, textOf } from '../parts/form';
import { tell } from '../parts/toast';
import { GiveRole, GiveToken } from './account-forms';

export type Account = AccountListQuery['accounts']['nodes'][number];

/** Accounts with what they may do and their tokens; of others than administrators, their own. */
export function Accounts(): JSX.Element {
  const rights = useRights();
  const [after, setAfter] = useState<string | null>(null);
  const asked = useQuery(AccountListDocument, { after });
  const list = asked.data?.accounts;
  return (
    <Page title={t('nav.accounts')} lead={t('accounts.lead')}>
      {rights.administrator && <NewAccount />}
      <State loading={asked.loading && !list} failure={asked.failure} />
      {list?.nodes.map((account) => <AccountCard key={account.id} account={account} />)}
      <More
        page={list?.pageInfo}
        onMore={setAfter}
        onFirst={after ? () => setAfter(null) : undefined}
      />
    </Page>
  );
}

function NewAccount(): JSX.Element {
  const action = useAction(CreateAccountDocument);
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  return (
    <Section title={t('account.new')}>
      <Form
        submit={t('account.create')}
        busy={action.busy}
        disabled={name.trim() === ''}
        errors={action.errors}
        failure={action.failure}
        onSubmit={async () => {
          if (!(await action.run({ name: name.trim(), key: textOf(key) }))) return;
          setName('');
          setKey('');
          tell(t('account.created'));
        }}
      >
        <div class="pair">
          <TextField path="name" label={t('account.name')} value={name} onValue={setName} />
          <TextField
            path="key"
            label={t('account.key')}
            hint={t('account.keyHint')}
            value={key}
            onValue={setKey}
          />
        </div>
      </Form>
    </Section>
  );
}

function AccountCard({ account }: { account: Account }): JSX.Element {
  const rights = useRights();
  const own = account.id === rights.account.id;
  const [giving, setGiving] = useState<'role' | 'token' | null>(null);
  const close = useAction(CloseAccountDocument);
  const reopen = useAction(ReopenAccountDocument);
  const revokeGrant = useAction(RevokeGrantDocument);
  const revokeToken = useAction(RevokeTokenDocument);
  const actions = [close, reopen, revokeGrant, revokeToken];
  const grants = account.grants.nodes.filter(({ revokedAt }) => !revokedAt);
  const tokens = account.tokens.nodes.filter(({ revokedAt }) => !revokedAt);
  return (
    <Section title={account.name}>
      <p>
        <code>{account.key}</code>{' '}
        {account.disabledAt && <span class="pill bad">{t('account.closed')}</span>}
      </p>
      <h3>{t('account.grants')}</h3>
      <State empty={grants.length === 0 && t('account.noGrants')} />
      <ul class="plain">
        {grants.map((grant) => {
          const of = grant.institution?.name ?? grant.country?.name ?? '';
          const name = `${label('grant', grant.role)} ${of}`.trim();
          return (
            <li key={grant.id}>
              {name}{' '}
              {rights.administrator && (
                <button
                  type="button"
                  class="link"
                  aria-label={t('account.revokeOf', { name })}
                  onClick={async () => {
                    if (await revokeGrant.run({ grantId: grant.id })) tell(t('account.revoked'));
                  }}
                >
                  {t('account.revoke')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <h3>{t('account.tokens')}</h3>
      <State empty={tokens.length === 0 && t('account.noTokens')} />
      <ul class="plain">
        {tokens.map((token) => (
          <li key={token.id}>
            {token.name} <code>{token.prefix}…</code>{' '}
            <small>
              {token.scopes.map((scope) => label('scope', scope)).join(', ')}
              {token.expiresAt && ` · ${t('account.until', { at: moment(token.expiresAt) })}`}
              {token.lastUsedAt && ` · ${t('account.used', { at: moment(token.lastUsedAt) })}`}
            </small>{' '}
            {((own && rights.administers) || rights.administrator) && (
              <button
                type="button"
                class="link"
                aria-label={t('account.revokeOf', { name: `${token.name} ${token.prefix}` })}
                onClick={async () => {
                  if (await revokeToken.run({ tokenId: token.id })) tell(t('account.revoked'));
                }}
              >
                {t('account.revoke')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {actions.map((action, place) => (
        <Refused key={place} errors={action.errors} failure={action.failure} />
      ))}
      <p class="buttons">
        {rights.administrator && (
          <button type="button" onClick={() => setGiving('role')}>
            {t('account.giveRole')}
          </button>
        )}
        {((own && rights.administers) || rights.administrator) && (
          <button type="button" onClick={() => setGiving('token')}>
            {t('account.giveToken')}
          </button>
        )}
        {rights.administrator && !own && (
          <button
            type="button"
            class={account.disabledAt ? undefined : 'danger'}
            onClick={async () => {
              const action = account.disabledAt ? reopen : close;
              if (await action.run({ accountId: account.id })) tell(t('saved'));
            }}
          >
            {account.disabledAt ? t('account.reopen') : t('account.close')}
          </button>
        )}
      </p>
      {giving === 'role' && <GiveRole account={account} onClose={() => setGiving(null)} />}
      {giving === 'token' && <GiveToken account={account} onClose={() => setGiving(null)} />}
    </Section>
  );
}
