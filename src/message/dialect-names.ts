/** Interfaces of other programs that the hub can answer on HTTP, each switched on by its name. */
export const dialectNames = [
  'smseagle',
  'sms_gateway',
  'oncall',
  'alertmanager',
  'gammu_gateway',
  'traccar',
  'twilio',
] as const

export type DialectName = (typeof dialectNames)[number]
