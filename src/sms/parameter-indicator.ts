/** Bits of TP-PI: which of the optional fields of a status report follow (TS 23.040 clause 9.2.3.27). */
export const parameterIndicator = {
  pid: 0x01,
  dcs: 0x02,
  udl: 0x04,
  reserved: 0x78,
  /** Another indicator follows. */
  extension: 0x80,
} as const
