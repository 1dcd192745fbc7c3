import { useEffect, useRef, useState } from 'preact/hooks';
import type { About } from '../protocol.ts';
import { ApplyPage } from './apply.tsx';
import { FailureNote } from './failure.tsx';
import { Header } from './header.tsx';
import { firstLanguage, keepLanguage, LanguageContext, useTexts } from './language.ts';
import { ListPage } from './list.tsx';
import { useLive } from './live.ts';
import { RefundPage } from './refund.tsx';
import type { Route } from './route.ts';
import type { Language } from './texts/language.ts';
import { useRoute } from './use-route.ts';

/** The console. */
export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    keepLanguage(language);
  }, [language]);
  return (
    <LanguageContext.Provider value={language}>
      <Frame onLanguage={() => setLanguage(language === 'zh' ? 'en' : 'zh')} />
    </LanguageContext.Provider>
  );
}

function Frame({ onLanguage }: { onLanguage(): void }) {
  const texts = useTexts();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const { value: about, failure } = useLive<About>('about', () => 0);
  const place = route.page + route.noRefund;
  const placeBefore = useRef(place);
  useEffect(() => {
    document.title = [route.noRefund, texts.title].filter(Boolean).join(' · ');
    // Whoever goes on by keyboard or hears the page begins at its top; not where only the filter changed.
    if (placeBefore.current !== place) main.current?.focus();
    placeBefore.current = place;
  }, [place, texts]);
  return (
    <>
      <Header about={about} page={route.page} onLanguage={onLanguage} onSkip={() => main.current?.focus()} />
      <main ref={main} tabIndex={-1}>
        <FailureNote failure={failure} hint={texts.tryAgain} />
        {about && <Page key={place} route={route} about={about} />}
      </main>
    </>
  );
}

function Page({ route: { page, noRefund, query }, about }: { route: Route; about: About }) {
  if (page === 'refund') return <RefundPage noRefund={noRefund} about={about} />;
  if (page === 'apply' && about.isSandbox) return <ApplyPage about={about} />;
  return <ListPage query={query} about={about} />;
}
