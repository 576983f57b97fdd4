/** Language and colours, on every page. */

import { useWords } from '../i18n/context.tsx';

export function Settings() {
  const { t, lang, setLang, theme, setTheme } = useWords();
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => setLang(lang === 'zh' ? 'en' : 'zh')}
        lang={lang === 'zh' ? 'en' : 'zh-CN'}
      >
        {t('ui.language')}
      </button>
      <button
        type="button"
        className="quiet"
        aria-label={t('ui.theme')}
        title={t('ui.theme')}
        onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
      >
        {theme === 'dark' ? '☀' : '☾'}
      </button>
    </>
  );
}
