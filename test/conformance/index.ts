// The promises every channel makes, as tests: call `conformance` with a factory and fixtures and they are declared.
// `npm run conformance -- <folder>` runs them alone and prints a report. A promise has one file here.
import { declareCapabilities } from './capabilities.ts';
import { declareConnecting } from './connecting.ts';
import { type ConformanceFixtures, type CreateChannel, TITLE } from './fixtures.ts';
import { declareHome } from './home.ts';
import { declareOutcomes } from './outcomes.ts';
import { declareOverHttp } from './over-http.ts';
import { declareParsing } from './parsing.ts';
import { declareRendering } from './rendering.ts';
import { declareSignatures } from './signatures.ts';

export * from './fixtures.ts';
export * from './platform.ts';

export function conformance(name: string, create: CreateChannel, fixtures: ConformanceFixtures): void {
  describe(`${name} ${TITLE}`, () => {
    describe('Folder', () => declareHome(name, create(), fixtures));
    describe('Capabilities', () => declareCapabilities(create(), fixtures));
    describe('Rendering', () => declareRendering(create(), fixtures));
    describe('Signatures', () => declareSignatures(create(), fixtures));
    if (fixtures.requests) describe('Webhook', () => declareOverHttp(create, fixtures));
    describe('Updates', () => declareParsing(create(), fixtures));
    describe('Outcomes', () => declareOutcomes(create, fixtures));
    describe('Connecting', () => declareConnecting(create, fixtures));
  });
}
