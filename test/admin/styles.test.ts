// Styles come component by component, so that the first paint brings few. A component whose style is in neither list
// would look naked; one that the frame needs must be in the first.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const SOURCES = fileURLToPath(new URL('../../admin/src/', import.meta.url));
const STYLES = join(dirname(createRequire(import.meta.url).resolve('@mantine/core/styles.css')), 'styles');

const stylesIn = (file: string): string[] =>
  [...readFileSync(join(SOURCES, 'app', file), 'utf8').matchAll(/styles\/(\w+)\.layer\.css/g)].map(
    ([, name]) => name ?? '',
  );

function componentsUsed(): Set<string> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tsx'));
  const imports = files.flatMap((path) =>
    [...readFileSync(join(SOURCES, path), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].map(
      ([, names]) => names ?? '',
    ),
  );
  return new Set(imports.flatMap((names) => names.split(',').map((name) => name.trim())));
}

describe('styles of components', () => {
  it('brings the style of every component that is used, once', () => {
    const brought = [...stylesIn('mantine.css'), ...stylesIn('mantine-forms.css')];
    const styled = new Set(
      readdirSync(STYLES).flatMap((file) => (file.endsWith('.layer.css') ? [file.slice(0, -'.layer.css'.length)] : [])),
    );
    expect([...componentsUsed()].filter((name) => styled.has(name) && !brought.includes(name))).to.deep.equal([]);
    expect(brought.length).to.equal(new Set(brought).size);
  });
});
