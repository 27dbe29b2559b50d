/** The alphabet of a data coding scheme of cell broadcast and USSD (TS 23.038 clause 5). */
export function alphabetOfCbs(dcs: number): 'gsm7' | 'octets' | 'ucs2' {
  const group = dcs >> 4
  if (dcs === 0x11) return 'ucs2'
  // General data coding, with or without a header in front.
  if ((group >= 4 && group <= 7) || group === 9) return (['gsm7', 'octets', 'ucs2', 'gsm7'] as const)[(dcs >> 2) & 3]!
  if (group === 15) return (dcs & 4) === 0 ? 'gsm7' : 'octets'
  return 'gsm7'
}
