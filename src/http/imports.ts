// Importing people: the file goes to disk as it comes, is looked at, checked without writing, and run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import multer from 'multer';
import { fieldProblem, Problem } from '../domain/problem.ts';
import { translate } from '../i18n.ts';
import {
  checkImport,
  createImport,
  type ImportDeps,
  importInfo,
  resumeImports,
  runImport,
  stopImport,
} from '../inbound/import.ts';
import { importErrorsCsv } from '../inbound/import-report.ts';
import { getImport, type ImportFault, pageOfImportErrors } from '../store/imports.ts';
import { pageQuerySchema } from './api/common.ts';
import { importErrorPageSchema, importOptionsSchema, importSchema } from './api/subscribers.ts';
import { sendCsv } from './csv.ts';
import type { HttpDeps } from './deps.ts';
import { sentence, tooLargeFile } from './problems.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

const LIMIT_BYTES = 200 * 1024 * 1024;

/** The names of the columns in the report of bad rows. */
const REPORT_COLUMNS = ['row', 'field', 'message', 'value'] as const;

export interface Imports {
  routes: Route[];
  /** Imports at work stop after their batch and go on with the next start; resolves when they have stopped. */
  close(): Promise<void>;
}

export function createImports(deps: HttpDeps): Imports {
  const { db, now, config } = deps;
  const stopping = new AbortController();
  const atWork = new Set<Promise<void>>();
  const importDeps: ImportDeps = { ...deps, dataFolder: config.dataFolder, signal: stopping.signal, atWork };
  // The operator's command line is gone again in a moment.
  if (!deps.operator) {
    resumeImports(importDeps).catch((error: unknown) => deps.log.error({ event: 'import.not_resumed', err: error }));
  }

  const uploads = join(config.dataFolder, 'uploads');
  const storage = multer.diskStorage({
    destination: (_request, _file, done) => {
      mkdirSync(uploads, { recursive: true });
      done(null, uploads);
    },
  });
  const upload = multer({ storage, limits: { fileSize: LIMIT_BYTES, files: 1, fields: 10 } });

  const find = async (id: string | undefined) => {
    const found = await getImport(db, id ?? '');
    if (!found) throw new Problem('import_not_found');
    return found;
  };
  const faultSentence = (language: string, { code, field, value }: ImportFault): string =>
    sentence(language, code, { field: field ?? '', got: value ?? '' });

  const start = (word: 'check' | 'run', summary: string, begin: typeof checkImport): Route =>
    guarded({
      method: 'post',
      path: `/imports/:id/${word}`,
      tag: 'Imports',
      summary,
      needs: 'write',
      status: 202,
      body: importOptionsSchema,
      answer: importSchema,
      async handle({ params, body, actor }) {
        const { publicId } = await find(params.id);
        const info = await begin(importDeps, publicId, body);
        if (word === 'run')
          await record(db, now(), actor, { action: 'import.started', target: publicId, data: { name: info.name } });
        return info;
      },
    });

  const routes: Route[] = [
    guarded({
      method: 'post',
      path: '/imports',
      tag: 'Imports',
      summary: 'Upload a CSV file, up to 200 MB. Nothing is read into the tables yet.',
      needs: 'write',
      status: 201,
      upload: tooLargeFile(LIMIT_BYTES, upload.single('file')),
      answer: importSchema,
      async handle({ request, actor }) {
        if (!request.file) throw fieldProblem('file', 'file_missing');
        const name = Buffer.from(request.file.originalname, 'latin1').toString('utf8');
        return createImport(importDeps, { name, path: request.file.path, staffId: actor.staffId });
      },
    }),
    guarded({
      method: 'get',
      path: '/imports/:id',
      tag: 'Imports',
      summary: 'How an import stands.',
      needs: 'read',
      answer: importSchema,
      async handle({ params }) {
        const info = await importInfo(db, params.id ?? '');
        if (!info) throw new Problem('import_not_found');
        return info;
      },
    }),
    start('check', 'Dry run: every bad row is named, nothing is written.', checkImport),
    start('run', 'Import. One that was stopped goes on where it was.', runImport),
    guarded({
      method: 'post',
      path: '/imports/:id/stop',
      tag: 'Imports',
      summary: 'Stop after the batch at work. What was imported stays.',
      needs: 'write',
      answer: importSchema,
      handle: async ({ params }) => stopImport(importDeps, (await find(params.id)).publicId),
    }),
    guarded({
      method: 'get',
      path: '/imports/:id/errors',
      tag: 'Imports',
      summary: 'The rows that were refused, each with its reason. Row 1 is the header.',
      needs: 'read',
      query: pageQuerySchema,
      answer: importErrorPageSchema,
      async handle({ params, query, language }) {
        const { items, next } = await pageOfImportErrors(db, (await find(params.id)).id, query);
        return { items: items.map((fault) => ({ ...fault, message: faultSentence(language, fault) })), next };
      },
    }),
    guarded({
      method: 'get',
      path: '/imports/:id/errors.csv',
      tag: 'Imports',
      summary: 'The same as a file.',
      needs: 'read',
      type: 'text/csv',
      async handle({ params, response, language }) {
        const { id, publicId } = await find(params.id);
        const titles = REPORT_COLUMNS.map((column) => translate(language, `server:importReport.${column}`));
        const rows = importErrorsCsv(db, id, titles, (fault) => faultSentence(language, fault));
        await sendCsv(response, `import-errors-${publicId}.csv`, rows);
      },
    }),
  ];
  return {
    routes,
    async close() {
      stopping.abort();
      await Promise.all(atWork);
    },
  };
}
