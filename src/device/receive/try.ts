import type { Values } from '../../message/values.ts'
import { own } from '../../util/own.ts'
import { bindingOf, commandsOf, type Device, messagesOf } from '../device.ts'
import { layersOf } from '../layers.ts'
import { wireOf } from '../parameters/parameters.ts'
import { type Bound, bind } from '../pattern/bind.ts'
import { allWanted } from '../pattern/explain.ts'
import { conclude, match } from '../pattern/match.ts'
import { eachPart, type Pattern } from '../pattern/pattern.ts'
import type { Profile } from '../profile/profile.ts'
import { verdicts, wordingsOf } from '../profile/replies.ts'
import { run } from '../regular/machine.ts'
import { sampleDevices } from '../sample.ts'
import type { Evidence, Parameter, Proof } from '../schema/command.ts'
import { readForward, readText, readWhole } from './read.ts'
import { type ReadContext, type Reading, timeContext } from './reading.ts'

export interface Tried {
  readonly text: string
  /** Best first. */
  readonly matches: readonly Matched[]
  /** Devices that forward such a text for somebody else: it is not read as their own. */
  readonly forwards: readonly Forwarded[]
  /** The nearest pattern when nothing fits; null when not even a first letter does. */
  readonly nearest: Nearest | null
}

export interface Matched {
  readonly profile: string
  readonly message: string
  readonly values: Values
  /** Which of several messages of a device the hub takes; absent where only this one fits. */
  readonly taken?: boolean
  /** Unproven text: the hub reads it only for a device with `unproven: true`. */
  readonly unproven?: true
  /** One source alone reports it: the hub reads it, and believes nothing dangerous and no success. */
  readonly proof?: 'unproven'
  /** Read in part: no pattern explains the text as a whole. */
  readonly reading?: 'partial'
  /** The dialect of the profile whose words it has. */
  readonly dialect?: string
  /** Lines and pairs from which nothing was read. */
  readonly unread?: readonly string[]
}

export interface Forwarded {
  readonly profile: string
  readonly from: string | null
  readonly inner: string
}

export interface Nearest {
  readonly profile: string
  readonly message: string
  readonly pattern: string
  /** Number of characters of the text that the pattern explains, and the rest. */
  readonly at: number
  readonly rest: string
  /** How much of the text it explains. */
  readonly weight: number
  /** What the pattern expects there, in words. */
  readonly expected: readonly string[]
}

interface Candidate {
  readonly profile: string
  readonly message: string
  readonly values: Values
  readonly weight: number
  readonly proof: Proof
  /** One source alone reports it. */
  readonly isAlone: boolean
  readonly dialect?: string
  readonly taken?: boolean
  readonly unproven?: true
  readonly reading?: 'partial'
  readonly unread?: readonly string[]
}

/** Of two that explain a text equally well, what reads it as a whole is first, then a printed one. */
const byWeight = (a: Candidate, b: Candidate): number =>
  b.weight - a.weight ||
  Number(a.reading === 'partial') - Number(b.reading === 'partial') ||
  proofs.indexOf(a.proof) - proofs.indexOf(b.proof)

const proofs: readonly Proof[] = ['printed', 'reported', 'unproven']

/** A sample device with its patterns compiled, for trying many texts. */
interface Sample {
  readonly device: Device
  readonly patterns: readonly {
    readonly message: string
    readonly source: string
    readonly isReply: boolean
    readonly evidence: Pick<Evidence, 'proof' | 'stated'>
    /** It has no literal words: `{=variable}={value}` fits texts of any device. */
    readonly isVague: boolean
    readonly program: Bound
    readonly dialect: string | null
  }[]
}

/**
 * Reads texts with these profiles, each in every variant and with every setting that decides which entries exist.
 * Answers to commands count too, under the command's name; a general refusal is `refused`. For a text of an unknown
 * device, answers without literal words are ignored.
 */
export function makeTrial(
  profiles: Iterable<Profile>,
  isForeign?: boolean,
): (text: string, context: ReadContext) => Tried {
  const all = [...profiles]
  const foreign = isForeign ?? all.length > 1
  const samples = all.flatMap(sampleDevices).map(sampleOf)
  return (text, context) => {
    const found = samples.flatMap((sample) => [
      ...readings(sample, text, context, foreign),
      ...replies(sample, text, context, foreign),
    ])
    const matches = distinct(found.sort(byWeight))
    const forwards = forwarded(samples, text)
    const isKnown = matches.length + forwards.length > 0
    return { text, matches, forwards, nearest: isKnown ? null : nearest(samples, text.trim()) }
  }
}

function distinct(found: readonly Candidate[]): Tried['matches'] {
  const seen = new Set<string>()
  return found.flatMap(({ weight: _, proof: __, isAlone, ...matched }) => {
    const key = JSON.stringify([matched.profile, matched.message, matched.values, matched.unproven])
    if (seen.has(key)) return []
    seen.add(key)
    return [{ ...matched, ...(isAlone && { proof: 'unproven' as const }) }]
  })
}

