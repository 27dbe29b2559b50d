import type { Command, Refusal, Wording } from '../schema/command.ts'

/** Meanings of answers. Refusals come first, as the wording of some would fit an acceptance. */
export const verdicts = ['refused', 'already', 'accepted', 'pending'] as const
export type Verdict = (typeof verdicts)[number]

/** Wordings of answers by their meaning. */
export interface Replies {
  readonly refused: readonly Refusal[]
  /** It holds without the command: the relay is on, the number is stored. */
  readonly already: readonly Wording[]
  readonly accepted: readonly Wording[]
  readonly pending: readonly Wording[]
}

/** Answers to a command: its own, then those of the family. */
export function repliesTo({ replies }: { readonly replies: Replies }, { reply, asks }: Command): Replies {
  const isQuery = asks.length > 0 || reply.reads.length > 0
  return {
    refused: [...reply.refused, ...replies.refused],
    already: [...reply.already, ...(isQuery ? [] : replies.already)],
    // A query is answered by what it asks for.
    accepted: [...reply.accepted, ...(isQuery ? [] : replies.accepted)],
    pending: [...reply.pending, ...replies.pending],
  }
}

/** All answers of a set. */
export const wordingsOf = (replies: Replies): readonly Wording[] => verdicts.flatMap((verdict) => replies[verdict])
