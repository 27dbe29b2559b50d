import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Message } from '../api/answer-types.ts'
import { isAtLeast } from '../api/signed-in.ts'
import { hashOf } from '../page-place.ts'
import { words } from '../texts/language.ts'
import { dayOf } from '../texts/times.ts'
import { StatusChip } from './chip.tsx'
import { Wrong } from './fault.tsx'
import { MessageText } from './message-text.tsx'
import { Time } from './time.tsx'
import { Wanted } from './wanted.tsx'

interface ChatProps {
  readonly messages: readonly Message[]
  /** Nothing newer is left out. */
  readonly isLatest: boolean
}

/** Texts between the hub and one number, the latest one at the bottom. `messages` has the newest first. */
export function Chat({ messages, isLatest }: ChatProps) {
  const list = useRef<HTMLOListElement>(null)
  const held = useRef<Held>(null)
  const oldest = useRef<string>(undefined)
  const inOrder = messages.toReversed()
  // What is being read stays where it is, whatever comes above or below; at the end, a new text is shown
  useLayoutEffect(() => {
    const box = list.current
    if (box === null) return
    const joint = box.querySelectorAll<HTMLElement>('.bubble')[inOrder.findIndex(({ id }) => id === oldest.current)]
    const isOlder = joint !== undefined && oldest.current !== inOrder[0]?.id
    oldest.current = inOrder[0]?.id
    if (held.current !== null && box.contains(held.current.bubble))
      box.scrollTop += topIn(box, held.current.bubble) - held.current.top
    // Older ones, which the reader has asked for at the end
    else if (isOlder) box.scrollTop += topIn(box, joint) + joint.offsetHeight - box.clientHeight
    else box.scrollTop = box.scrollHeight
    held.current = heldIn(box, isLatest)
  }, [messages])
  return (
    <ol
      class="chat"
      ref={list}
      tabIndex={0}
      aria-label={words().screens.conversations}
      onScroll={({ currentTarget }) => {
        held.current = heldIn(currentTarget, isLatest)
      }}
    >
      {inOrder.map((message, at) => (
        <Bubble key={message.id} message={message} isFirstOfDay={isNewDay(inOrder[at - 1], message)} />
      ))}
    </ol>
  )
}

/** The first text in view, and where it is in the box; null at the end of the conversation. */
type Held = { readonly bubble: HTMLElement; readonly top: number } | null

const bottomPixels = 40

function heldIn(box: HTMLElement, isLatest: boolean): Held {
  if (isLatest && box.scrollHeight - box.clientHeight - box.scrollTop < bottomPixels) return null
  const bubble = [...box.querySelectorAll<HTMLElement>('.bubble')].find((one) => topIn(box, one) + one.offsetHeight > 0)
  return bubble === undefined ? null : { bubble, top: topIn(box, bubble) }
}

const topIn = (box: HTMLElement, bubble: HTMLElement): number =>
  bubble.getBoundingClientRect().top - box.getBoundingClientRect().top

const isNewDay = (before: Message | undefined, { at }: Message): boolean =>
  before === undefined || new Date(before.at).toDateString() !== new Date(at).toDateString()

function Bubble({ message, isFirstOfDay }: { readonly message: Message; readonly isFirstOfDay: boolean }) {
  const w = words().conversations
  const { direction, text, command, at, send_at, status, error, parts, trust } = message
  return (
    <>
      {isFirstOfDay && <li class="day small muted">{dayOf(at)}</li>}
      <li class={`bubble ${direction}`}>
        <span class="unseen">{direction === 'in' ? w.theirs : w.ours}</span>
        {command !== null && (
          <p class="small strong" lang="en">
            {command}
          </p>
        )}
        {(text !== null || message.private) && (
          <p class="words">
            <MessageText message={message} />
          </p>
        )}
        <p class="row small muted">
          <Time at={at} as="clock" />
          {parts > 1 && <span>{w.parts(parts)}</span>}
          {direction === 'out' && <StatusChip status={status} />}
          <Wanted status={status} at={send_at} />
          {direction === 'in' && trust === 'stranger' && <span>{w.stranger}</span>}
        </p>
        {error !== null && <Wrong error={error} />}
        {direction === 'in' && isAtLeast('admin') && <NextStep message={message} />}
      </li>
    </>
  )
}

/** What can be made of a received text: a rule for its device, or a device of a number that nobody has. */
function NextStep({ message }: { readonly message: Message }) {
  const w = words().conversations
  const { device, from, text, trust } = message
  if (device !== null && text !== null)
    return (
      <a class="small" href={hashOf(['devices', device, 'texts'], { text })}>
        {w.howRead}
      </a>
    )
  if (from === null || !from.startsWith('+') || trust !== 'stranger') return null
  return (
    <a class="small" href={hashOf(['onboarding', 'device'], { number: from })}>
      {w.addDevice}
    </a>
  )
}
