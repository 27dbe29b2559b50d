import type { SimulatedWorld } from '../simulator/world.ts'
import type { Clock } from '../util/clock.ts'

/** Where the van drives, again and again. */
const route = [
  [52.51627, 13.37773],
  [52.51762, 13.38511],
  [52.51718, 13.39269],
  [52.51873, 13.40107],
  [52.52191, 13.41322],
  [52.52476, 13.40938],
  [52.52554, 13.39621],
  [52.52412, 13.38474],
  [52.5198, 13.37511],
] as const

const driveMs = 45_000
/** Once in a while something happens on the way, soon for the first time. */
const alarmEvery = 5
const firstAlarm = 1

/** What people and devices send by themselves, and after how long. */
const tank = '+4915112345697'
const texts = [
  { afterMs: 20_000, from: '+4915112345698', text: 'Parcel: someone is at the door at 5 pm' },
  // Of a device that nobody has added yet: the page makes one of it, and a rule of its texts.
  { afterMs: 8_000, from: tank, text: 'Water 42 %, pump idle for 13 hours' },
  { afterMs: 16_000, from: tank, text: 'Water 41 %, pump idle for 14 hours' },
] as const

/** Who takes part, by their numbers. */
interface Numbers {
  readonly van: string
  /** A contact: she asks something, and thanks for each answer. */
  readonly ann: string
}

const question = { afterMs: 6_000, text: 'Hello, is the gate open on Sunday? Greetings, Ann' }
const thanks = { afterMs: 4_000, text: 'Thank you!' }

/** Makes the demo lively: the van drives and has an alarm, and somebody writes. Returns a function that ends it. */
export function bringToLife(
  { network, modem, devices }: SimulatedWorld,
  { van, ann }: Numbers,
  clock: Clock,
): () => void {
  const send = (from: string, text: string) => network.text({ from, to: modem.number, text })
  const timers = [...texts, { ...question, from: ann }].map(({ afterMs, from, text }) =>
    clock.after(afterMs, () => send(from, text)),
  )
  let answer = clock.after(0, () => {})
  const end = network.log.watch(({ kind, to }) => {
    if (kind !== 'delivered' || to !== ann) return
    answer.cancel()
    answer = clock.after(thanks.afterMs, () => send(ann, thanks.text))
  })
  let step = 0
  const tracker = [...devices.values()].find(({ number }) => number === van)
  if (tracker !== undefined) {
    const { answerer } = tracker
    tracker.answerer = {
      ...answerer,
      answer: (text, from) =>
        answerer.answer(text, from).map((one) => ({ ...one, text: placedText(one.text, Math.max(0, step - 1)) })),
    }
  }
  let timer = clock.after(driveMs / 3, drive)
  function drive() {
    send(van, positionText(step++))
    timer = clock.after(driveMs, drive)
  }
  return () => {
    end()
    for (const one of [...timers, timer, answer]) one.cancel()
  }
}

/** An answer, which is an example of the manual, with the place where the van is. */
export function placedText(answer: string, step: number): string {
  const [latitude, longitude] = placeOf(step)
  const place = `lat: ${latitude.toFixed(6)} long: ${longitude.toFixed(6).padStart(10, '0')}`
  return answer.replace(/lat: -?[\d.]+ long: -?[\d.]+/, place)
}

const placeOf = (step: number) => route[step % route.length] as (typeof route)[number]

/** As the manual of the tracker prints it. */
export function positionText(step: number): string {
  const [latitude, longitude] = placeOf(step)
  const alarm = step % alarmEvery === firstAlarm ? 'speed 090! ' : ''
  const place = `lat:${latitude.toFixed(5)} long:${longitude.toFixed(5)}`
  return `${alarm}${place} speed:${30 + (step % 4) * 7}.40 bat:${80 - (step % 30)}% signal:F imei:354776031555474`
}
