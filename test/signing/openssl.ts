import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The `openssl` command: an implementation that is independent of the tested one. */
export interface OpenSsl {
  run(...args: string[]): Buffer;
  /** Writes a file into a temporary folder. @returns its path */
  file(name: string, content: string | Buffer): string;
  remove(): void;
}

export function openSsl(): OpenSsl {
  const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
  return {
    run: (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
    file: (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The DER inside a PEM block, as the bare base64 in which keys are handed out. */
export const bare = (pem: string): string => pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
