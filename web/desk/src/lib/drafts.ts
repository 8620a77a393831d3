import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

const PREFIX = 'jejaring.draft.';

function read<T>(key: string): T | null {
  const text = sessionStorage.getItem(PREFIX + key);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export interface Draft<T> {
  value: T;
  set(change: Partial<T>): void;
  /** Forgets what was typed: it was sent, or is not wanted. */
  clear(): void;
  /** Whether something typed before is shown. */
  restored: boolean;
  /** Whether anything was typed. */
  touched: boolean;
}

/** What is typed into a form; it survives a reload of the tab. */
export function useDraft<T extends object>(key: string, initial: T): Draft<T> {
  const [changes, setChanges] = useState<Partial<T>>(() => read<Partial<T>>(key) ?? {});
  const [restored, setRestored] = useState(() => read(key) !== null);
  const at = useRef(key);
  useEffect(() => {
    if (at.current === key) return;
    at.current = key;
    setChanges(read<Partial<T>>(key) ?? {});
    setRestored(read(key) !== null);
  }, [key]);
  const set = useCallback(
    (change: Partial<T>) =>
      setChanges((was) => {
        const next = { ...was, ...change };
        sessionStorage.setItem(PREFIX + key, JSON.stringify(next));
        return next;
      }),
    [key],
  );
  const clear = useCallback(() => {
    sessionStorage.removeItem(PREFIX + key);
    setChanges({});
    setRestored(false);
  }, [key]);
  const touched = Object.keys(changes).length > 0;
  return { value: { ...initial, ...changes }, set, clear, restored, touched };
}
