// A message that a platform approved beforehand: all that may be sent there outside of the messaging window. The rules for
// what an author fills in are in template-check.ts, those for its links in template-links.ts.
import * as z from 'zod';

/** A button that leads to an address of which the end is given with each send. */
const templateButtonSchema = z.strictObject({
  /** Its place among all buttons of the template, from 0. */
  index: z.int().min(0).max(9),
  label: z.string().max(200),
  /** What the platform approved: the address up to where the rest is filled in. */
  base: z.string().trim().max(2000),
  /** The rest of the address; the whole address to lead to where the approved one is this server's own. Variables. */
  value: z.string().trim().max(2000),
});
export type TemplateButton = z.infer<typeof templateButtonSchema>;

export const templateSchema = z.strictObject({
  name: z.string().trim().min(1).max(512),
  /** As the platform writes it: `en`, `en_US`. */
  language: z.string().trim().min(2).max(15),
  /** What stands in its place-holders, in order. Variables: `{{first_name|friend}}`. */
  parameters: z.array(z.string().max(1000)).max(20),
  buttons: z.array(templateButtonSchema).max(10).optional(),
});
export type Template = z.infer<typeof templateSchema>;

/**
 * How a template stands with its platform. `unfit`: approved, but it wants something filled in that is neither a numbered
 * place-holder of the text nor the end of a button's address.
 */
export const TEMPLATE_STATES = ['approved', 'waiting', 'paused', 'refused', 'unfit'] as const;
export type TemplateState = (typeof TEMPLATE_STATES)[number];

/** A template as its platform lists it. */
export interface TemplateInfo {
  name: string;
  language: string;
  /** Its text, with place-holders as the platform writes them. */
  text: string;
  /** How many parameters it takes. */
  parameters: number;
  state: TemplateState;
  /** The buttons whose address ends in something of ours. */
  buttons: Omit<TemplateButton, 'value'>[];
  /** Buttons that lead to an address as it was approved: nobody can count who presses them. */
  fixedLinks: number;
}
