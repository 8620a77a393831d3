import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  ApplyImportDocument,
  DiscardImportDocument,
  ImportPageDocument,
  UndoImportDocument,
  type ImportLineFragment,
} from '../../gql/graphql';
import { refresh } from '../../lib/client';
import { useAction, useQuery } from '../../lib/hooks';
import { label, moment, t } from '../../lib/i18n';
import { Dialog, Page, Pill, Section, State } from '../../parts/basics';
import { Check, Form, Refused, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { Columns } from './columns';
import { Rows } from './rows';

// How often it is asked how far a long file has come, in milliseconds.
const AGAIN = 1000;

/** A file: what its columns are, what its rows would change, and doing it. */
export function FileView({ name }: { name: string }): JSX.Element {
  const asked = useQuery(ImportPageDocument, { key: name });
  const file = asked.data?.import;
  const runs = file?.state === 'READING' || file?.state === 'APPLYING';
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(refresh, AGAIN);
    return () => clearInterval(timer);
  }, [runs]);
  if (!file) {
    return (
      <Page title={asked.loading ? t('loading') : t('file.gone')}>
        <State failure={asked.failure} />
      </Page>
    );
  }
  const all = file.newRows + file.changedRows + file.unchangedRows + file.refusedRows +
    file.ambiguousRows;
  return (
    <Page
      title={file.fileName}
      lead={
        <>
          <Pill kind="importState" value={file.state} /> {label('table', file.table)} ·{' '}
          {file.written} · {moment(file.createdAt)}
        </>
      }
    >
      {file.message && <p class="notice">{file.message}</p>}
      {runs && (
        <p class="notice" role="status">
          {t(file.state === 'READING' ? 'file.reading' : 'file.applying', {
            done: file.rowsDone ?? 0,
            all: Math.max(all, file.rowsDone ?? 0),
          })}{' '}
          <progress
            aria-label={t('file.progress')}
            max={Math.max(all, 1)}
            {...(file.rowsDone ? { value: file.rowsDone } : {})}
          />
        </p>
      )}
      {file.undone && (
        <Section title={t('file.undone')}>
          <p>
            {t('file.undoneCounts', {
              voided: file.undone.voidedCount,
              reverted: file.undone.revertedCount,
              kept: file.undone.keptCount,
            })}
          </p>
          <ul class="plain">
            {file.undone.kept.map((kept) => (
              <li key={`${kept.recordId}${kept.field ?? ''}`}>
                {label('recordKind', kept.recordKind)} {kept.recordKey} {kept.field}: {kept.reason}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {file.state === 'READY' && <Columns key={file.id} file={file} />}
      {all > 0 && <Rows file={file} />}
      {file.state === 'READY' && <Apply file={file} />}
      {file.state === 'APPLIED' && <Undo file={file} />}
    </Page>
  );
}

function Apply({ file }: { file: ImportLineFragment }): JSX.Element {
  const [leaveOut, setLeaveOut] = useState(false);
  const apply = useAction(ApplyImportDocument);
  const discard = useAction(DiscardImportDocument);
  const open = file.refusedRows + file.ambiguousRows;
  const changes = file.newRows + file.changedRows;
  return (
    <div class="savebar">
      <Form
        submit={t('file.apply', { count: changes })}
        busy={apply.busy}
        disabled={changes === 0 || (open > 0 && !leaveOut)}
        errors={[...apply.errors, ...discard.errors]}
        failure={apply.failure ?? discard.failure}
        onSubmit={async () => {
          const input = { importId: file.id, leaveOut, expectedVersion: file.version };
          if (await apply.run(input)) tell(t('file.applied'));
        }}
        beside={
          <button
            type="button"
            aria-busy={discard.busy}
            onClick={async () => {
              if (await discard.run({ importId: file.id })) tell(t('file.discarded'));
            }}
          >
            {t('file.discard')}
          </button>
        }
      >
        {open > 0 && (
          <Check
            label={t('file.leaveOut', { count: open })}
            checked={leaveOut}
            onChecked={setLeaveOut}
          />
        )}
        <p class="told">{t('told.apply')}</p>
      </Form>
    </div>
  );
}

function Undo({ file }: { file: ImportLineFragment }): JSX.Element {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const undo = useAction(UndoImportDocument);
  return (
    <>
      <p class="buttons">
        <button type="button" class="danger" onClick={() => setOpen(true)}>
          {t('file.undo')}
        </button>
      </p>
      <Refused errors={[]} failure={undo.failure} />
      {open && (
        <Dialog title={t('file.undo')} onClose={() => setOpen(false)}>
          <Form
            submit={t('file.undo')}
            danger
            busy={undo.busy}
            errors={undo.errors}
            onSubmit={async () => {
              const payload = await undo.run({ importId: file.id, reason: textOf(reason) });
              if (!payload) return;
              setOpen(false);
              tell(t('file.undoneNow'));
            }}
            beside={
              <button type="button" onClick={() => setOpen(false)}>
                {t('cancel')}
              </button>
            }
          >
            <p class="told">{t('told.undoFile')}</p>
            <TextField
              path="reason"
              label={t('reason.needed')}
              value={reason}
              onValue={setReason}
            />
          </Form>
        </Dialog>
      )}
    </>
  );
}
