// A message that a platform approved beforehand: all that may be sent there outside of the messaging window.
import * as z from 'zod';

export const templateSchema = z.strictObject({
  name: z.string().trim().min(1).max(512),
  /** As the platform writes it: `en`, `en_US`. */
  language: z.string().trim().min(2).max(15),
  /** What stands in its place-holders, in order. Variables: `{{first_name|friend}}`. */
  parameters: z.array(z.string().max(1000)).max(20),
});
export type Template = z.infer<typeof templateSchema>;

/** An approved template as its platform lists it. */
export interface TemplateInfo {
  name: string;
  language: string;
  /** Its text, with place-holders as the platform writes them. */
  text: string;
  /** How many parameters it takes. */
  parameters: number;
}
