/**
 * An id of the hub in a PDU: an underscore has another octet in GSM 7-bit than in ASCII, and clients read receipts by
 * either of them.
 */
export const shownId = (id: string): string => id.replaceAll('_', '-')

export const idIn = (shown: string): string => shown.replaceAll('-', '_')
