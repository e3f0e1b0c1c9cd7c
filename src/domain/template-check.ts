// What is wrong with a template as an author filled it in: by itself, and beside the list of the platform, which knows its
// name, its languages, whether it is approved and how much it takes.
import { isWebAddress } from './check.ts';
import { withoutValues } from './personalise.ts';
import type { FieldProblem } from './problem.ts';
import type { Template, TemplateInfo } from './template.ts';
import { isTracked } from './template-links.ts';

/** Sentences are `problems:<code>`; paths are within the template. */
export function checkTemplate(template: Template, publicUrl: string): FieldProblem[] {
  const { name, parameters, buttons = [] } = template;
  const empty = parameters.flatMap((text, index): FieldProblem[] =>
    // Platforms refuse a place-holder with nothing in it, so nobody's may turn out empty.
    withoutValues(text).trim() === ''
      ? [
          {
            path: `parameters.${index}`,
            code: 'template_parameter_empty',
            params: { number: index + 1, template: name },
          },
        ]
      : [],
  );
  const ends = buttons.flatMap((button, index): FieldProblem[] => {
    const path = `buttons.${index}.value`;
    const { label, base } = button;
    if (withoutValues(button.value).trim() === '') return [{ path, code: 'template_end_empty', params: { label } }];
    if (isTracked(button, publicUrl)) return isWebAddress(button.value) ? [] : [{ path, code: 'url_invalid' }];
    return isWebAddress(button.value) ? [{ path, code: 'template_end_whole', params: { label, base } }] : [];
  });
  return [...empty, ...ends];
}

/** What the platform would refuse; null where it would take it. */
export function compareTemplate(template: Template, list: readonly TemplateInfo[]): FieldProblem | null {
  const { name, language } = template;
  const named = list.filter((info) => info.name === name);
  const info = named.find((one) => one.language === language);
  const told = { template: name, language };
  if (named.length === 0) return { path: 'name', code: 'template_unknown', params: told };
  if (!info) {
    const languages = named.map((one) => one.language).join(', ');
    return { path: 'language', code: 'template_language', params: { ...told, languages } };
  }
  if (info.state !== 'approved') return { path: 'name', code: `template_${info.state}`, params: told };
  if (info.parameters !== template.parameters.length) {
    const params = { ...told, wanted: info.parameters, given: template.parameters.length };
    return { path: 'parameters', code: 'template_parameters', params };
  }
  const buttons = template.buttons ?? [];
  const same =
    buttons.length === info.buttons.length &&
    info.buttons.every(({ index, base }) => buttons.some((one) => one.index === index && one.base === base));
  return same ? null : { path: 'buttons', code: 'template_buttons', params: told };
}