function forwarded(samples: readonly Sample[], text: string): Forwarded[] {
  const all = new Map<string, Forwarded>()
  for (const { device } of samples) {
    const found = readForward(device, text)
    if (found !== null) all.set(device.profile.id, { profile: device.profile.id, ...found })
  }
  return [...all.values()]
}

const sampleOf = (device: Device): Sample => ({ device, patterns: layersOf(device).flatMap(patternsOf) })

function patternsOf(device: Device): Sample['patterns'] {
  const dialect = device.dialect.layer
  const inMessages = Object.entries(messagesOf(device)).flatMap(([message, row]) =>
    row.text.flatMap(({ text }) =>
      compiled(message, row, text, false, device.dialect.programs.get(text, bindingOf(device))),
    ),
  )
  const answered = Object.entries(commandsOf(device)).flatMap(([message, row]) => {
    const { reply, params } = row
    // The parameter's value is unknown: any possible value fits.
    const unknown = (name: string) => (own(params, name) === undefined ? null : wireOf(params[name] as Parameter))
    const binding = { ...bindingOf(device), unknown }
    return wordingsOf(reply).flatMap(({ text }) => compiled(message, row, text, true, bind(text, binding)))
  })
  const ofFamily = verdicts.flatMap((verdict) =>
    device.dialect.replies[verdict].flatMap(({ text }) =>
      compiled(
        verdict,
        { proof: 'printed', stated: null },
        text,
        true,
        device.dialect.programs.get(text, bindingOf(device)),
      ),
    ),
  )
  return [...inMessages, ...answered, ...ofFamily].map((one) => ({ ...one, dialect }))
}

const compiled = (
  message: string,
  evidence: Pick<Evidence, 'proof' | 'stated'>,
  pattern: Pattern,
  isReply: boolean,
  program: Bound | null,
): Omit<Sample['patterns'][number], 'dialect'>[] =>
  program === null ? [] : [{ message, source: pattern.source, isReply, evidence, isVague: isVague(pattern), program }]

const isVague = ({ parts }: Pattern): boolean =>
  ![...eachPart(parts)].some((part) => part.part === 'list' || (part.part === 'text' && /\p{L}/u.test(part.text)))

const readAsForeign = (device: Device, text: string, context: ReadContext): Reading[] =>
  readForward(device, text.trim()) === null ? readWhole(device, text.trim(), context) : []

/** Parts of a text are proof only for a device that is known: any device may send a position. */
function readings({ device }: Sample, text: string, context: ReadContext, isForeign: boolean): Candidate[] {
  const read = isForeign ? readAsForeign : readText
  const believed = read({ ...device, unproven: false }, text, context)
  const isGated = ({ message }: Reading) => own(messagesOf(device), message)?.stated === 'unproven'
  const isBelieved = (read: Reading) =>
    !isGated(read) && believed.some((one) => one.message === read.message && one.reading === read.reading)
  const rest = read(device, text, context).filter((one) => !isBelieved(one))
  return [...believed, ...rest].map((one, place) => ({
    profile: device.profile.id,
    message: one.message,
    values: one.event === null ? one.values : { ...one.values, event: one.event },
    weight: one.weight,
    proof: one.proof,
    isAlone: one.proof === 'unproven' && !isGated(one),
    ...(believed.length > 1 && place < believed.length && { taken: place === 0 }),
    ...(place >= believed.length && { unproven: true as const }),
    ...(one.dialect !== null && { dialect: one.dialect }),
    ...(one.reading === 'partial' && { reading: one.reading, unread: one.unread }),
  }))
}

function replies({ device, patterns }: Sample, text: string, context: ReadContext, isForeign: boolean): Candidate[] {
  return patterns.flatMap(({ message, isReply, evidence, isVague, program, dialect }) => {
    const found = isReply && !(isVague && isForeign) ? match(program, text.trim()) : null
    return found === null
      ? []
      : [
          {
            profile: device.profile.id,
            message,
            values: conclude(found, timeContext(device, context), text),
            weight: found.weight,
            proof: evidence.proof,
            isAlone: evidence.proof === 'unproven' && evidence.stated === null,
            ...(dialect !== null && { dialect }),
            ...(evidence.stated === 'unproven' && { unproven: true as const }),
          },
        ]
  })
}

/** The nearest pattern of a device's profile; null when not even a first letter fits. */
export const nearestOwn = (device: Device, text: string): Nearest | null => nearest([sampleOf(device)], text.trim())

function nearest(samples: readonly Sample[], text: string): Nearest | null {
  let best: Nearest | null = null
  let heaviest = 0
  for (const { device, patterns } of samples) {
    for (const { message, source, program } of patterns) {
      const { at, weight, waiting } = run(program, text).stopped
      if (weight <= heaviest) continue
      heaviest = weight
      const expected = allWanted(program, waiting)
      best = { profile: device.profile.id, message, pattern: source, at, rest: text.slice(at), weight, expected }
    }
  }
  return best
}
