import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useEffect, useId, useRef } from 'preact/hooks';
import type { RefusalFragment } from '../gql/graphql';
import { t } from '../lib/i18n';

interface Refusals {
  errors: RefusalFragment[];
  /** The paths at which a field of the form shows what is wrong. */
  shown: Set<RefusalFragment>;
}

const RefusalsContext = createContext<Refusals>({ errors: [], shown: new Set() });

const pathOf = ({ path }: RefusalFragment): string => path.slice(1).join('.');

interface FormProps {
  errors?: RefusalFragment[];
  failure?: string | null;
  busy?: boolean;
  submit: string;
  disabled?: boolean;
  danger?: boolean;
  /** Beside the button that sends. */
  beside?: ComponentChildren;
  /** Whether something typed before was found again. */
  restored?: boolean;
  onForget?(): void;
  onSubmit(): void;
  children: ComponentChildren;
}

/** A form whose refusals stand at the fields that they name, and otherwise above its button. */
export function Form(props: FormProps): JSX.Element {
  const { errors = [], failure, busy, submit, beside, children } = props;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (errors.length === 0) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid=true], [role=alert]');
    wrong?.focus();
  }, [errors]);
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) props.onSubmit();
      }}
    >
      <RefusalsContext.Provider value={{ errors, shown: new Set() }}>
        {props.restored && (
          <p class="notice">
            {t('form.restored')}{' '}
            {props.onForget && (
              <button type="button" class="link" onClick={props.onForget}>
                {t('form.forget')}
              </button>
            )}
          </p>
        )}
        {children}
        <Rest failure={failure ?? null} />
        <p class="buttons">
          <button
            type="submit"
            class={props.danger ? 'danger' : 'primary'}
            disabled={props.disabled}
            aria-busy={busy}
          >
            {busy ? t('form.sending') : submit}
          </button>
          {beside}
        </p>
      </RefusalsContext.Provider>
    </form>
  );
}

/** What no field of the form has shown. It is drawn behind the fields, so it knows. */
function Rest({ failure }: { failure: string | null }): JSX.Element | null {
  const { errors, shown } = useContext(RefusalsContext);
  const rest = errors.filter((error) => !shown.has(error));
  if (rest.length === 0 && failure === null) return null;
  return <Refused errors={rest} failure={failure} />;
}

interface RefusedProps {
  errors: RefusalFragment[];
  failure?: string | null;
}

/** Why the server refused. */
export function Refused({ errors, failure }: RefusedProps): JSX.Element | null {
  if (errors.length === 0 && !failure) return null;
  return (
    <div class="refused" role="alert" tabIndex={-1}>
      {failure && <p>{failure}</p>}
      {errors.map((error) => (
        <p key={error.message}>{error.message}</p>
      ))}
    </div>
  );
}

interface FieldProps {
  /** Where the field stands in the input, as `title.text`; or several, joined by spaces. */
  path: string;
  label: string;
  hint?: string;
  /** The label is for readers of screens alone. */
  bare?: boolean;
  children(at: Control): ComponentChildren;
}

export interface Control {
  id: string;
  name: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
}

/** A field with its label, its hint, and what the server says of it. */
export function Field({ path, label, hint, bare, children }: FieldProps): JSX.Element {
  const id = useId();
  const { errors, shown } = useContext(RefusalsContext);
  const paths = path.split(' ');
  const wrong = errors.filter((error) => {
    const at = pathOf(error);
    return paths.some((own) => at === own || at.startsWith(`${own}.`));
  });
  for (const error of wrong) shown.add(error);
  const described = [hint ? `${id}-hint` : '', wrong.length ? `${id}-wrong` : ''].join(' ').trim();
  return (
    <div class="field">
      <label for={id} class={bare ? 'unseen' : undefined}>
        {label}
      </label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        name: paths[0] ?? path,
        'aria-invalid': wrong.length > 0,
        'aria-describedby': described || undefined,
      })}
      {wrong.length > 0 && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong.map(({ message }) => message).join(' ')}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Omit<FieldProps, 'children'> {
  value: string;
  onValue(value: string): void;
  type?: 'text' | 'date' | 'number' | 'url' | 'email' | 'password' | 'search';
  rows?: number;
  placeholder?: string;
  autocomplete?: string;
  min?: number;
  disabled?: boolean;
}

/** A field of text, of a date or of a number. */
export function TextField(props: TextProps): JSX.Element {
  const { value, onValue, type = 'text', rows, placeholder, autocomplete, min, disabled } = props;
  return (
    <Field {...props}>
      {(at) =>
        rows ? (
          <textarea
            {...at}
            rows={rows}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        ) : (
          <input
            {...at}
            // Each type has attributes of its own; those used here are of all of them.
            type={type as 'text'}
            value={value}
            placeholder={placeholder}
            autocomplete={autocomplete ?? 'off'}
            inputMode={type === 'number' ? 'numeric' : undefined}
            min={min}
            disabled={disabled}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

export interface Choice {
  value: string;
  label: string;
}

interface SelectProps extends Omit<FieldProps, 'children'> {
  value: string;
  onValue(value: string): void;
  choices: Choice[];
}

/** A choice of one. */
export function SelectField(props: SelectProps): JSX.Element {
  const { value, onValue, choices } = props;
  return (
    <Field {...props}>
      {(at) => (
        <select {...at} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChecked(checked: boolean): void;
}

export function Check({ label, checked, onChecked }: CheckProps): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** A number that was typed; none where nothing was. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : Number(trimmed);
}

/** A text that was typed; none where nothing was. */
export const textOf = (text: string): string | undefined => text.trim() || undefined;
