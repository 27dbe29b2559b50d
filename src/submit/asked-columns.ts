import type { Refusal } from '../ledger/outbox/new-submission.ts'
import { errorReport, type Fault } from '../message/fault.ts'
import type { CommandRequest, Intent } from '../message/request.ts'

/** The refusal of a request. A value that is not a scalar is left out. */
export function refuse(request: CommandRequest, fault: Fault): Refusal {
  const { intent } = request
  return {
    ...asked(request),
    error: errorReport(fault),
    status: fault.code === 'ttl_expired' ? 'expired' : 'rejected',
    reason: null,
    recipient: intent.verb === 'text' ? intent.to : null,
    text: null,
  }
}

/** The data of a request for submissions and refusals. */
export function asked({ commandId, origin, intent }: CommandRequest) {
  return {
    commandId,
    client: origin.client,
    ref: origin.ref,
    response: origin.replyTo,
    device: intent.verb === 'text' ? null : intent.device,
    verb: intent.verb,
    command: intent.verb === 'command' ? intent.name : null,
    property: intent.verb === 'set' || intent.verb === 'get' ? intent.property : null,
    value: intent.verb === 'set' && isScalar(intent.value) ? intent.value : null,
    args: null,
    private: isPrivate(intent),
  }
}

export const isPrivate = (intent: Intent): boolean => intent.verb === 'text' && intent.private === true

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || Array.isArray(value)
}
