import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  DelegationDetailsDocument,
  RecordAttendanceDocument,
  UpdateDelegationDocument,
  type DelegationCategory,
  type DelegationDetailsQuery,
} from '../../gql/graphql';
import { fetchOnce } from '../../lib/client';
import { useAction } from '../../lib/hooks';
import { label, period, t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { Dialog, State } from '../../parts/basics';
import { Check, Form, SelectField, TextField, numberOf, textOf } from '../../parts/form';
import { PickInstitution, type Picked } from '../../parts/pick';
import { tell } from '../../parts/toast';

type Delegation = NonNullable<DelegationDetailsQuery['delegation']>;

const CATEGORIES: DelegationCategory[] = [
  'PARTY', 'OBSERVER_STATE', 'IGO', 'NGO', 'MEDIA', 'OTHER',
];

const typedOf = (count: number | null | undefined): string => (count == null ? '' : String(count));

/** What is recorded of a delegation beside its outcome: sexes, sender, category, parts. */
export function Details({ id, onClose }: { id: string; onClose(): void }): JSX.Element {
  const [delegation, setDelegation] = useState<Delegation | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    // Past the cache: what is typed begins with what is recorded now.
    fetchOnce(DelegationDetailsDocument, { id }).then(
      (data) => setDelegation(data.delegation ?? null),
      (error: Error) => setFailure(error.message),
    );
  }, [id]);
  const name = delegation ? partyName(delegation) : '';
  return (
    <Dialog title={t('details.title', { name })} onClose={onClose}>
      <State loading={!delegation} failure={failure} />
      {delegation && <DetailsForm delegation={delegation} onClose={onClose} />}
    </Dialog>
  );
}

interface FormProps {
  delegation: Delegation;
  onClose(): void;
}

function DetailsForm({ delegation: known, onClose }: FormProps): JSX.Element {
  const heads = useAction(RecordAttendanceDocument);
  const facts = useAction(UpdateDelegationDocument);
  const sexes = {
    female: typedOf(known.headcountFemale),
    male: typedOf(known.headcountMale),
    otherOrUnknown: typedOf(known.headcountOtherOrUnknown),
  };
  const attended = known.parts.nodes.map((part) => part.id);
  const [counts, setCounts] = useState(sexes);
  const [sender, setSender] = useState<Picked | null>(known.institution ?? null);
  const [category, setCategory] = useState<string>(known.category ?? '');
  const [text, setText] = useState(known.label ?? '');
  const [parts, setParts] = useState(attended);
  const save = async () => {
    let version = known.version;
    if (JSON.stringify(counts) !== JSON.stringify(sexes)) {
      const payload = await heads.run({
        delegationId: known.id,
        headcountBySex: {
          female: numberOf(counts.female),
          male: numberOf(counts.male),
          otherOrUnknown: numberOf(counts.otherOrUnknown),
        },
        expectedVersion: version,
      });
      if (!payload?.delegation) return;
      version = payload.delegation.version;
    }
    const payload = await facts.run({
      delegationId: known.id,
      institutionId: sender?.id ?? null,
      category: (category || null) as DelegationCategory | null,
      label: textOf(text) ?? null,
      partIds: known.batch.parts.nodes.length > 0 ? parts : undefined,
      expectedVersion: version,
    });
    if (!payload) return;
    tell(t('saved'));
    onClose();
  };
  const field = (name: keyof typeof sexes) => (
    <TextField
      path={`headcountBySex.${name} headcountBySex`}
      label={t(`details.${name}`)}
      type="number"
      min={0}
      value={counts[name]}
      onValue={(value) => setCounts({ ...counts, [name]: value })}
    />
  );
  return (
    <Form
      submit={t('save')}
      busy={heads.busy || facts.busy}
      errors={[...heads.errors, ...facts.errors]}
      failure={heads.failure ?? facts.failure}
      onSubmit={() => void save()}
      beside={
        <button type="button" onClick={onClose}>
          {t('cancel')}
        </button>
      }
    >
      <fieldset class="pair">
        <legend>{t('details.heads')}</legend>
        {field('female')}
        {field('male')}
        {field('otherOrUnknown')}
      </fieldset>
      {(known.country || known.group) && (
        <PickInstitution
          path="institutionId"
          label={t('details.sender')}
          value={sender}
          onValue={setSender}
        />
      )}
      <SelectField
        path="category"
        label={t('details.category')}
        value={category}
        onValue={setCategory}
        choices={[
          { value: '', label: t('details.noCategory') },
          ...CATEGORIES.map((value) => ({ value, label: label('category', value) })),
        ]}
      />
      <TextField path="label" label={t('details.label')} value={text} onValue={setText} />
      {known.batch.parts.nodes.length > 0 && (
        <fieldset>
          <legend>{t('details.parts')}</legend>
          {known.batch.parts.nodes.map((part) => (
            <Check
              key={part.id}
              label={`${part.label ?? part.key} (${period(part)})`}
              checked={parts.includes(part.id)}
              onChecked={(checked) => {
                const rest = parts.filter((other) => other !== part.id);
                setParts(checked ? [...rest, part.id] : rest);
              }}
            />
          ))}
        </fieldset>
      )}
      <p class="told">{t('told.details')}</p>
    </Form>
  );
}
