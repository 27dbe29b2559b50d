import { Fault } from '../message/fault.ts'

/** Resolve `!secret name` and `!env NAME`, or fail with a Fault that names what is missing. */
export interface Lookups {
  secret(name: string): string
  env(name: string): string
}

/** For profiles, in which neither is allowed. */
export const noLookups: Lookups = {
  secret: () => {
    throw new Fault('invalid_config', '!secret is for smshub.yaml only')
  },
  env: () => {
    throw new Fault('invalid_config', '!env is for smshub.yaml and secrets.yaml only')
  },
}
