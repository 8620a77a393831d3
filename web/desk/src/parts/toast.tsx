import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../lib/i18n';
import { store, useStore } from '../lib/store';

interface Toast {
  text: string;
  undo?: (() => Promise<string | null>) | undefined;
}

const toast = store<Toast | null>(null);

/** Says what was done, with the way back if there is one; it gives the reason where it fails. */
export function tell(text: string, undo?: Toast['undo']): void {
  toast.set({ text, undo });
}

const PLAIN = 6000;

/** What was done last. What can be undone stays until the next thing is done. */
export function Toasts(): JSX.Element {
  const shown = useStore(toast);
  useEffect(() => {
    if (!shown || shown.undo) return;
    const timer = setTimeout(() => toast.set(null), PLAIN);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="toasts" role="status">
      {shown && (
        <div class="toast">
          <span>{shown.text}</span>
          {shown.undo && (
            <button
              type="button"
              onClick={async () => {
                const undo = shown.undo!;
                toast.set({ text: t('undo.running') });
                toast.set({ text: (await undo()) ?? t('undo.done') });
              }}
            >
              {t('undo')}
            </button>
          )}
          <button type="button" class="link" onClick={() => toast.set(null)}>
            {t('close')}
          </button>
        </div>
      )}
    </div>
  );
}
