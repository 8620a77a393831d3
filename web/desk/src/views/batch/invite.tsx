import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  GroupChoicesDocument,
  GroupMembersDocument,
  InviteCountriesDocument,
  VoidRecordDocument,
  type BatchFactsFragment,
} from '../../gql/graphql';
import { useCountries } from '../../lib/all';
import { fetchOnce } from '../../lib/client';
import { useDraft } from '../../lib/drafts';
import { send, useAction, useQuery } from '../../lib/hooks';
import { t } from '../../lib/i18n';
import { useRights } from '../../lib/rights';
import { Dialog } from '../../parts/basics';
import { Check, Field, Form, TextField } from '../../parts/form';
import { tell } from '../../parts/toast';

interface InviteProps {
  batch: BatchFactsFragment;
  /** The codes of countries that have a delegation already. */
  invited: Set<string>;
  onClose(): void;
}

/** Invites countries: some of them, or all members of a group. */
export function Invite({ batch, invited, onClose }: InviteProps): JSX.Element {
  const rights = useRights();
  const countries = useCountries();
  const groups = useQuery(GroupChoicesDocument, {});
  const action = useAction(InviteCountriesDocument);
  const [text, setText] = useState('');
  const draft = useDraft<{ codes: string[] }>(`invite.${batch.id}`, { codes: [] });
  const chosen = new Set(draft.value.codes.filter((code) => !invited.has(code)));
  const put = (codes: Set<string>) => draft.set({ codes: [...codes] });
  const began = batch.startsOn ?? undefined;
  const shown = countries.filter(
    ({ code, name, validTo }) =>
      !invited.has(code) &&
      (!validTo || (began !== undefined && validTo >= began)) &&
      `${name} ${code}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const addGroup = async (group: string) => {
    const data = await fetchOnce(GroupMembersDocument, { group, asOf: began ?? null });
    const members = data.regionalGroup?.members ?? [];
    put(new Set([...chosen, ...members.map(({ code }) => code)]));
  };
  const invite = async () => {
    const payload = await action.run({ batchId: batch.id, countries: [...chosen] });
    if (!payload) return;
    draft.clear();
    onClose();
    const ids = payload.delegations.map(({ id }) => id);
    const undo = async () => {
      for (const recordId of ids) {
        const input = { recordId, reason: t('undo.reason') };
        const { errors, failure } = await send(VoidRecordDocument, input);
        if (errors[0] || failure) return errors[0]?.message ?? failure;
      }
      return null;
    };
    // To take a record back is the right of those who keep it.
    tell(t('invite.done', { count: ids.length }), rights.keeps(batch) ? undo : undefined);
  };
  return (
    <Dialog title={t('invite.title')} onClose={onClose}>
      <Form
        submit={t('invite.submit', { count: chosen.size })}
        busy={action.busy}
        disabled={chosen.size === 0}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={invite}
      >
        <Field path="group" label={t('invite.group')} hint={t('invite.groupHint')}>
          {(at) => (
            <select
              {...at}
              value=""
              onChange={(event) => {
                const { value } = event.currentTarget;
                event.currentTarget.value = '';
                if (value) void addGroup(value);
              }}
            >
              <option value="">{t('invite.noGroup')}</option>
              {groups.data?.regionalGroups.nodes.map(({ id, name, acronym }) => (
                <option key={id} value={id}>
                  {acronym ?? name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {chosen.size > 0 && (
          <p class="chips">
            {[...chosen].map((code) => {
              const name = countries.find((country) => country.code === code)?.name ?? code;
              return (
                <button
                  key={code}
                  type="button"
                  class="chip"
                  aria-label={t('invite.remove', { name })}
                  onClick={() => put(new Set([...chosen].filter((other) => other !== code)))}
                >
                  {name} <span aria-hidden="true">×</span>
                </button>
              );
            })}
          </p>
        )}
        <TextField
          path="countries"
          label={t('invite.search')}
          type="search"
          value={text}
          onValue={setText}
        />
        <div class="pickList" role="group" aria-label={t('invite.countries')}>
          {shown.map(({ code, name }) => (
            <Check
              key={code}
              label={name}
              checked={chosen.has(code)}
              onChecked={(checked) => {
                const next = new Set(chosen);
                if (checked) next.add(code);
                else next.delete(code);
                put(next);
              }}
            />
          ))}
        </div>
        <p class="told">{batch.status === 'DRAFT' ? t('told.nobody') : t('told.invite')}</p>
      </Form>
    </Dialog>
  );
}
