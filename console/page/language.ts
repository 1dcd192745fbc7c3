import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { EN, type Texts } from './texts/en.ts';
import type { Language } from './texts/language.ts';
import { ZH } from './texts/zh.ts';

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
