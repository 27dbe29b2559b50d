import { descriptionOf } from '../config/http-carrier-config.ts'
import type { Config } from '../config/schema.ts'
import { type RoutedGateway, Routes } from '../gateway/routes.ts'
import { capacity } from '../sms/segment-text.ts'

/** The routes of a configuration, with what its gateways take and cost. */
export function routesOf({ gateways, routes }: Pick<Config, 'gateways' | 'routes'>): Routes {
  const routed = Object.entries(gateways).map(([id, row]): [string, RoutedGateway] => {
    const { texts, cost = null } = row
    const ofCarrier = row.type === 'http' ? segmentsIn(descriptionOf(row).max_characters) : texts.segments
    const maxSegments = Math.min(texts.segments, ofCarrier)
    return [id, { maxSegments, takesUnicode: texts.unicode, price: cost }]
  })
  return new Routes(new Map(routed), routes)
}

const segmentsIn = (characters: number): number => Math.max(1, Math.floor(characters / capacity.gsm7[8]))
