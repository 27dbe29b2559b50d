import type { DialectName } from '../../message/dialect-names.ts'
import { alertmanager } from './alertmanager.ts'
import { gammuGateway } from './gammu-gateway.ts'
import type { Dialect } from './http-dialect.ts'
import { oncall } from './oncall.ts'
import { smsGateway } from './sms-gateway.ts'
import { smseagle } from './smseagle.ts'
import { traccar } from './traccar.ts'
import { twilio } from './twilio.ts'

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  smseagle,
  sms_gateway: smsGateway,
  oncall,
  alertmanager,
  gammu_gateway: gammuGateway,
  traccar,
  twilio,
}
