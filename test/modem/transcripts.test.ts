import { expect, test } from '@jest/globals'
import { play } from './replay.ts'
import { allTranscripts } from './transcript.ts'

test.each(allTranscripts().map((transcript) => [`${transcript.name}: ${transcript.title}`, transcript] as const))(
  '%s',
  async (_, transcript) => {
    const { played, wanted } = await play(transcript)
    expect(played).toEqual(wanted)
  },
)
