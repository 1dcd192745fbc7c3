import type { ComponentChildren } from 'preact';

/** What may be wider than the page, and scrolls by itself. */
export function Scrolled({ kind = 'scrolled', children }: { kind?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a narrow screen, by the keyboard too.
    <div class={kind} tabIndex={0}>
      {children}
    </div>
  );
}
