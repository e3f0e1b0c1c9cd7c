// Reads a filter's tree out as one sentence in the language of the page.
import type { RuleType } from 'react-querybuilder';
import type { Group } from './tree.ts';
import { isComplete } from './tree.ts';

export interface Words {
  language: string;
  /** "City is Kyiv" */
  rule(rule: RuleType): string;
  /** Puts a negation around a sentence. */
  not(sentence: string): string;
}

/** Empty when nothing in the tree is finished. Inner groups stand in brackets. */
export function sentence(group: Group, words: Words, inner = false): string {
  const parts = group.rules.flatMap((node): string[] => {
    const text = 'rules' in node ? sentence(node, words, true) : isComplete(node) ? words.rule(node) : '';
    return text === '' ? [] : [text];
  });
  if (parts.length === 0) return '';
  const list = new Intl.ListFormat(words.language, {
    type: group.combinator === 'any' ? 'disjunction' : 'conjunction',
  }).format(parts);
  const bracketed = (inner || group.not) && parts.length > 1 ? `(${list})` : list;
  return group.not ? words.not(bracketed) : bracketed;
}
