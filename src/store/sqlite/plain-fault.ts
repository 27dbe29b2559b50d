import { Fault, type FaultCode } from '../../message/fault.ts'

/** A Fault as plain data, to cross a thread. */
export interface PlainFault {
  readonly code: FaultCode
  readonly message: string
  readonly detail: Readonly<Record<string, unknown>>
}

export function plain({ code, message, detail }: Fault): PlainFault {
  return { code, message, detail }
}

export function revive({ code, message, detail }: PlainFault): Fault {
  return new Fault(code, message, detail)
}
