import * as z from 'zod'
import type { Cursors } from '../../api/cursor.ts'

/** Keys of a list in pages. */
export const pageKeys = ({ given }: Cursors) => ({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: given,
})

/** A page of a list, by the name of its schema. */
export const pageOf = (item: z.ZodType, name: string, more: z.ZodRawShape = {}) =>
  z.object({ ...more, data: z.array(item), next_cursor: z.string().nullable() }).meta({ id: name })

/** A parameter that is true or false. */
export const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
