import * as z from 'zod'
import { instantOf, instantWords } from '../message/instant.ts'

export const id = z.string().min(1).max(64)
/** A time that is the same wherever it is read. */
export const instant = z
  .string()
  .max(40)
  .refine((text) => instantOf(text) !== null, `must be ${instantWords}`)
  .meta({ format: 'date-time' })

/** A scalar stands for the main key of the request (as in Zigbee2MQTT). */
export const orScalar = <S extends z.ZodType>(key: string, schema: S) =>
  z.preprocess((value) => (typeof value === 'string' ? { [key]: value } : value), schema)
export const one = orScalar('id', z.looseObject({ id }))
