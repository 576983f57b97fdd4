/** Administration: users, tokens, audit, health, the own account. */

import { Link } from '../parts/link.tsx';
import { useWords } from '../i18n/context.tsx';
import { useTitle } from '../parts/use-title.ts';
import { useCaller } from '../session.tsx';
import { AccountTab } from './admin-account.tsx';
import { AuditTab } from './admin-audit.tsx';
import { HealthTab } from './admin-health.tsx';
import { TokensTab } from './admin-tokens.tsx';
import { UsersTab } from './admin-users.tsx';

export function AdminPage({ tab }: { tab: string | undefined }) {
  const { t } = useWords();
  const { may, session } = useCaller();
  useTitle(t('nav.admin'));
  const tabs = [
    ...(may('users.manage') ? (['users'] as const) : []),
    'tokens' as const,
    ...(may('audit.read') && session.user.access.all ? (['audit'] as const) : []),
    ...(may('system.read') ? (['health'] as const) : []),
    'account' as const,
  ];
  const current = tabs.find((one) => one === tab) ?? tabs[0]!;
  return (
    <div className="page">
      <h1 className="visually-hidden">{t('nav.admin')}</h1>
      <nav className="subtabs" aria-label={t('nav.admin')}>
        {tabs.map((one) => (
          <Link key={one} to={`/admin/${one}`} className="tab" current={one === current}>
            {t(`admin.${one}`)}
          </Link>
        ))}
      </nav>
      {current === 'users' && <UsersTab />}
      {current === 'tokens' && <TokensTab />}
      {current === 'audit' && <AuditTab />}
      {current === 'health' && <HealthTab />}
      {current === 'account' && <AccountTab />}
    </div>
  );
}
