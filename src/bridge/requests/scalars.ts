import * as z from 'zod'

export const id = z.string().min(1).max(64)
/** A scalar is what the request is about (as Zigbee2MQTT takes it). */
export const one = z.preprocess((value) => (typeof value === 'string' ? { id: value } : value), z.looseObject({ id }))
