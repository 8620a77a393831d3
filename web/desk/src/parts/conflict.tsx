import type { JSX } from 'preact';
import type { RefusalFragment } from '../gql/graphql';
import { t } from '../lib/i18n';

export interface Difference {
  label: string;
  mine: string;
  theirs: string;
}

interface ConflictProps {
  differences: Difference[];
  onMine(): void;
  onTheirs(): void;
}

/** Whether somebody else has changed the record since it was shown. */
export const isConflict = (errors: RefusalFragment[]): boolean =>
  errors.some(({ code }) => code === 'CONFLICT');

/** Both versions of what two people have changed, and the choice between them. */
export function Conflict({ differences, onMine, onTheirs }: ConflictProps): JSX.Element {
  return (
    <div class="conflict" role="alert" tabIndex={-1}>
      <p>
        <strong>{t('conflict.title')}</strong> {t('conflict.lead')}
      </p>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('conflict.field')}</th>
              <th scope="col">{t('conflict.theirs')}</th>
              <th scope="col">{t('conflict.mine')}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ label, mine, theirs }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{theirs || t('unknown')}</td>
                <td>{mine || t('unknown')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="buttons">
        <button type="button" onClick={onTheirs}>
          {t('conflict.takeTheirs')}
        </button>
        <button type="button" class="primary" onClick={onMine}>
          {t('conflict.sendMine')}
        </button>
      </p>
    </div>
  );
}
