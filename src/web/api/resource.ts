import { ask } from './ask.ts'
import type { Call } from './hub-calls.ts'
import { type Following, type Reading, useReading } from './use-reading.ts'

export type Resource<T> = Reading<T>

/** The answer of a call, read again when its input changes and after events. */
export function useResource<I extends object, O>(call: Call<I, O>, input: I, following: Following = {}): Resource<O> {
  return useReading((ended) => ask(call, input, ended), `${call.path} ${JSON.stringify(input)}`, following)
}
