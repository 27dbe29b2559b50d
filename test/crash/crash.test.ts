import { describe, expect, test } from '@jest/globals'
import { deliverSteps } from '../../src/deliver/index.ts'
import { sendPoints, submitSteps } from '../../src/submit/index.ts'
import { brokenPromises, crash } from './scenario.ts'

/** Every place where the hub can die: both sides of every step of both flows, and the places inside a hand-over. */
const failpoints = [
  ...submitSteps.flatMap((step) => [`submit.${step}:before`, `submit.${step}:after`]),
  ...sendPoints.map((point) => `submit.send:${point}`),
  ...deliverSteps.flatMap((step) => [`deliver.${step}:before`, `deliver.${step}:after`]),
]

describe('a hub that is killed', () => {
  test.concurrent.each(failpoints)('at %s keeps every promise when it starts again', async (failpoint) => {
    const report = await crash(failpoint)
    expect({ failpoint, died: report.died, broken: brokenPromises(report) }).toEqual({
      failpoint,
      died: true,
      broken: [],
    })
  })
})
