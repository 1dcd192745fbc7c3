import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where the pictures of the pages under docs/ are. */
export const PICTURES = 'docs/console';

/** Whether the pictures are taken anew. */
export const isWritingPictures = process.env.WRITE_PICTURES === '1';

/** Takes a picture of a page from its top. Nothing has the focus, or lies under the mouse: that would ask what it means. */
export async function takePicture(page: Page, name: string, height: number): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate('document.activeElement.blur()');
  await page.mouse.move(0, 0);
  const width = page.viewportSize()?.width ?? 0;
  await page.screenshot({
    path: join(PICTURES, `${name}.png`),
    clip: { x: 0, y: 0, width, height },
    fullPage: true,
    animations: 'disabled',
  });
}
