import * as z from 'zod'

export const id = z.string().min(1).max(64)
/** A scalar stands for the main key of the request (as in Zigbee2MQTT). */
export const orScalar = <S extends z.ZodType>(key: string, schema: S) =>
  z.preprocess((value) => (typeof value === 'string' ? { [key]: value } : value), schema)
export const one = orScalar('id', z.looseObject({ id }))
