// Shapes shared by all resources. Every file in this folder holds schemas and the types made from them, nothing that
// runs: the server checks with them, the OpenAPI document is generated from them, the admin page imports the types.
import * as z from 'zod';

/** Short random id used outside; integers stay inside. */
export const publicIdSchema = z.string().regex(/^[A-Za-z0-9]{8,24}$/);

/** UTC milliseconds. */
export const timeSchema = z.int();

export const pageQuerySchema = z.object({
  /** Opaque; from `next` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** RFC 9457 problem details. `code` is for programs, `detail` and `errors[].message` are translated sentences. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.infer<typeof problemSchema>;

/** A number, or null where no channel involved can report it. */
export const reportedSchema = z.int().nullable();
