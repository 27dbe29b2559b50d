import * as z from 'zod'
import { asyncApi } from '../api/asyncapi.ts'
import { Config } from '../config/schema.ts'
import { profile } from '../device/schema/profile-schema.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes } from './context.ts'

const schemas: Readonly<Record<string, (version: string) => unknown>> = {
  asyncapi: asyncApi,
  config: () => z.toJSONSchema(Config, { io: 'input', unrepresentable: 'any' }),
  profile: () => z.toJSONSchema(profile, { io: 'input', unrepresentable: 'any' }),
}

/** `schema <what>`: the MQTT contract as AsyncAPI, the configuration or a profile as JSON Schema, for editors. */
export function printSchema({ stdout, version }: CliContext, what: string): number {
  const make = Object.hasOwn(schemas, what) ? schemas[what] : undefined
  if (make === undefined)
    throw new Fault('invalid_payload', `there is no schema "${what}"; there is ${Object.keys(schemas).join(', ')}`)
  stdout.write(`${JSON.stringify(make(version), null, 2)}\n`)
  return exitCodes.ok
}
