import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type QuirksRow, quirkRows, rowsOf } from '../../src/gateway/modem/vendors/quirks.ts'
import { play } from './replay.ts'
import { allTranscripts, type Transcript } from './transcript.ts'

const transcripts = allTranscripts()

function rowsFor({ make = '' }: Transcript): QuirksRow[] {
  const [manufacturer = null, model = null, capabilities = null] = make.split(' | ')
  return rowsOf({ manufacturer, model, capabilities, firmware: null, imei: null })
}

/** What the driver knows, without one field of one row, while `work` runs. */
async function without<T>(row: QuirksRow, field: string, work: () => Promise<T>): Promise<T> {
  const rows = quirkRows as QuirksRow[]
  const at = rows.indexOf(row)
  const { [field as keyof QuirksRow]: _, ...rest } = row
  rows[at] = rest
  try {
    return await work()
  } finally {
    rows[at] = row
  }
}

/** Proven with the simulated modem. */
const elsewhere: Readonly<Record<string, string>> = {
  packsUssd: 'ussd.test.ts',
}

describe('every field of every row of the table of quirks', () => {
  const identity = ['vendor', 'model', 'capabilities']
  const fields = quirkRows.flatMap((row) =>
    Object.keys(row)
      .filter((field) => !identity.includes(field) && !(field in elsewhere))
      .map((field) => [`${row.vendor ?? row.capabilities} ${row.model ?? ''} ${field}`, row, field] as const),
  )

  test.each(fields)('%s has a transcript that goes wrong without it', async (_, row, field) => {
    const own = transcripts.filter((one) => one.quirks.includes(field) && rowsFor(one).includes(row))
    const wrong = await without(row, field, async () => {
      const names: string[] = []
      for (const transcript of own) {
        const { played, wanted } = await play(transcript)
        if (JSON.stringify(played) !== JSON.stringify(wanted)) names.push(transcript.name)
      }
      return names
    })
    expect(wrong).not.toEqual([])
  })

  test('and none names a field that its make has not', () => {
    const idle = transcripts.flatMap((one) =>
      one.quirks.filter((field) => !rowsFor(one).some((row) => field in row)).map((field) => `${one.name}: ${field}`),
    )
    expect(idle).toEqual([])
  })
})

/** What no dialogue with one modem can show: the test that does. */
const shortListElsewhere: Readonly<Record<number, readonly [file: string, title: string]>> = {
  13: ['finder.test.ts', 'a port that says OK to everything, tells positions or speaks in binary is no modem'],
  19: ['../flow/gateways.test.ts', 'a gap stands between two messages'],
  20: ['../cli/modem-paths.test.ts', 'in use by a program is reported with its name and how to free it'],
}

test.each(Array.from({ length: 20 }, (_, i) => i + 1))('point %i of the short list is proven', (point) => {
  const [file, title] = shortListElsewhere[point] ?? []
  if (file !== undefined) expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(title)
  else expect(transcripts.filter(({ proves }) => proves.includes(point)).map(({ name }) => name)).not.toEqual([])
})

/** The cards of section 19 of the facts, by the folders of their transcripts. */
const cards: Readonly<Record<string, readonly string[]>> = {
  'Huawei sticks': ['huawei-e169', 'huawei-e1750', 'huawei-e1752', 'huawei-e3531'],
  'Huawei modules': ['huawei-me909', 'huawei-mu509'],
  'SIMCom SIM800, SIM900, SIM868': ['simcom-sim800'],
  'SIMCom SIM7000, SIM7070, SIM7080': ['simcom-sim7000g'],
  'SIMCom SIM76xx, A76xx': ['simcom-sim7600', 'simcom-sim7670g', 'simcom-a7670c', 'simcom-a7670x'],
  Quectel: ['quectel-ec25', 'quectel-ep06', 'quectel-m95'],
  'u-blox': ['u-blox-sara'],
  Telit: ['telit-le910', 'telit-ge865', 'telit-gm862'],
  Sierra: ['sierra-mc7455'],
  ZTE: ['zte-mf'],
  'Cinterion, Siemens': [
    'cinterion-pls8',
    'cinterion-ehs5',
    'siemens-mc55',
    'siemens-mc60',
    'siemens-sl45',
    'siemens-tc35',
    'siemens-tc63',
  ],
  Wavecom: ['wavecom-q2'],
  Motorola: ['motorola-ezx'],
  'Sony Ericsson GC79': ['sony-ericsson-gc79'],
  'Nokia N900': ['nokia-n900'],
  CDMA: ['huawei-mc509', 'multitech-mtsmc-c1', 'via-cbp7'],
  Option: ['option-hso'],
  Ericsson: ['ericsson-f5521', 'ericsson-r520'],
  Iridium: ['iridium-9602'],
  Novatel: ['novatel-mc545'],
  MediaTek: ['mediatek-mt6280'],
  'Longcheer, Alcatel': ['longcheer-x600', 'longcheer-alcatel'],
  Infineon: ['infineon-xmm'],
  Icera: ['icera-e400'],
  Fibocom: ['fibocom-g510'],
  Samsung: ['samsung-z810'],
  'unknown maker': ['standard'],
}

test('every make has its transcripts, and every transcript its make', () => {
  const folders = [...new Set(transcripts.map(({ name }) => name.split('/')[0] as string))].sort()
  expect(folders).toEqual(Object.values(cards).flat().sort())
})
