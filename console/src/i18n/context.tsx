/** Language and colours of this browser, and how to write times, spans and words. */

import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../client.ts';
import { PARAM_EN, PARAM_ZH } from './params.ts';
import { sentenceZh } from './sentences.ts';
import { TEXT } from './text.ts';
import type { TextKey } from './text.ts';

export type Lang = 'zh' | 'en';
export type Theme = 'light' | 'dark';

/** Words and formats of the chosen language. */
export interface Words {
  readonly lang: Lang;
  t(key: TextKey, values?: Record<string, string | number>): string;
  /** The text of a key that is made at run time, or the name itself when there is none. */
  word(prefix: string, name: string): string;
  /** Name of a rule's parameter, `<kind>.<parameter>`; in English the name that the schema gives. */
  param(key: string): string | undefined;
  /** Help text of a parameter; `english` is the schema's. */
  help(key: string, english: string | undefined): string | undefined;
  problem(error: unknown): string;
  /** In the zone of the district, or in another one. */
  time(ms: number | undefined, timeZone?: string): string;
  span(ms: number): string;
  percent(share: number | undefined): string;
  /** Text of a program's sentence: a mistake in a field, a note of the configuration. */
  sentence(english: string): string;
  setLang(lang: Lang): void;
  /** The zone of the district, known from the session. */
  setTimeZone(timeZone: string): void;
  readonly theme: Theme;
  setTheme(theme: Theme): void;
}

const Context = createContext<Words | undefined>(undefined);

function stored<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key) as T | null;
  return value !== null && allowed.includes(value) ? value : otherwise;
}

/** A value in a sentence; what is no plain value is left out. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function timeFormat(lang: Lang, timeZone: string | undefined): Intl.DateTimeFormat {
  const digits = '2-digit';
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    month: digits,
    day: digits,
    hour: digits,
    minute: digits,
    second: digits,
    hour12: false,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

export function makeWords(
  lang: Lang,
  districtZone?: string,
): Omit<Words, 'setLang' | 'setTimeZone' | 'theme' | 'setTheme'> {
  const at = lang === 'zh' ? 0 : 1;
  // Making a format costs far more than using it, and a list writes hundreds of times.
  const formats = new Map<string | undefined, Intl.DateTimeFormat>();
  const fill = (text: string, values: Record<string, unknown>): string =>
    text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => textOf(values[name]));
  const t: Words['t'] = (key, values = {}) => fill(TEXT[key][at], values);
  const word: Words['word'] = (prefix, name) => {
    const key = `${prefix}.${name}`;
    return key in TEXT ? TEXT[key as TextKey][at] : name;
  };
  return {
    lang,
    t,
    word,
    param: (key) => (lang === 'zh' ? PARAM_ZH[key]?.[0] : undefined),
    help: (key, english) => (lang === 'zh' ? PARAM_ZH[key]?.[1] : PARAM_EN[key]) ?? english,
    problem: (error) => {
      if (!(error instanceof ApiProblem)) return error instanceof Error ? error.message : String(error);
      const key = `error.${error.code}`;
      if (key in TEXT) return fill(TEXT[key as TextKey][at], error.context);
      return lang === 'zh' ? sentenceZh(error.message) : error.message;
    },
    sentence: (english) => (lang === 'zh' ? sentenceZh(english) : english),
    time: (ms, timeZone = districtZone) => {
      if (ms === undefined) return '—';
      let format = formats.get(timeZone);
      if (!format) {
        format = timeFormat(lang, timeZone);
        formats.set(timeZone, format);
      }
      return format.format(ms);
    },
    span: (ms) => {
      const s = Math.max(0, Math.round(ms / 1000));
      const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
      const [hours, minutes, seconds] = lang === 'zh' ? ['时', '分', '秒'] : [' h ', ' min ', ' s'];
      if (h >= 48)
        return lang === 'zh' ? `${Math.floor(h / 24)}天${h % 24}时` : `${Math.floor(h / 24)} d ${h % 24} h`;
      if (h > 0) return `${h}${hours}${m}${minutes}`.trimEnd();
      return m > 0 ? `${m}${minutes}${s % 60}${seconds}` : `${s}${seconds}`;
    },
    percent: (share) => (share === undefined ? '—' : `${(share * 100).toFixed(1)}%`),
  };
}

export function WordsProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(() => stored('lang', ['zh', 'en'], 'zh'));
  const [theme, setTheme] = useState<Theme>(() =>
    stored('theme', ['light', 'dark'], matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  );
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
    localStorage.setItem('lang', lang);
  }, [lang]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem('theme', theme);
  }, [theme]);
  const [zone, setTimeZone] = useState<string | undefined>(undefined);
  const words = useMemo(
    () => ({ ...makeWords(lang, zone), setLang, setTimeZone, theme, setTheme }),
    [lang, zone, theme],
  );
  return <Context value={words}>{children}</Context>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error('there is no WordsProvider above');
  return words;
}
