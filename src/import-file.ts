// An import on the command line: the same import as the page's, waited for until its end.
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from './domain/problem.ts';
import {
  checkImport,
  createImport,
  type ImportDeps,
  type ImportInfo,
  importInfo,
  runImport,
} from './inbound/import.ts';
import { getImport, type ImportFault, pageOfImportErrors } from './store/imports.ts';

const LOOK_MS = 100;
const PAGE = 1000;

export interface ImportWish {
  file: string;
  /** Column → field, on top of what the header tells. */
  mapping: Readonly<Record<string, string>>;
  bot: string | null;
  tags: readonly string[];
  consent: boolean;
  dryRun: boolean;
}

/** Resolves with the finished import; `onProgress` is told as it goes. */
export async function importFile(
  deps: ImportDeps,
  { file, mapping, bot, tags, consent, dryRun }: ImportWish,
  onProgress: (readRows: number, totalRows: number) => void,
): Promise<ImportInfo> {
  // The import takes its upload over: it gets a copy, and the person's file stays where it is.
  const upload = join(await mkdtemp(join(tmpdir(), 'herald-import-')), 'upload.csv');
  await copyFile(resolve(file), upload).catch((error: NodeJS.ErrnoException) => {
    throw new Problem('cli_file_missing', { file, reason: error.code ?? '' });
  });
  const created = await createImport(deps, { name: basename(file), path: upload, staffId: null });
  const options = { mapping: { ...created.mapping, ...mapping }, bot, tags, consent };
  await (dryRun ? checkImport : runImport)(deps, created.id, options);
  for (;;) {
    const info = await importInfo(deps.db, created.id);
    if (!info) throw new Problem('import_unknown', { id: created.id });
    onProgress(info.readRows, info.totalRows);
    if (info.state !== 'checking' && info.state !== 'running') return info;
    await pause(LOOK_MS);
  }
}

/** Every refused row, in the order of the file. */
export async function* importFaults({ db }: Pick<ImportDeps, 'db'>, publicId: string): AsyncGenerator<ImportFault> {
  const record = await getImport(db, publicId);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOfImportErrors>> = await pageOfImportErrors(db, record?.id ?? 0, {
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    yield* page.items;
    cursor = page.next;
  } while (cursor);
}
