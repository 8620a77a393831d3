import type { JSX } from 'preact';
import { t } from '../lib/i18n';
import { tell } from './toast';

/** A secret, which is shown this once and kept nowhere by the desk. */
export function Secret({ secret, onClose }: { secret: string; onClose(): void }): JSX.Element {
  return (
    <>
      <p class="notice">{t('account.secret')}</p>
      <p>
        <code class="secret">{secret}</code>
      </p>
      <p class="buttons">
        <button
          type="button"
          class="primary"
          onClick={async () => {
            await navigator.clipboard.writeText(secret);
            tell(t('account.copied'));
          }}
        >
          {t('account.copy')}
        </button>
        <button type="button" onClick={onClose}>
          {t('close')}
        </button>
      </p>
    </>
  );
}
