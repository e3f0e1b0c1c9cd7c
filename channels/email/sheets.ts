// Compiles MJML, each make of letter once: people's letters differ in their words and addresses, not in their make. The
// compiler is loaded with the first letter, since it is large and most processes write none.
const MAX_SHEETS = 200;

export type Compile = (mjml: string) => Promise<string>;

export function createCompiler(): Compile {
  const compiled = new Map<string, Promise<string>>();
  return (mjml) => {
    const known = compiled.get(mjml);
    if (known) return known;
    if (compiled.size >= MAX_SHEETS) compiled.clear();
    const html = compile(mjml);
    compiled.set(mjml, html);
    // What failed is tried again with the next letter.
    html.catch(() => compiled.delete(mjml));
    return html;
  };
}

async function compile(mjml: string): Promise<string> {
  const { default: toHtml } = await import('mjml');
  const { html } = await toHtml(mjml, { validationLevel: 'skip', ignoreIncludes: true });
  // Only the make is in there, no words: large providers cut a letter off behind 102 kB, and half of it is indentation.
  return html.replace(/\s*\n\s*/g, '\n');
}
