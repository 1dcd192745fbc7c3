import type { About } from '../protocol.ts';
import { useTexts } from './language.ts';
import { applyAddress, type Route, refundAddress } from './route.ts';
import { filled } from './texts/language.ts';

interface HeaderProps {
  about: About | undefined;
  page: Route['page'];
  onLanguage(): void;
  onSkip(): void;
}

/** Where one is, and where one can go. */
export function Header({ about, page, onLanguage, onSkip }: HeaderProps) {
  const texts = useTexts();
  const current = (name: Route['page']) => (page === name ? { 'aria-current': 'page' as const } : {});
  return (
    <header>
      <button type="button" class="skip" onClick={onSkip}>
        {texts.skip}
      </button>
      <p class="name">
        <a href="#/refunds">{texts.title}</a>
      </p>
      {about && <Where about={about} />}
      <nav aria-label={texts.title}>
        <a href="#/refunds" {...current('list')}>
          {texts.refunds}
        </a>
        {about?.isSandbox && (
          <a href={applyAddress} {...current('apply')}>
            {texts.apply}
          </a>
        )}
        <a href="/console/openapi.yaml" target="_blank" rel="noopener">
          {texts.openapi}
        </a>
        <a href="/console/refund-status-changed.schema.json" target="_blank" rel="noopener">
          {texts.events}
        </a>
      </nav>
      <search>
        <form class="find" onSubmit={find}>
          <label class="unseen" for="find">
            {texts.find}
          </label>
          <input id="find" name="no_refund" required placeholder="no_refund" autoComplete="off" />
          <button type="submit">{texts.go}</button>
        </form>
      </search>
      <button type="button" class="language" onClick={onLanguage}>
        {texts.otherLanguage}
      </button>
    </header>
  );
}

function Where({ about }: { about: About }) {
  const texts = useTexts();
  return about.isSandbox ? (
    <span class="where sandbox" title={texts.sandboxHint}>
      {texts.sandbox} :{about.name}
    </span>
  ) : (
    <span class="where">{filled(texts.stage, { name: about.name })}</span>
  );
}

function find(event: SubmitEvent): void {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  location.hash = refundAddress(String(new FormData(form).get('no_refund')).trim());
  form.reset();
}
