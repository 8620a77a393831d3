import { headers } from '../../lib/transport';
import { expire, session } from '../../lib/session';
import { connection } from '../../lib/connection';
import { t } from '../../lib/i18n';
import { mediaOf } from './fields';

export interface Upload {
  file: File;
  table: string;
  /** The key of the institution for which the file is handed in. */
  institution: string | undefined;
  /** `day-first`, `month-first`, or nothing. */
  dates: string;
}

/** The name of a file for a header, in the bytes of UTF-8: that is how the server reads it. */
function header(name: string): string {
  const plain = name.replace(/[\u0000-\u001f";\\]/g, ' ');
  return String.fromCharCode(...new TextEncoder().encode(plain));
}

interface Answer {
  key?: string;
  errors?: { message: string }[];
}

/** Hands in a file: it is sent as it is, and its name in a header, not in the address. */
export async function upload(given: Upload): Promise<{ key?: string; failure?: string }> {
  const query = new URLSearchParams({ table: given.table.toLowerCase() });
  if (given.institution) query.set('for', given.institution);
  if (given.dates) query.set('dates', given.dates);
  const { token } = session.get();
  try {
    const response = await fetch(`/imports?${query}`, {
      method: 'POST',
      headers: {
        ...headers(),
        'content-type': mediaOf(given.file.name),
        'content-disposition': `attachment; filename="${header(given.file.name)}"`,
      },
      body: given.file,
    });
    if (response.status === 401) expire(token);
    const answer = (await response.json()) as Answer;
    connection.set('up');
    if (answer.key) return { key: answer.key };
    return { failure: answer.errors?.[0]?.message ?? response.statusText };
  } catch {
    return { failure: t('file.unsent') };
  }
}
