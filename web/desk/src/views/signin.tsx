import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { setLanguage, t, useLanguage } from '../lib/i18n';
import { leaveFor, offered, returning, type Provider } from '../lib/provider';
import { signIn } from '../lib/session';
import { useStore } from '../lib/store';
import { Check, Form, Refused, TextField } from '../parts/form';

interface SignInProps {
  /** Whether a token was just refused. */
  failed: boolean;
  /** Within a dialog, over what was typed. */
  within?: boolean;
}

/** Asks for a token. It goes into headers alone: never into an address, a log or a cookie. */
export function SignIn({ failed, within }: SignInProps): JSX.Element {
  const tongue = useLanguage();
  const [token, setToken] = useState('');
  const [keep, setKeep] = useState(false);
  const form = (
    <>
      <AtProvider keep={keep} />
      <Form
        submit={t('signIn')}
        disabled={token.trim() === ''}
        failure={failed ? t('signIn.failed') : null}
        onSubmit={() => signIn(token.trim(), keep)}
      >
        <TextField
          path="token"
          label={t('signIn.token')}
          hint={t('signIn.hint')}
          type="password"
          value={token}
          onValue={setToken}
        />
        <Check label={t('signIn.keep')} checked={keep} onChecked={setKeep} />
      </Form>
    </>
  );
  if (within) return form;
  return (
    <main class="signin">
      <h1>{t('signIn.title')}</h1>
      <p>{t('signIn.lead')}</p>
      {form}
      <p>
        <button
          type="button"
          class="link"
          lang={tongue === 'en' ? 'id' : 'en'}
          onClick={() => setLanguage(tongue === 'en' ? 'id' : 'en')}
        >
          {tongue === 'en' ? 'Bahasa Indonesia' : 'English'}
        </button>
      </p>
    </main>
  );
}

/** The way to the provider, where the register has one. */
function AtProvider({ keep }: { keep: boolean }): JSX.Element | null {
  const [provider, setProvider] = useState<Provider | null>(null);
  const [away, setAway] = useState(false);
  const state = useStore(returning);
  useEffect(() => {
    let shown = true;
    void offered().then((found) => shown && setProvider(found));
    return () => {
      shown = false;
    };
  }, []);
  if (!provider) return null;
  const host = new URL(provider.issuer).host;
  const failure = away
    ? t('signIn.providerAway', { host })
    : state === 'failed'
      ? t('signIn.providerFailed', { host })
      : null;
  return (
    <div class="provider">
      <Refused errors={[]} failure={failure} />
      <button
        type="button"
        class="primary"
        aria-busy={state === 'busy'}
        onClick={() => {
          setAway(false);
          leaveFor(provider, keep).catch(() => setAway(true));
        }}
      >
        {state === 'busy' ? t('signIn.returning') : t('signIn.provider', { host })}
      </button>
      <p class="quiet">{t('signIn.or')}</p>
    </div>
  );
}
