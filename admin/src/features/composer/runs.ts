// Turns a text's runs into the editor's document and back. A line of text is a paragraph; formatting is a mark.
// Reading a document back gives the shortest list of runs: neighbours with equal formatting are joined.
import type { JSONContent } from '@tiptap/core';
import type { Run } from '../shapes.ts';

const MARKS = ['bold', 'italic', 'underline', 'strike', 'code'] as const;

export function runsToDocument(runs: readonly Run[]): JSONContent {
  const lines: JSONContent[][] = [[]];
  for (const run of runs) {
    run.text.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== '') lines.at(-1)?.push(textNode(piece, run));
    });
  }
  return {
    type: 'doc',
    content: lines.map((content) => ({ type: 'paragraph', ...(content.length > 0 ? { content } : {}) })),
  };
}

function textNode(text: string, run: Run): JSONContent {
  const marks = [
    ...MARKS.filter((mark) => run[mark]).map((type) => ({ type })),
    ...(run.link === undefined ? [] : [{ type: 'link', attrs: { href: run.link } }]),
  ];
  return { type: 'text', text, ...(marks.length > 0 ? { marks } : {}) };
}

export function documentToRuns(document: JSONContent): Run[] {
  const runs: Run[] = [];
  (document.content ?? []).forEach((paragraph, index) => {
    const line = (paragraph.content ?? []).map(nodeToRun);
    if (index > 0) append(runs, lineBreak(runs.at(-1), line[0]));
    for (const run of line) append(runs, run);
  });
  return runs;
}

function nodeToRun(node: JSONContent): Run {
  const run: Run = { text: node.type === 'hardBreak' ? '\n' : (node.text ?? '') };
  for (const mark of node.marks ?? []) {
    const known = MARKS.find((name) => name === mark.type);
    if (known) run[known] = true;
    else if (mark.type === 'link' && typeof mark.attrs?.href === 'string') run.link = mark.attrs.href;
  }
  return run;
}

/** A break inside one formatting stays inside it; between two formattings it is plain. */
function lineBreak(before: Run | undefined, after: Run | undefined): Run {
  return before && after && sameFormat(before, after) ? { ...before, text: '\n' } : { text: '\n' };
}

function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (run.text === '') return;
  if (last && sameFormat(last, run)) last.text += run.text;
  else runs.push({ ...run });
}

const sameFormat = (a: Run, b: Run): boolean =>
  MARKS.every((mark) => Boolean(a[mark]) === Boolean(b[mark])) && a.link === b.link;

export const plainText = (runs: readonly Run[]): string => runs.map((run) => run.text).join('');
