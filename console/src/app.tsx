/** The shell: session, navigation, language and colours, the page of the address. */

import { useEffect, useState } from 'react';
import type { Session } from '../../api/contract/index.ts';
import { call, get, rememberSession, whenSignedOut } from './client.ts';
import { endFeed, follow } from './feed.ts';
import { useWords, WordsProvider } from './i18n/context.tsx';
import { Alarm, SoundSwitch } from './parts/alarm.tsx';
import { Link } from './parts/link.tsx';
import { Settings } from './parts/settings.tsx';
import { Empty, Loading } from './parts/states.tsx';
import { useTitle } from './parts/use-title.ts';
import { AdminPage } from './pages/admin.tsx';
import { CameraPage } from './pages/camera.tsx';
import { CameraSettingsPage, NewCameraPage } from './pages/camera-settings.tsx';
import { CamerasPage } from './pages/cameras.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { IncidentsPage } from './pages/incidents.tsx';
import { ReviewPage } from './pages/review.tsx';
import { RulesPage } from './pages/rules.tsx';
import { SetUpPage, SignInPage } from './pages/sign-in.tsx';
import { SupervisionPage } from './pages/supervision.tsx';
import { usePath } from './router.ts';
import { SessionContext, useCaller } from './session.tsx';

export function App() {
  return (
    <WordsProvider>
      <Gate />
    </WordsProvider>
  );
}

/** Lets nobody past the sign-in; the pages begin only with a session. */
function Gate() {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const path = usePath();
  const { setTimeZone } = useWords();
  const begin = (next: Session | undefined): void => {
    rememberSession(next);
    if (next) setTimeZone(next.timeZone);
    if (!next) endFeed();
    setSession(next ?? null);
  };
  useEffect(() => {
    whenSignedOut(() => begin(undefined));
    get<Session>('/api/session').then(begin, () => begin(undefined));
  }, []);
  if (session === undefined) return <Loading />;
  if (path === '/set-up') return <SetUpPage onDone={begin} />;
  if (session === null) return <SignInPage onDone={begin} />;
  return (
    <SessionContext value={{ session, setSession: begin }}>
      <Shell path={path} />
    </SessionContext>
  );
}

function Shell({ path }: { path: string }) {
  const { t } = useWords();
  const { session, may } = useCaller();
  const [sound, setSound] = useState(() => localStorage.getItem('sound') === 'on');
  useEffect(() => localStorage.setItem('sound', sound ? 'on' : 'off'), [sound]);
  const links = [
    ['/review', t('nav.review'), true],
    ['/incidents', t('nav.incidents'), true],
    ['/cameras', t('nav.cameras'), may('cameras.read')],
    ['/supervision', t('nav.supervision'), may('statistics.read')],
    ['/admin', t('nav.admin'), true],
  ] as const;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="bar">
        <strong className="brand">{t('app.name')}</strong>
        <nav aria-label={t('nav.main')}>
          {links
            .filter(([, , shown]) => shown)
            .map(([to, text]) => (
              <Link
                key={to}
                to={to}
                className="tab"
                current={path === to || path.startsWith(`${to}/`) || (to === '/review' && path === '/')}
              >
                {text}
              </Link>
            ))}
        </nav>
        <span className="grow" />
        <Connection />
        <SoundSwitch on={sound} onChange={setSound} />
        <Settings />
        <span className="who" title={session.user.name}>
          {session.user.displayName}
        </span>
        <SignOut />
      </header>
      <main id="main" tabIndex={-1}>
        <Page path={path} />
      </main>
      <Alarm sound={sound} />
    </div>
  );
}

function Page({ path }: { path: string }) {
  const [, first, id, third] = path.split('/');
  const decoded = id === undefined ? undefined : decodeURIComponent(id);
  if (first === '' || first === 'review') return <ReviewPage />;
  if (first === 'incidents')
    return decoded === undefined ? <IncidentsPage /> : <IncidentPage key={decoded} incidentId={decoded} />;
  if (first === 'cameras') {
    if (decoded === undefined) return <CamerasPage />;
    if (third === 'settings') return <CameraSettingsPage key={decoded} cameraId={decoded} />;
    return third === 'rules' ? (
      <RulesPage key={decoded} cameraId={decoded} />
    ) : (
      <CameraPage key={decoded} cameraId={decoded} />
    );
  }
  if (first === 'new-camera') return <NewCameraPage />;
  if (first === 'supervision') return <SupervisionPage />;
  if (first === 'admin') return <AdminPage tab={decoded} />;
  return <NotFound />;
}

function NotFound() {
  const { t } = useWords();
  useTitle(t('ui.notFound'));
  return <Empty title={t('ui.notFound')} />;
}

function Connection() {
  const { t } = useWords();
  const [connected, setConnected] = useState(false);
  useEffect(() => follow({ state: setConnected }), []);
  const text = connected ? t('ui.live') : t('ui.offline');
  return (
    <span className={connected ? 'dot dot-good' : 'dot dot-bad'} role="status" title={text}>
      <span className={connected ? 'visually-hidden' : ''}>{text}</span>
    </span>
  );
}

function SignOut() {
  const { t } = useWords();
  const { setSession } = useCaller();
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => {
        void call('DELETE', '/api/session')
          .catch(() => undefined)
          .then(() => setSession(undefined));
      }}
    >
      {t('ui.signOut')}
    </button>
  );
}
