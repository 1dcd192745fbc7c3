import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { EN, type Texts } from './texts/en.ts';
import { ZH } from './texts/zh.ts';

export type Language = 'en' | 'zh';

const TEXTS: Record<Language, Texts> = { en: EN, zh: ZH };

const STORED = 'language';

/** The language that was chosen before, or else the browser's. */
export function firstLanguage(): Language {
  const chosen = localStorage.getItem(STORED);
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
}

export const LanguageContext = createContext<Language>('en');

/** The page's texts in the language that is chosen. */
export function useTexts(): Texts {
  return TEXTS[useContext(LanguageContext)];
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** Puts values in the place of `{names}`. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''));
}
