import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { setLanguage, t, useLanguage } from '../lib/i18n';
import { signIn } from '../lib/session';
import { Check, Form, TextField } from '../parts/form';

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
