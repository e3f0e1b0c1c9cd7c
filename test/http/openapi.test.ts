// The description and the server are made from one list; here we prove that it is so and that it is readable.
import { expect } from 'chai';
import { allRoutes } from '../../src/http/routes.ts';
import { openApiPath } from '../../src/http/openapi.ts';
import { startApp, type TestApp } from '../support/app.ts';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown>; security?: unknown[]; summary?: string }>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

/** Every `$ref` below a value. */
function refs(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refs(inner),
  );
}

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Document;
  before(async () => {
    app = await startApp();
    document = (await app.ask('GET', '/api/v1/openapi.json')).body;
  });
  after(() => app.stop());

  it('is OpenAPI 3.1 and every reference in it leads somewhere', () => {
    expect(document.openapi).to.equal('3.1.0');
    const lost = refs(document).filter(
      (ref) => !(ref.replace('#/components/schemas/', '') in document.components.schemas),
    );
    expect(lost).to.deep.equal([]);
    expect(document.components.schemas).to.include.keys('Filter', 'Problem');
  });

  it('covers every route of the server and nothing else, each with a summary and its problems', async () => {
    const { routes, close } = allRoutes(app.deps);
    await close();
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described).to.have.members(routes.map(({ method, path }) => `${method} ${openApiPath(path)}`));
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.summary).to.match(/\S/);
        expect(operation.responses).to.have.property('default');
      }
    }
  });

  it('answers every described route with something else than "no such address"', async () => {
    const ask = await app.token('read', 'write', 'send');
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        if (path.endsWith('/live')) continue;
        const { body } = await ask(
          method.toUpperCase(),
          path.replace(/\{\w+\}/g, 'aaaaaaaaaaaa'),
          method === 'get' || method === 'delete' ? undefined : {},
        );
        expect((body as { code?: string } | null)?.code, `${method} ${path}`).to.not.be.oneOf([
          'unknown_route',
          'unexpected',
        ]);
      }
    }
  });

  it('refuses every route but the open ones to nobody', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (security?.length === 0) continue;
        const { status } = await app.ask(
          method.toUpperCase(),
          path.replace(/\{\w+\}/g, 'aaaaaaaaaaaa'),
          method === 'get' || method === 'delete' ? undefined : {},
        );
        expect(status, `${method} ${path}`).to.equal(401);
      }
    }
  });

  it('can be read as a page that needs no other host and no script', async () => {
    const { status, text, headers } = await app.ask('GET', '/docs', undefined, { 'accept-language': 'uk' });
    expect(status).to.equal(200);
    expect(text)
      .to.contain('/api/v1/mailings/{id}/send')
      .and.contain('Потрібно')
      .and.not.match(/<script|https?:\/\/(?!json-schema)/);
    expect(headers.get('content-security-policy')).to.contain("default-src 'self'");
  });
});
