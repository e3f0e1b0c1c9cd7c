// What a channel would refuse in a message as its author wrote it, each with the path of the element. What can be
// adapted is no error but a loss, and is named by `fit`.
import type { Capabilities } from './capabilities.ts';
import { type Button, type Element, type Message, plainText, type RichText } from './message.ts';
import { withoutValues } from './personalise.ts';
import type { FieldProblem } from './problem.ts';
import { measure } from './split.ts';

/**
 * Sentences are `problems:<code>`. Who writes for one channel is held to its lengths; a message for all of them is split
 * and shortened where one takes less.
 */
export function check(message: Message, capabilities: Capabilities, synchronised = false): FieldProblem[] {
  const problems = message.elements.flatMap((element, index) =>
    checkElement(element, `elements.${index}`, capabilities),
  );
  const all = [...checkWhole(message), ...problems, ...checkButtonIds(message)];
  return synchronised ? all.filter(({ code }) => !LENGTHS.has(code)) : all;
}

const LENGTHS: ReadonlySet<string> = new Set(['text_too_long', 'label_too_long']);

function checkWhole(message: Message): FieldProblem[] {
  const written = message.elements.some((element) => element.kind !== 'buttons' && !isEmpty(element));
  if (written) return [];
  const buttons = message.elements.some((element) => element.kind === 'buttons' && element.rows.length > 0);
  return [{ path: 'elements', code: buttons ? 'message_needs_text' : 'message_empty' }];
}

const isEmpty = (element: Element): boolean =>
  element.kind === 'text' && withoutValues(plainText(element.text)).trim() === '';

function checkElement(element: Element, path: string, capabilities: Capabilities): FieldProblem[] {
  switch (element.kind) {
    case 'text':
      return checkText(element.text, `${path}.text`, capabilities);
    case 'image':
      return checkImage(element.source, `${path}.source`);
    case 'buttons':
      return element.rows.flatMap((row, rowIndex) =>
        row.flatMap((button, index) => checkButton(button, `${path}.rows.${rowIndex}.${index}`, capabilities)),
      );
    default:
      return element satisfies never;
  }
}

function checkText(text: RichText, path: string, { textLimit, textUnit }: Capabilities): FieldProblem[] {
  const problems = text.flatMap((run, index): FieldProblem[] =>
    run.link === undefined || isWebAddress(run.link) ? [] : [{ path: `${path}.${index}.link`, code: 'url_invalid' }],
  );
  const over = textLimit === null ? 0 : measure(plainText(text), textUnit) - textLimit;
  if (over > 0) problems.push({ path, code: 'text_too_long', params: { limit: textLimit ?? 0, over } });
  return problems;
}

function checkImage(source: string, path: string): FieldProblem[] {
  if (source === '' || source === 'media:') return [{ path, code: 'image_missing' }];
  return /^media:[A-Za-z0-9]{8,24}$/.test(source) || isWebAddress(source)
    ? []
    : [{ path, code: 'image_address_invalid' }];
}

function checkButton(button: Button, path: string, capabilities: Capabilities): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const limit = capabilities.buttons.label;
  const over = measure(button.label, 'characters') - limit;
  if (withoutValues(button.label).trim() === '') problems.push({ path: `${path}.label`, code: 'label_missing' });
  else if (over > 0) problems.push({ path: `${path}.label`, code: 'label_too_long', params: { limit, over } });
  if (button.kind === 'link' && !isWebAddress(button.url)) problems.push({ path: `${path}.url`, code: 'url_invalid' });
  if (button.kind === 'message') problems.push(...checkAction(button, path, capabilities));
  return problems;
}

function checkAction(button: Button & { kind: 'message' }, path: string, capabilities: Capabilities): FieldProblem[] {
  const reply = button.reply ?? [];
  if (plainText(reply).trim() === '' && !button.tag && !button.attribute)
    return [{ path, code: 'button_without_action' }];
  return checkText(reply, `${path}.reply`, capabilities);
}

function checkButtonIds(message: Message): FieldProblem[] {
  const seen = new Set<string>();
  return message.elements.flatMap((element, index) =>
    element.kind !== 'buttons'
      ? []
      : element.rows.flatMap((row, rowIndex) =>
          row.flatMap((button, position): FieldProblem[] => {
            const repeated = seen.has(button.id);
            seen.add(button.id);
            return repeated
              ? [{ path: `elements.${index}.rows.${rowIndex}.${position}.id`, code: 'button_id_repeated' }]
              : [];
          }),
        ),
  );
}

/** Absolute http(s) with a host of its own; variables may stand anywhere behind the host. */
export function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^/?#{}\s]+(?:[/?#]|$)/i.test(text)) return false;
  return URL.canParse(text.replace(/\{\{[^{}]*\}\}/g, 'x'));
}
