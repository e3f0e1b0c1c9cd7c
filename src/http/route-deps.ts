// What the API's routes share besides what they are given.
import type { HttpDeps } from './deps.ts';
import type { TemplateLists } from './template-lists.ts';

export interface RouteDeps extends HttpDeps {
  templates: TemplateLists;
}
