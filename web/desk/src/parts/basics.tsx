import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { label, t, type MessageKey } from '../lib/i18n';
import { href, navigate, useRoute } from '../lib/router';

interface LinkProps {
  to: string;
  class?: string;
  children: ComponentChildren;
}

/** A link within the desk. */
export function Link({ to, class: name, children }: LinkProps): JSX.Element {
  const here = useRoute();
  return (
    <a
      href={href(to)}
      class={name}
      aria-current={here === to ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

interface PageProps {
  title: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A view with its heading. */
export function Page({ title, lead, actions, children }: PageProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Jejaring`;
  }, [title]);
  return (
    <>
      <header class="page">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <div class="lead">{lead}</div>}
        </div>
        {actions && <div class="buttons">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface SectionProps {
  title: string;
  count?: number | undefined;
  children: ComponentChildren;
}

export function Section({ title, count, children }: SectionProps): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id} class="card">
      <h2 id={id}>
        {title}
        {count !== undefined && <span class="count">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

const TONES: Record<string, string> = {
  DRAFT: 'quiet', ANNOUNCED: 'info', CONFIRMED: 'good', CLOSED: 'quiet', POSTPONED: 'warn',
  CANCELLED: 'bad', ATTENDED: 'good', INVITED: 'info', NOMINATED: 'info', DECLINED: 'bad',
  NO_SHOW: 'bad', NOT_SENT: 'bad', WITHDRAWN: 'bad', SEVERE: 'bad', WARNING: 'warn', INFO: 'info',
  OPEN: 'warn', EXPLAINED: 'quiet', EXPECTED: 'info', SUBMITTED: 'info', IN_PROGRESS: 'info',
  COMPLETED: 'good', ABANDONED: 'quiet', READY: 'info', APPLIED: 'good', FAILED: 'bad',
  UNDONE: 'quiet', DISCARDED: 'quiet', NEW: 'good', CHANGED: 'info', REFUSED: 'bad',
  AMBIGUOUS: 'warn', UNCHANGED: 'quiet', AGREES: 'good', CONTESTS: 'bad', ACTIVE: 'good',
  DISABLED: 'bad', PAUSED: 'warn', DELIVERED: 'good', PENDING: 'info', PREFERRED: 'good',
  DEPRECATED: 'quiet',
};

interface PillProps {
  kind: string;
  value: string | null | undefined;
}

/** A member of an enumeration, told apart by its word and not by its colour alone. */
export function Pill({ kind, value }: PillProps): JSX.Element {
  return <span class={`pill ${TONES[value ?? ''] ?? 'quiet'}`}>{label(kind, value)}</span>;
}

interface StateProps {
  loading?: boolean;
  failure?: string | null;
  /** What is said where there is nothing. */
  empty?: string | false;
}

/** What is said in place of an answer. */
export function State({ loading, failure, empty }: StateProps): JSX.Element | null {
  if (failure) {
    return (
      <p class="refused" role="alert">
        {failure}
      </p>
    );
  }
  if (loading) return <p class="quiet">{t('loading')}</p>;
  return empty ? <p class="quiet">{empty}</p> : null;
}

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog; Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const box = dialog.current;
    box?.showModal();
    return () => {
      box?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="link" onClick={onClose}>
          {t('close')}
        </button>
      </header>
      {children}
    </dialog>
  );
}

export interface Tab {
  to: string;
  label: string;
  count?: number | undefined;
}

export function Tabs({ name, tabs }: { name: string; tabs: Tab[] }): JSX.Element {
  return (
    <nav class="tabs" aria-label={name}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to}>
          {tab.label}
          {tab.count ? <span class="count">{tab.count}</span> : null}
        </Link>
      ))}
    </nav>
  );
}

interface FactsProps {
  facts: [MessageKey, ComponentChildren][];
}

/** Facts with their names; those that are not known are left out. */
export function Facts({ facts }: FactsProps): JSX.Element {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value != null && value !== '' && value !== false)
        .map(([key, value]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

interface MoreProps {
  page: { hasNextPage: boolean; endCursor?: string | null } | undefined;
  onMore(after: string): void;
  onFirst?: (() => void) | undefined;
}

/** To the next page of a list, and back to the first. */
export function More({ page, onMore, onFirst }: MoreProps): JSX.Element | null {
  if (!page?.hasNextPage && !onFirst) return null;
  return (
    <p class="buttons">
      {onFirst && (
        <button type="button" onClick={onFirst}>
          {t('list.first')}
        </button>
      )}
      {page?.hasNextPage && page.endCursor && (
        <button type="button" onClick={() => onMore(page.endCursor!)}>
          {t('list.more')}
        </button>
      )}
    </p>
  );
}
