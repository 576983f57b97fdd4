/** Where the package's own files (weights, scenarios, city tables) lie, from the sources and from `dist/` alike. */

import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of this package, e.g. `packagePath('models', 'manifests')`. */
export function packagePath(...parts: readonly string[]): string {
  const here = new URL('.', import.meta.url);
  const root = new URL(here.pathname.endsWith('/dist/core/') ? '../../' : '../', here);
  return fileURLToPath(new URL(parts.map((part) => encodeURIComponent(part)).join('/'), root));
}
